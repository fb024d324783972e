"""What stands between the form and its window: the form, the layers behind it, the run. It has no widgets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Optional

from qgis.core import QgsMapLayer, QgsProcessingAlgorithm, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...layers.file_kinds import is_sidecar
from ..form.effort import more_effort
from ..form.form import TrainingForm
from ..form.labels import LabelForm
from ..form.mending import mended
from ..form.problems import Issue
from ..form.sensors.grouping import by_name
from ..form.verdict import Surroundings, Verdict, verdict, work_units
from ..layers.form_layers import FormLayers
from ..layers.label_reading import LabelReading
from ..layers.layer_store import LayerStore
from ..runs.run import project_context, require_accepted
from ..runs.split_preview import SplitPreview
from ..runs.train_algorithm import parameters_for, train_algorithm
from ..runs.training_run import TrainingRun, seconds_per_unit
from . import model_place
from .from_toolbox import form_from_toolbox
from .saved_forms import form_in_job, form_in_project, keep_in_project, write_job


class Session(QObject):
    """One training, from an empty form to its model: the form, the layers behind it, its run in ``training``.

    Signals: ``changed`` after every edit; the others are those of the run.
    """

    changed = pyqtSignal()

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.form = TrainingForm()
        self.training = TrainingRun(self)
        self.began, self.ended = self.training.began, self.training.ended
        self.progressed, self.line = self.training.progressed, self.training.line
        self.split = SplitPreview(self.parameters, self)
        self._layers = FormLayers()
        self._model_is_default = True
        self.training.ended.connect(self._on_ended)
        self.training.over.connect(self._on_over)
        QgsProject.instance().layersWillBeRemoved.connect(self._on_layers_leaving)

    @property
    def store(self) -> LayerStore:
        """The layers of the form."""
        return self._layers.store

    @property
    def reading(self) -> LabelReading:
        """What the label layer holds."""
        return self._layers.reading

    @property
    def model(self) -> str:
        """The model of the last training that succeeded."""
        return self.training.model

    # The form ------------------------------------------------------------------------------------------------------

    def edit(self, form: TrainingForm) -> None:
        """Show another form; what depends on layers is read where it has changed."""
        labels_changed = not form.labels.reads_as(self.form.labels)
        self.form = self._layers.with_labels_read(form) if labels_changed else form
        if self._model_is_default:
            self.form = replace(self.form, output_model=model_place.default_model(self.form.labels))
        self.changed.emit()

    def set_model(self, path: str) -> None:
        """Choose a file for the model."""
        self._model_is_default = not path
        self.edit(replace(self.form, output_model=path))

    def add_layers(self, layers: Iterable[QgsMapLayer]) -> None:
        """Add raster layers of the project as sensors, grouped; the first vector layer becomes the labels."""
        chosen = list(layers)
        vectors = [layer for layer in chosen if isinstance(layer, QgsVectorLayer)]
        headers = self._layers.headers(layer.id() for layer in chosen if isinstance(layer, QgsRasterLayer))
        form = self.form.add_grouped(by_name(headers))
        if vectors and not form.labels.key:
            form = replace(form, labels=LabelForm(vectors[0].id(), vectors[0].name()))
        self.edit(form)

    def add_files(self, paths: Sequence[str]) -> None:
        """Add raster files as sensors, grouped."""
        self.edit(self.form.add_grouped(by_name(self.headers_of_files(paths))))

    def headers_of_files(self, paths: Sequence[str]) -> tuple[Any, ...]:
        """Open files for the form and read their headers; what only lies beside a raster is none."""
        rasters = [path for path in paths if not is_sidecar(path)]
        for path in rasters:
            self.store.open_raster(path)
        return self._layers.headers(rasters)

    def headers_of_layers(self, keys: Sequence[str]) -> tuple[Any, ...]:
        """Headers of layers of the project."""
        return self._layers.headers(keys)

    def mend(self, issue: Issue) -> None:
        """Press the button of a problem."""
        self.edit(mended(self.form, issue))

    def set_labels(self, key: str, name: str) -> None:
        """Choose the label layer; its field is guessed."""
        layer = self.store.find(key)
        self.edit(replace(self.form, labels=LabelForm(key, name, isinstance(layer, QgsRasterLayer))))

    def set_label_file(self, path: str) -> None:
        """Choose a file of labels, vector or raster."""
        layer: QgsMapLayer = self.store.open_vector(path)
        if not layer.isValid():
            self.store.forget(path)
            layer = self.store.open_raster(path)
        self.set_labels(path, layer.name())

    def verdict(self) -> Verdict:
        """What is wrong, and whether a training can start."""
        path = self.form.output_model
        around = Surroundings(
            len(self.reading.places),
            bool(path) and os.path.exists(path),
            self.training.models_of_others(),
            seconds_per_unit(),
        )
        return verdict(self.form, self.reading.facts, around)

    def header_layer(self, key: str) -> Optional[QgsMapLayer]:
        """The layer behind a header."""
        return self.store.find(key)

    # Jobs, scripts, projects ---------------------------------------------------------------------------------------

    def parameters(self) -> dict[str, Any]:
        """Parameters of the algorithm.

        Raises:
            JobError: a value that no job may have.
        """
        return parameters_for(self.form, self.store)

    def python_command(self) -> str:
        """The training as a line of Python."""
        return str(self.algorithm().asPythonCommand(self.parameters(), project_context()))

    def take_parameters(self, given: dict[str, Any]) -> None:
        """Show what is filled into the toolbox's dialog.

        Raises:
            CoLearnError: a value that cannot be read.
        """
        form = form_from_toolbox(self._layers, given)
        path = str(given.get("OUTPUT_MODEL") or "")
        self._model_is_default = not path.endswith(model_place.ENDING)
        self.edit(replace(form, output_model="" if self._model_is_default else path))

    def save_job(self, path: str) -> None:
        """Save the training as a job that runs without QGIS, and opens here again.

        Raises:
            CoLearnError: something is missing, or the file cannot be written.
        """
        write_job(self.parameters(), path)

    def open_job(self, path: str) -> None:
        """Show a saved job.

        Raises:
            CoLearnError: it is none, or of another kind.
        """
        form = form_in_job(path, self._layers)
        self._model_is_default = False
        self.edit(form)

    def keep_in_project(self) -> None:
        """Write the form into the project, where it differs from what is there."""
        keep_in_project(replace(self.form, output_model="") if self._model_is_default else self.form)

    def take_from_project(self) -> None:
        """Show the form that the project keeps, if it keeps one."""
        form = form_in_project(self._layers)
        if form is not None:
            self._model_is_default = not form.output_model
            self.edit(form)

    # The run -------------------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether the training is under way."""
        return self.training.is_running()

    def train(self) -> None:
        """Start the training in the background.

        Raises:
            CoLearnError: something is missing.
            RefusedError: the algorithm does not take it.
        """
        parameters = self.parameters()
        require_accepted(self.algorithm(), parameters)
        self.keep_in_project()
        if not self._model_is_default:
            model_place.remember_place(self.form.output_model)
        self.training.start(parameters, self.form.output_model, work_units(self.form, self.reading.facts))

    def cancel(self) -> None:
        """Stop the training."""
        self.training.cancel()

    def finish(self) -> None:
        """End the training with what is trained so far: a whole model, and its report."""
        self.training.finish()

    def close(self) -> None:
        """End what is under way and let go of all layers."""
        self.cancel()
        self.split.cancel()
        QgsProject.instance().layersWillBeRemoved.disconnect(self._on_layers_leaving)
        self.store.close()

    def with_more_effort(self) -> None:
        """Set the form to train again with more, into a file of its own."""
        self._model_is_default = False
        again = model_place.free_path(self.form.output_model)
        self.edit(replace(self.form, settings=more_effort(self.form.settings), output_model=again))

    def own_model(self) -> str:
        """The model that is trained, or was, else the one to be."""
        return self.training.in_work if self.is_running() else self.model or self.form.output_model

    def algorithm(self) -> QgsProcessingAlgorithm:
        """A fresh ``colearn:train``."""
        return train_algorithm()

    def _on_ended(self, succeeded: bool, _model: str, _wrong: str) -> None:
        """Samples of a training are those of the split before it, with more known of them: one layer is enough."""
        if succeeded and "OUTPUT_SAMPLES" in self.training.outputs:
            self.split.take_away()

    def _on_over(self) -> None:
        self.edit(self.form)  # the next training gets a file of its own

    def _on_layers_leaving(self, ids: Sequence[str]) -> None:
        """Layers taken out of the project stay with the form as files; those that were no files are named as gone."""
        form = self._layers.without(self.form, ids)
        if form is not None:
            self.edit(form)
