"""The base of every CoLearn algorithm: parameters -> job -> engine -> outputs. Subclasses declare and build the job.

QGIS imports the algorithms at startup, so modules that only a run needs are imported when it starts.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
)

from ...engine.contract import CoLearnError
from .. import sentences
from ..messages import sentence, tr
from ..parameters.types import definitions
from ..process import environment
from .toolbox_entry import ToolboxEntry

if TYPE_CHECKING:
    from ...engine.contract import Finished, Job
    from ..parameters.types.values import ParameterValues
    from .engine_run import EngineRun


class EngineAlgorithm(ToolboxEntry):
    """A Processing algorithm whose work is done by the engine.

    Layers are read in ``prepareAlgorithm`` (QGIS calls it in the thread the layers live in), the engine is run in
    ``processAlgorithm`` (in the background). Every failure is a QgsProcessingException.
    """

    engine_modules = environment.PREDICT_MODULES

    def __init__(self) -> None:
        super().__init__()
        self._run: Optional[EngineRun] = None
        self._wrote_report = False
        self._copied_from: Callable[[], Optional[EngineAlgorithm]] = lambda: None

    # Provided by subclasses ------------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Add the parameters and outputs."""
        raise NotImplementedError

    def check(self, values: ParameterValues) -> None:
        """Refuse values that no job can be built from; may be called often and writes nothing.

        Raises:
            CoLearnError: naming the layer, what was found, what was expected and what to do.
        """
        raise NotImplementedError

    def build_job(self, values: ParameterValues) -> Job:
        """Build the job for the engine; may write virtual rasters, so it is called once per run.

        Raises:
            CoLearnError: a value that cannot be used.
        """
        raise NotImplementedError

    def log_before(self, job: Job, log: QgsProcessingFeedback) -> None:
        """Log what the user should know before the engine starts."""

    def cancelled_words(self, job: Job, epochs: int) -> str:
        """The message about what remains of a run that was cancelled after ``epochs`` epochs of training."""
        return tr("Cancelled. Nothing was written.")

    def letters(self) -> Mapping[str, str]:
        """The parameter letter of each sensor of the run, by sensor name; empty where the algorithm has no letters."""
        return {}

    def finish(self, job: Job, finished: Finished, context: QgsProcessingContext, log: QgsProcessingFeedback) -> None:
        """Finish the outputs once they exist (styles); a failure is only a warning."""

    def number_name(self, name: str) -> Optional[str]:
        """The output name of one of the engine's numbers; None to omit it."""
        return name

    # Helpers for subclasses ----------------------------------------------------------------------------------------

    def add(self, parameter: QgsProcessingParameterDefinition, help_text: str = "", advanced: bool = False) -> None:
        """Add a parameter with its help text, unless it already has one, as choices do."""
        if help_text:
            parameter.setHelp(help_text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(parameter)

    def add_sensor_input(self, organized: str) -> None:
        """Add the parameters of the model, the rasters of one of its sensors, and the sensor's name."""
        self.add(definitions.model_file(), sentences.from_training())
        self.add(definitions.rasters("INPUT", tr("Rasters of one sensor")), organized)
        self.add(
            definitions.sensor(),
            tr("The model's sensor that the rasters come from. Empty: recognized from the bands."),
        )

    def add_number_output(self, name: str, description: str) -> None:
        """Add a numeric output; it is absent from the results where it does not apply."""
        self.addOutput(QgsProcessingOutputNumber(name, description))

    def add_job_output(self) -> None:
        """Add the output for the job file, which every algorithm can save."""
        self.add(
            definitions.output_file("OUTPUT_JOB", tr("Job file"), "JSON (*.json)", optional=True, by_default=False),
            tr(
                "Saves the parameters as a job file, which `python -m engine {name} FILE` runs on a machine without "
                "QGIS. Layers that are not files, or whose settings were changed in QGIS, are stored in the same "
                "folder. The job file is kept if the run fails; if it is cancelled, it is removed, and an earlier one "
                "of that name is put back."
            ).format(name=self.name()),
            advanced=True,
        )

    # QgsProcessingAlgorithm ----------------------------------------------------------------------------------------

    def createInstance(self) -> EngineAlgorithm:
        """Return a new instance; QGIS runs copies, but asks the original what the copy has done."""
        copy = type(self)()
        copy._copied_from = weakref.ref(self)
        return copy

    def hasHtmlOutputs(self) -> bool:
        """Whether a report was written; QGIS's dialog links to it, and also asks after a failed run."""
        return self._wrote_report

    def initAlgorithm(self, configuration: Optional[dict[str, Any]] = None) -> None:
        """Declare the parameters."""
        self.declare()
        self.add_job_output()

    def canExecute(self) -> tuple[bool, str]:
        """Whether the engine's Python exists and works, as far as is known; if not, what to do.

        QGIS waits for the answer, so nothing is run here. A run checks it properly, in the background.
        """
        try:
            environment.require_seen(self.engine_modules)
        except CoLearnError as error:
            for offer_set_up in environment.on_missing:
                offer_set_up()
            return False, sentence(error)
        return True, ""

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Run the quick checks: first our own, which have better messages, then QGIS's."""
        from ..parameters.types.choices import with_named_choices
        from ..parameters.types.output_files import check_outputs
        from ..parameters.types.values import ParameterValues
        from ..parameters.types.wording import error_words

        values = ParameterValues(self, parameters, context)
        try:
            self.check(values)
            check_outputs(values)
        except CoLearnError as error:
            return False, error_words(error, self, self.letters())
        return super().checkParameterValues(with_named_choices(self, parameters), context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Read the layers and build the job. A failure is kept and raised in processAlgorithm."""
        from .engine_run import EngineRun

        self._run = EngineRun()
        self._run.prepare(self, parameters, context)
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run the engine; returns its files and numbers."""
        if self._run is None:
            raise QgsProcessingException("processAlgorithm was called before prepareAlgorithm")
        finished = self._run.process(self, context, feedback)
        self._note_report(finished)
        self._run.end(self, finished, context, feedback)
        return self._run.results(self, finished, parameters, context)

    def _note_report(self, finished: Finished) -> None:
        for each in (self, self._copied_from()):
            if each is not None:
                each._wrote_report = "OUTPUT_REPORT" in finished.outputs
