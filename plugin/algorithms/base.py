"""What every CoLearn algorithm is: parameters -> job -> engine -> outputs. Subclasses declare and build the job.

QGIS starts with the algorithms: what only a run needs is imported when there is one.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Optional, Union

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
)
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ...engine.contract import CodecError, CoLearnError, shown_text
from ..messages import job_error, sentence, tr
from ..parameters.types import definitions
from ..process import environment
from ..process.run_files import RunFiles

if TYPE_CHECKING:
    from ...engine.contract import Finished, Job
    from ..parameters.types.values import ParameterValues

RESOURCES = environment.ROOT / "resources"
ICON = str(RESOURCES / "icons" / "colearn.svg")


class EngineAlgorithm(QgsProcessingAlgorithm):
    """A Processing algorithm whose work the engine does.

    Layers are read in ``prepareAlgorithm`` (QGIS calls it in the thread the layers live in), the engine is run in
    ``processAlgorithm`` (in the background). Every failure is a QgsProcessingException.
    """

    engine_modules = environment.PREDICT_MODULES

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Union[Job, CoLearnError, None] = None
        self._job_file: Optional[str] = None
        self._run_files = RunFiles()
        self._layers_to_load: dict[str, QgsProcessingContext.LayerDetails] = {}
        self._wrote_report = False
        self._copied_from: Callable[[], Optional[EngineAlgorithm]] = lambda: None

    # What subclasses give ------------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Add the parameters and outputs."""
        raise NotImplementedError

    def check(self, values: ParameterValues) -> None:
        """Refuse values no job can be built from; may run often, writes nothing.

        Raises:
            CoLearnError: naming the layer, what was found, what was expected and what to do.
        """
        raise NotImplementedError

    def build_job(self, values: ParameterValues) -> Job:
        """The job for the engine; may export layers, so it is called once a run.

        Raises:
            CoLearnError: a value that cannot be used.
        """
        raise NotImplementedError

    def tell_before(self, job: Job, log: QgsProcessingFeedback) -> None:
        """Say what a person should know before the engine starts."""

    def cancelled_words(self, job: Job, epochs: int) -> str:
        """What is left of a run that was cancelled after so many epochs of training."""
        return tr("Cancelled. Nothing was written.")

    def letters(self) -> Mapping[str, str]:
        """Which letter each sensor of the run was given under, by its name; nothing where there are no letters."""
        return {}

    def finish(self, job: Job, finished: Finished, context: QgsProcessingContext, log: QgsProcessingFeedback) -> None:
        """What is left to do once the outputs are there (styles); a failure is a warning."""

    def number_name(self, name: str) -> Optional[str]:
        """The output's name for one of the engine's numbers; None to leave it out."""
        return name

    # Helpers for subclasses ----------------------------------------------------------------------------------------

    def add(self, parameter: QgsProcessingParameterDefinition, help_text: str = "", advanced: bool = False) -> None:
        """Add a parameter with its help, unless it brings its own, as choices do."""
        if help_text:
            parameter.setHelp(help_text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(parameter)

    def add_number_output(self, name: str, description: str) -> None:
        """Add a number the run returns; it is absent from the results where it does not apply."""
        self.addOutput(QgsProcessingOutputNumber(name, description))

    def add_job_output(self) -> None:
        """Add the job file every algorithm can save."""
        self.add(
            definitions.output_file("OUTPUT_JOB", tr("Job file"), "JSON (*.json)", optional=True, by_default=False),
            tr(
                "Saves the run's parameters as a job file, which `python -m engine {name} FILE` runs on a machine "
                "without QGIS. Layers that are not files, or that have settings of their own, are stored beside it. It "
                "is kept if the run fails, and removed if it is cancelled."
            ).format(name=self.name()),
            advanced=True,
        )

    # QgsProcessingAlgorithm ----------------------------------------------------------------------------------------

    def createInstance(self) -> EngineAlgorithm:
        """A fresh one; QGIS runs copies, and asks the one it copied what the copy has done."""
        copy = type(self)()
        copy._copied_from = weakref.ref(self)
        return copy

    def hasHtmlOutputs(self) -> bool:
        """Whether a report was written: QGIS's dialog points to it, and asks after a failed run as well."""
        return self._wrote_report

    def initAlgorithm(self, configuration: Optional[dict[str, Any]] = None) -> None:
        """Declare the parameters."""
        self.declare()
        self.add_job_output()

    def group(self) -> str:
        """None: there are few, they stand directly under the provider."""
        return ""

    def groupId(self) -> str:
        """None."""
        return ""

    def icon(self) -> QIcon:
        """CoLearn's icon."""
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        """CoLearn's icon, for the Model Designer."""
        return ICON

    def helpUrl(self) -> str:
        """The help page that came with the plugin: it needs no network and fits the version."""
        return QUrl.fromLocalFile(str(RESOURCES / "help" / f"{self.name()}.html")).toString()

    def canExecute(self) -> tuple[bool, str]:
        """Whether the engine's Python is there and works; if not, what to do."""
        try:
            environment.engine_command(self.engine_modules)
        except CoLearnError as error:
            for offer_set_up in environment.on_missing:
                offer_set_up()
            return False, sentence(error)
        return True, ""

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check what can be checked quickly, in our words first, then in QGIS's."""
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
        """Read the layers and build the job. A failure is kept for processAlgorithm, where it reaches the caller."""
        from ..parameters.types.output_files import check_outputs
        from ..parameters.types.values import ParameterValues

        values = ParameterValues(self, parameters, context)
        self._run_files = values.run_files
        try:
            check_outputs(values)
            self._prepared = self._saved(self.build_job(values), values.output_file("OUTPUT_JOB"))
            self._layers_to_load = values.layers_to_load
        except CodecError as error:
            self._prepared = job_error(error)
        except CoLearnError as error:
            self._prepared = error
        if isinstance(self._prepared, CoLearnError):
            self._run_files.remove()
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run the engine; returns its files and numbers."""
        from ..parameters.types.wording import error_words, with_letter
        from ..process.launcher import EngineCancelledError, run_engine
        from ..process.listener import FeedbackListener

        self._register_layers(context)
        listener = FeedbackListener(feedback, lambda text: with_letter(text, self.letters()))
        try:
            job = self._require_job()
            self.tell_before(job, feedback)
            command = environment.engine_command(self.engine_modules)
            # A window of ours may have an engine that is running already.
            run = getattr(feedback, "run_engine", None) or run_engine
            finished = run(command, job, environment.ROOT, listener)
        except EngineCancelledError:
            self._run_files.remove()
            raise QgsProcessingException(self.cancelled_words(job, listener.epochs)) from None
        except CoLearnError as error:
            if error.details:
                feedback.pushConsoleInfo(error.details)
            self._tidy_after_failure(feedback)
            raise QgsProcessingException(error_words(error, self, self.letters())) from error
        self._note_report(finished)
        if self._job_file is None:
            self._run_files.remove()  # exported layers, which nobody needs any more
        try:
            self.finish(job, finished, context, feedback)
        except CoLearnError as error:  # the outputs are there: what is missing is only their style
            feedback.pushWarning(sentence(error))
        return self._results(finished, parameters, context)

    def _note_report(self, finished: Finished) -> None:
        for each in (self, self._copied_from()):
            if each is not None:
                each._wrote_report = "OUTPUT_REPORT" in finished.outputs

    def name_loaded_layer(self, context: QgsProcessingContext, loaded_as: str, output: str, name: str) -> None:
        """Call a layer that QGIS will load by ``name``, where it still has the bare name of its parameter.

        A name of its own it has in a model, whose author chose it.
        """
        if context.willLoadLayerOnCompletion(loaded_as):
            details = context.layerToLoadOnCompletionDetails(loaded_as)
            if details.name in ("", self.parameterDefinition(output).description()):
                details.name = shown_text(name)

    def _register_layers(self, context: QgsProcessingContext) -> None:
        """Have QGIS load the outputs.

        The task that runs an algorithm for a dialog gives it a context of its own, whose layers to load replace those
        that were registered in prepareAlgorithm.
        """
        for layer, details in self._layers_to_load.items():
            context.addLayerToLoadOnCompletion(layer, details)

    def _saved(self, job: Job, path: Optional[str]) -> Job:
        """Save the job where that is wanted; remember which folders are there before the engine makes others."""
        from ..parameters.types.output_files import save_job
        from ..process.launcher import outputs_of

        for output in outputs_of(job).values():
            self._run_files.will_need_folder_of(output)
        if path is not None:
            self._run_files.will_write(path)
            save_job(job, path)
            self._job_file = path
        return job

    def _tidy_after_failure(self, log: QgsProcessingFeedback) -> None:
        """Keep a saved job: what cannot run here (no graphics card, no engine) may run elsewhere."""
        if self._job_file is None:
            self._run_files.remove()
            return
        self._run_files.remove_empty_folders()
        log.pushInfo(
            tr("The job was saved: `python -m engine {name} {path}` runs it on another machine.").format(
                name=self.name(), path=self._job_file
            )
        )

    def _require_job(self) -> Job:
        if isinstance(self._prepared, CoLearnError):
            raise self._prepared
        if self._prepared is None:
            raise QgsProcessingException("processAlgorithm was called before prepareAlgorithm")
        return self._prepared

    def _results(self, finished: Finished, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        from ..parameters.types.values import ParameterValues

        results: dict[str, Any] = dict(finished.outputs)
        for name, value in finished.numbers.items():
            output = self.number_name(name)
            if output is not None and math.isfinite(value):
                results[output] = value
        job_file = ParameterValues(self, parameters, context).named_outputs().get("OUTPUT_JOB")
        if job_file:
            results["OUTPUT_JOB"] = job_file
        return results
