"""The session between the form and its window: the form, its layers, the run. Contains no widgets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Optional

from qgis.core import QgsMapLayer, QgsProcessingAlgorithm, QgsProcessingFeedback, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import CoLearnError
from ...layers.named_layers import project_context
from ...process import background
from ...process.background import Background, unforeseen
from ..form.effort import more_effort
from ..form.form import TrainingForm
from ..form.labels import LabelForm
from ..form.mending import mended
from ..form.problems import Issue
from ..form.progress.cost import expected_cost
from ..form.sensors.header import RasterHeader
from ..form.verdict import Surroundings, Verdict, verdict
from ..layers.form_layers import FormLayers
from ..layers.label_reading import LabelReading
from ..layers.layer_store import LayerStore
from ..runs.run import require_accepted
from ..runs.split_preview import SplitPreview
from ..runs.train_algorithm import parameters_for, train_algorithm
from ..runs.training_run import TrainingRun, slowness_here
from . import model_place
from .from_toolbox import form_from_toolbox, layers_wanted
from .raster_filling import RasterFilling
from .saved_forms import StoredForm, form_in_job, form_in_project, job_to_write, keep_in_project


class Session(QObject):
    """One training, from an empty form to its model: the form, its layers, and its run in ``training``.

    Signals: ``changed`` after every edit; ``progress`` while rasters are being opened; ``failed`` with an error in the
    background; the others are those of the run.
    """

    changed = pyqtSignal()
    progress = pyqtSignal()
    failed = pyqtSignal(object)

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.form = TrainingForm()
        self.training = TrainingRun(self)
        self.began, self.ended = self.training.began, self.training.ended
        self.progressed, self.line = self.training.progressed, self.training.line
        self.split = SplitPreview(self.parameters, self)
        self._layers = FormLayers()
        self._filling = RasterFilling(self, self._layers)
        self.add_layers, self.add_files = self._filling.add_layers, self._filling.add_files
        self.add_to_sensor, self.set_label_file = self._filling.add_to_sensor, self._filling.set_label_file
        self._saving: Optional[tuple[QgsProcessingFeedback, Background]] = None  # of a job
        self._file = model_place.ModelFile()
        self._project_unread = False  # it keeps a form that was not shown yet
        self.training.ended.connect(self._on_ended)
        self.training.over.connect(self._on_over)
        QgsProject.instance().layersWillBeRemoved.connect(self._on_layers_leaving)
        model_place.follow_project(self._on_project_moved)

    @property
    def store(self) -> LayerStore:
        """The layers of the form."""
        return self._layers.store

    @property
    def reading(self) -> LabelReading:
        """The content of the label layer."""
        return self._layers.reading

    @property
    def model(self) -> str:
        """The model of the last training that succeeded."""
        return self.training.model

    # The form ------------------------------------------------------------------------------------------------------

    def edit(self, form: TrainingForm) -> None:
        """Replace the form; layers that changed are read again."""
        labels_changed = not form.labels.reads_as(self.form.labels)
        self.form, self._project_unread = form, False
        if labels_changed:
            self._layers.read_labels(form.labels, self._on_labels_read)
        self._show()

    def _on_labels_read(self, labels: LabelForm) -> None:
        """Set only the guessed field, because everything else may have been edited meanwhile."""
        chosen = self.form.labels.label_fields or labels.label_fields
        self.form = replace(self.form, labels=replace(self.form.labels, label_fields=chosen))
        self.form = self._layers.covering(self.form)
        self._show()

    def _show(self) -> None:
        self.form = self._file.set_in(self.form, self.training.models_of_others())
        self.changed.emit()

    def set_model(self, path: str) -> None:
        """Choose a file for the model."""
        self._file.choose(path)
        self.edit(replace(self.form, output_model=path))

    def rasters_read(self) -> tuple[int, int]:
        """The number of rasters read, and the total being read."""
        return self._layers.rasters_read()

    def is_opening(self) -> bool:
        """Whether the rasters of a form are being opened that will take the place of this one."""
        return self._filling.is_opening

    def stop_reading(self) -> None:
        """Stop opening rasters; those not yet added are dropped."""
        self._filling.stop()
        self.form = self._layers.without_unopened(self.form)
        self.changed.emit()

    def mend(self, issue: Issue) -> None:
        """Apply the fix of a problem."""
        self.edit(mended(self.form, issue))

    def set_labels(self, key: str, name: str) -> None:
        """Choose the label layer; its field is guessed."""
        self._filling.forget_label_file()
        layer = self.store.find(key)
        self.edit(replace(self.form, labels=LabelForm(key, name, isinstance(layer, QgsRasterLayer))))

    def verdict(self) -> Verdict:
        """What is wrong, and whether a training can start."""
        path = self.form.output_model
        around = Surroundings(
            len(self.reading.places),
            bool(path) and os.path.exists(path),
            self.training.models_of_others(),
            slowness_here,
            self.rasters_read(),
        )
        return verdict(self.form, self.reading.facts, around)

    def header_layer(self, key: str) -> Optional[QgsMapLayer]:
        """The layer behind a header."""
        return self.store.find(key)

    # Jobs, scripts, projects ---------------------------------------------------------------------------------------

    def parameters(self) -> dict[str, Any]:
        """Parameters of the algorithm.

        Raises:
            JobError: a value that a job does not allow.
        """
        return parameters_for(self.form, self.store)

    def python_command(self) -> str:
        """The training as a line of Python."""
        return str(self.algorithm().asPythonCommand(self.parameters(), project_context()))

    def take_parameters(self, given: dict[str, Any]) -> None:
        """Load the values of the toolbox dialog; ``failed`` reports a value that cannot be read."""

        def take(headers: Sequence[RasterHeader]) -> None:
            try:
                form = form_from_toolbox(self._layers, given, headers)
            except CoLearnError as error:
                self.failed.emit(error)
                return
            path = str(given.get("OUTPUT_MODEL") or "")
            self._file.take(path if path.endswith(model_place.ENDING) else "")
            self.edit(replace(form, output_model=path))

        wanted = layers_wanted(given)  # what is open and read does not hold up QGIS in ``take``
        self._filling.open_form(wanted.keys, take, dict.fromkeys(wanted.files, ""), labels=wanted.labels)

    def save_job(self, path: str) -> None:
        """Save the training as a job that runs without QGIS and can be reopened here; ``failed`` reports an error.

        Raises:
            CoLearnError: something is missing.
        """

        def end(error: Optional[CoLearnError]) -> None:
            self._saving = None
            if error is not None:
                self.failed.emit(error)

        feedback = QgsProcessingFeedback(False)
        write = job_to_write(self.parameters(), path, feedback)
        self._saving = feedback, Background(write, end, lambda error: end(unforeseen(error, path)))
        self._saving[1].settle()

    def open_job(self, path: str) -> None:
        """Load a saved job.

        Raises:
            CoLearnError: not a job, or a job of another kind.
        """
        self._show_stored(form_in_job(path))

    def keep_in_project(self) -> None:
        """Store the form in the project if it differs from the stored one, and that one has been loaded."""
        if not self._project_unread:
            keep_in_project(self._file.to_store(self.form))

    def take_from_project(self) -> None:
        """Load the form stored in the project, if any."""
        stored = form_in_project()
        if stored is not None:
            self._project_unread = True
            self._show_stored(stored)

    def _show_stored(self, stored: StoredForm) -> None:
        def show(headers: Sequence[RasterHeader]) -> None:
            form = stored.form(headers)
            self._file.take(form.output_model)
            self.edit(form)

        self._filling.open_form(stored.keys, show, stored.names, trusted=False, labels=stored.labels)

    # The run -------------------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether the training is running."""
        return self.training.is_running()

    def train(self) -> None:
        """Start the training in the background.

        Raises:
            CoLearnError: something is missing.
            RefusedError: the algorithm refuses the parameters.
        """
        parameters = self.parameters()
        require_accepted(self.algorithm(), parameters)
        self.keep_in_project()
        self._file.remember(self.form)
        limited = self.form.settings.get("time_budget_min") is not None  # the engine then decides how much is trained
        cost = None if limited else expected_cost(self.form, self.reading.facts)
        self.training.start(parameters, self.form.output_model, cost, self.form.sensors[0].of_one_map())

    def cancel(self) -> None:
        """Stop the training."""
        self.training.cancel()

    def finish(self) -> None:
        """End the training with what is finished so far: a complete model, and its report."""
        self.training.finish()

    def close(self) -> None:
        """Stop any run, and the saving of a job, and release all layers."""
        self.cancel()
        if self._saving is not None:
            feedback, saving = self._saving
            feedback.cancel()
            saving.wait(background.LEAVE_S)
        self.split.cancel()
        QgsProject.instance().layersWillBeRemoved.disconnect(self._on_layers_leaving)
        model_place.leave_project(self._on_project_moved)
        self._layers.close()

    def with_more_effort(self) -> None:
        """Set the form to train again with more effort, to a new file."""
        again = model_place.free_path(self.form.output_model, self.training.models_of_others())
        self.edit(replace(self.form, settings=more_effort(self.form.settings), output_model=again))

    def own_model(self) -> str:
        """The model that is or was trained, else the one in the form."""
        return self.training.in_work if self.is_running() else self.model or self.form.output_model

    def algorithm(self) -> QgsProcessingAlgorithm:
        """A new instance of ``colearn:train``."""
        return train_algorithm()

    def _on_ended(self, succeeded: bool, _model: str, _wrong: str) -> None:
        """Remove the preview of the split: the training's own samples are the same, with more attributes."""
        if succeeded and "OUTPUT_SAMPLES" in self.training.outputs:
            self.split.take_away()

    def _on_over(self) -> None:
        self.edit(self.form)  # propose a new file for the next training

    def _on_project_moved(self) -> None:
        """Let the default model follow a project that is saved elsewhere, opened or closed."""
        if not self.is_running() and self._file.set_in(self.form, self.training.models_of_others()) != self.form:
            self._show()

    def _on_layers_leaving(self, ids: Sequence[str]) -> None:
        """Keep layers removed from the project as files in the form; those without files are marked as gone."""
        form = self._layers.without(self.form, ids, self.progress.emit)
        if form is not None:
            self.edit(form)
