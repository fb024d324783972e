"""One run of an algorithm: its parameters become a job, the engine runs it, and returns files and numbers.

Imported only when a run starts, to keep QGIS's startup fast.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Optional, Union

from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from ...engine.contract import CodecError, CoLearnError, shown_text
from ..messages import job_error, sentence, tr
from ..parameters.types.output_files import check_outputs, write_inputs
from ..parameters.types.values import ParameterValues
from ..parameters.types.wording import error_words, with_letter
from ..process import environment
from ..process.launcher import EngineCancelledError, outputs_of, run_engine
from ..process.listener import FeedbackListener
from ..process.run_files import RunFiles

if TYPE_CHECKING:
    from ...engine.contract import Finished, Job
    from ..layers.feature_export import FeatureExport
    from .base import EngineAlgorithm


class EngineRun:
    """The prepared job of a run, and the files that the run writes.

    The algorithm is passed as an argument and never stored, because QGIS may delete it at any time.
    """

    def __init__(self) -> None:
        self.prepared: Union[Job, CoLearnError, None] = None
        self._wanted_job_file: Optional[str] = None
        self._job_file: Optional[str] = None  # once it is written
        self._exports: tuple[FeatureExport, ...] = ()
        self._files = RunFiles()
        self._layers_to_load: dict[str, QgsProcessingContext.LayerDetails] = {}

    def prepare(self, algorithm: EngineAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Record the state of the layers and build the job; an error is stored instead of it.

        QGIS waits for this: no feature is read, and nothing is written.
        """
        values = ParameterValues(algorithm, parameters, context)
        self._files = values.run_files
        try:
            check_outputs(values)
            self._wanted_job_file = values.output_file("OUTPUT_JOB")
            self.prepared = self._noted(algorithm.build_job(values))
            self._exports = tuple(values.exports)
            self._layers_to_load = values.layers_to_load
        except CodecError as error:
            self.prepared = job_error(error)
        except CoLearnError as error:
            self.prepared = error
        if isinstance(self.prepared, CoLearnError):
            self._files.remove()

    def process(
        self, algorithm: EngineAlgorithm, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Finished:
        """Run the engine.

        Raises:
            QgsProcessingException: the run failed or was cancelled; the files it left are removed.
        """
        self._register_layers(context)
        listener = FeedbackListener(feedback, lambda text: with_letter(text, algorithm.letters()))
        try:
            job = self._job()
            algorithm.log_before(job, feedback)
            self._write_inputs(job, feedback)
            command = environment.engine_command(algorithm.engine_modules)
            # CoLearn's own windows may pass an engine that is already running.
            run = getattr(feedback, "run_engine", None) or run_engine
            finished: Finished = run(command, job, environment.ROOT, listener)
        except EngineCancelledError:
            self._files.remove()
            raise QgsProcessingException(algorithm.cancelled_words(job, listener.epochs)) from None
        except CoLearnError as error:
            if error.details:
                feedback.pushConsoleInfo(error.details)
            self._tidy_after_failure(algorithm, feedback)
            raise QgsProcessingException(error_words(error, algorithm, algorithm.letters())) from error
        return finished

    def end(
        self,
        algorithm: EngineAlgorithm,
        finished: Finished,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> None:
        """Style the outputs, once exported layers are no longer needed."""
        if self._job_file is None:
            self._files.remove()
        else:
            self._files.keep()
        try:
            algorithm.finish(self._job(), finished, context, feedback)
        except CoLearnError as error:  # the outputs are complete; only their style is missing
            feedback.pushWarning(sentence(error))

    def results(
        self,
        algorithm: EngineAlgorithm,
        finished: Finished,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
    ) -> dict[str, Any]:
        """Files and numbers by output name."""
        results: dict[str, Any] = dict(finished.outputs)
        for name, value in finished.numbers.items():
            output = algorithm.number_name(name)
            if output is not None and math.isfinite(value):
                results[output] = value
        job_file = ParameterValues(algorithm, parameters, context).named_outputs().get("OUTPUT_JOB")
        if job_file:
            results["OUTPUT_JOB"] = job_file
        return results

    def _job(self) -> Job:
        if isinstance(self.prepared, CoLearnError):
            raise self.prepared
        if self.prepared is None:
            raise QgsProcessingException("the run was not prepared")
        return self.prepared

    def _register_layers(self, context: QgsProcessingContext) -> None:
        """Have QGIS load the outputs.

        The task that runs an algorithm for a dialog passes a context of its own, whose layers to load replace those
        that were registered in prepareAlgorithm.
        """
        for layer, details in self._layers_to_load.items():
            context.addLayerToLoadOnCompletion(layer, details)

    def _noted(self, job: Job) -> Job:
        """Remember which folders exist before the engine creates others."""
        for output in outputs_of(job).values():
            self._files.will_need_folder_of(output)
        return job

    def _write_inputs(self, job: Job, feedback: QgsProcessingFeedback) -> None:
        """Export the layers that are not files, and save the job if requested.

        Raises:
            EngineCancelledError: the run was cancelled meanwhile.
            OutputError: the files cannot be written.
        """
        write_inputs(self._files, self._exports, job, self._wanted_job_file, feedback)
        self._exports = ()
        if feedback.isCanceled():
            raise EngineCancelledError
        self._job_file = self._wanted_job_file

    def _tidy_after_failure(self, algorithm: EngineAlgorithm, log: QgsProcessingFeedback) -> None:
        """Remove a failed run's files, unless its job was saved: it may run elsewhere (with a GPU, with an engine)."""
        if self._job_file is None:
            self._files.remove()
            return
        self._files.keep()
        log.pushInfo(
            tr("The job was saved: `python -m engine {name} {path}` runs it on another machine.").format(
                name=algorithm.name(), path=self._job_file
            )
        )


def name_loaded_layer(
    algorithm: EngineAlgorithm, context: QgsProcessingContext, loaded_as: str, output: str, name: str
) -> None:
    """Name a layer that QGIS will load, if it still has the default name of its parameter.

    In a Processing model its name was chosen by the model's author and is kept.
    """
    if context.willLoadLayerOnCompletion(loaded_as):
        details = context.layerToLoadOnCompletionDetails(loaded_as)
        if details.name in ("", algorithm.parameterDefinition(output).description()):
            details.name = shown_text(name)
