"""One run of an algorithm: its parameters become a job, the engine works on it, files and numbers come back.

Imported when there is a run: QGIS starts with the algorithms alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Optional, Union

from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from ...engine.contract import CodecError, CoLearnError, shown_text
from ..messages import job_error, sentence, tr
from ..parameters.types.output_files import check_outputs, save_job
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
    """What was prepared for a run, and what it leaves on the disk.

    The algorithm is an argument and never kept: QGIS deletes it when it likes.
    """

    def __init__(self) -> None:
        self.prepared: Union[Job, CoLearnError, None] = None
        self._wanted_job_file: Optional[str] = None
        self._job_file: Optional[str] = None  # once it is written
        self._exports: tuple[FeatureExport, ...] = ()
        self._files = RunFiles()
        self._layers_to_load: dict[str, QgsProcessingContext.LayerDetails] = {}

    def prepare(self, algorithm: EngineAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Note what the layers are like and build the job; an error is kept in its place.

        QGIS waits for it: no feature is read, and nothing but virtual rasters (some lines of text) is written.
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
            QgsProcessingException: it failed or was cancelled; what it left is taken away.
        """
        self._register_layers(context)
        listener = FeedbackListener(feedback, lambda text: with_letter(text, algorithm.letters()))
        try:
            job = self._job()
            algorithm.log_before(job, feedback)
            self._write_inputs(job, feedback)
            command = environment.engine_command(algorithm.engine_modules)
            # A window of ours may have an engine that is running already.
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
        try:
            algorithm.finish(self._job(), finished, context, feedback)
        except CoLearnError as error:  # the outputs are there: what is missing is only their style
            feedback.pushWarning(sentence(error))

    def results(
        self,
        algorithm: EngineAlgorithm,
        finished: Finished,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
    ) -> dict[str, Any]:
        """Files and numbers, by the names of the algorithm's outputs."""
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

        The task that runs an algorithm for a dialog gives it a context of its own, whose layers to load replace those
        that were registered in prepareAlgorithm.
        """
        for layer, details in self._layers_to_load.items():
            context.addLayerToLoadOnCompletion(layer, details)

    def _noted(self, job: Job) -> Job:
        """Remember which folders are there before the engine makes others."""
        for output in outputs_of(job).values():
            self._files.will_need_folder_of(output)
        return job

    def _write_inputs(self, job: Job, feedback: QgsProcessingFeedback) -> None:
        """Export the layers that are no files, and save the job where that is wanted.

        Raises:
            EngineCancelledError: cancelled meanwhile.
            OutputError: there is no place to write.
        """
        for export in self._exports:
            feedback.setProgressText(tr("Exporting {layer}").format(layer=shown_text(export.name)))
            export.write(feedback)
            if feedback.isCanceled():
                raise EngineCancelledError
        self._exports = ()
        if self._wanted_job_file is not None:
            self._files.will_write(self._wanted_job_file)
            save_job(job, self._wanted_job_file)
            self._job_file = self._wanted_job_file

    def _tidy_after_failure(self, algorithm: EngineAlgorithm, log: QgsProcessingFeedback) -> None:
        """Keep a saved job: what cannot run here (no graphics card, no engine) may run elsewhere."""
        if self._job_file is None:
            self._files.remove()
            return
        self._files.remove_empty_folders()
        log.pushInfo(
            tr("The job was saved: `python -m engine {name} {path}` runs it on another machine.").format(
                name=algorithm.name(), path=self._job_file
            )
        )


def name_loaded_layer(
    algorithm: EngineAlgorithm, context: QgsProcessingContext, loaded_as: str, output: str, name: str
) -> None:
    """Call a layer that QGIS will load by ``name``, where it still has the bare name of its parameter.

    A name of its own it has in a model, whose author chose it.
    """
    if context.willLoadLayerOnCompletion(loaded_as):
        details = context.layerToLoadOnCompletionDetails(loaded_as)
        if details.name in ("", algorithm.parameterDefinition(output).description()):
            details.name = shown_text(name)
