"""What stands between the form and its window: the form, the layers behind it, the run. It has no widgets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Optional

from qgis.core import (
    QgsApplication,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsProperty,
    QgsRasterLayer,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import (
    CodecError,
    Epoch,
    ErrorCode,
    InputError,
    Interim,
    Progress,
    TrainJob,
    job_from_text,
)
from ...messages import job_error, tr
from ...parameters.types.output_files import save_job
from ...parameters.types.values import ParameterValues
from ..form.effort import more_effort
from ..form.form import TrainingForm, form_of
from ..form.labels import LabelForm, labels_of
from ..form.mending import mended
from ..form.parameters import parameters_of
from ..form.problems import Issue
from ..form.progress.curves import Curves
from ..form.stored import form_to_text, kept_in_text
from ..form.verdict import Surroundings, Verdict, verdict, work_units
from . import model_place
from .from_toolbox import form_from_toolbox
from .header_reading import covered_places, header_of
from .label_reading import LabelReading, read_label_layer, with_likeliest_field
from .layer_store import LayerStore
from .run import AlgorithmRun
from .split_preview import SplitPreview

ALGORITHM = "colearn:train"
SPEED = "colearn/training_seconds_per_unit"
GONE = "gone: "  # before the name of a layer of which nothing is left
SCOPE, KEY = "CoLearn", "training"


class RefusedError(Exception):
    """QGIS or the algorithm refuses the parameters, in a sentence."""


class Session(QObject):
    """One training, from an empty form to its model.

    Signals: ``changed`` after every edit; ``progressed`` with events of the engine; ``line`` with lines of the log;
    ``ended`` with success, the path of the model and what is wrong.
    """

    changed = pyqtSignal()
    began = pyqtSignal()
    progressed = pyqtSignal(object)
    line = pyqtSignal(str, str)
    ended = pyqtSignal(bool, str, str)
    models_in_work: ClassVar[set[str]] = set()  # of all sessions

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.store = LayerStore()
        self.form = TrainingForm()
        self.reading = LabelReading()
        self.curves = Curves()
        self.split = SplitPreview(self)
        self.share = 0.0
        self.interims: dict[str, Interim] = {}  # by sensor, the last of each
        self.is_finishing = False
        self.run: Optional[AlgorithmRun] = None
        self.model = ""  # of the last training that succeeded
        self.outputs: dict[str, str] = {}  # all that it wrote
        self._in_work = ""  # the model of the training under way
        self._units = 0.0
        self._model_is_default = True
        QgsProject.instance().layersWillBeRemoved.connect(self._on_layers_leaving)

    # The form ------------------------------------------------------------------------------------------------------

    def edit(self, form: TrainingForm) -> None:
        """Show another form; what depends on layers is read where it has changed."""
        labels_changed = not form.labels.reads_as(self.form.labels)
        self.form = form
        if labels_changed:
            self._read_labels()
        if self._model_is_default:
            self.form = replace(self.form, output_model=model_place.default_model(self.form.labels))
        self.changed.emit()

    def set_model(self, path: str) -> None:
        """Choose where the model is saved."""
        self._model_is_default = not path
        self.edit(replace(self.form, output_model=path))

    def add_layers(self, layers: Iterable[QgsMapLayer]) -> None:
        """Add raster layers of the project as sensors, grouped; the first vector layer becomes the labels."""
        chosen = list(layers)
        vectors = [layer for layer in chosen if isinstance(layer, QgsVectorLayer)]
        headers = tuple(self._header(layer.id()) for layer in chosen if isinstance(layer, QgsRasterLayer))
        form = self.form.add_grouped(headers)
        if vectors and not form.labels.key:
            form = replace(form, labels=LabelForm(vectors[0].id(), vectors[0].name()))
        self.edit(form)

    def add_files(self, paths: Sequence[str]) -> None:
        """Add raster files as sensors, grouped."""
        self.edit(self.form.add_grouped(self.headers_of_files(paths)))

    def headers_of_files(self, paths: Sequence[str]) -> tuple[Any, ...]:
        """Open files for the form and read their headers."""
        for path in paths:
            self.store.open_raster(path)
        return tuple(self._header(path) for path in paths)

    def headers_of_layers(self, keys: Sequence[str]) -> tuple[Any, ...]:
        """Headers of layers of the project."""
        return tuple(self._header(key) for key in keys)

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
        own = {self._in_work} if self.is_running() else set()
        speed = QgsSettings().value(SPEED, 0.0, float)
        around = Surroundings(
            len(self.reading.places),
            bool(path) and os.path.exists(path),
            frozenset(self.models_in_work - own),
            speed if speed and speed > 0 else None,
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
        try:
            given = parameters_of(self.form.job())
        except CodecError as error:
            raise job_error(error) from error
        if "OUTPUT_SAMPLES" in given:
            place = QgsProperty.fromValue(given["OUTPUT_SAMPLES"])
            given["OUTPUT_SAMPLES"] = QgsProcessingOutputLayerDefinition(place, QgsProject.instance())
        return {name: self._found(name, value) for name, value in given.items()}

    def python_command(self) -> str:
        """The training as a line of Python."""
        return str(self.algorithm().asPythonCommand(self.parameters(), self._context()))

    def take_parameters(self, given: dict[str, Any]) -> None:
        """Show what is filled into the toolbox's dialog.

        Raises:
            CoLearnError: a value that cannot be read.
        """
        form = form_from_toolbox(self, given)
        path = str(given.get("OUTPUT_MODEL") or "")
        self._model_is_default = not path.endswith(model_place.ENDING)
        self.edit(replace(form, output_model="" if self._model_is_default else path))

    def save_job(self, path: str) -> None:
        """Save the training as a job that runs without QGIS, and opens here again.

        Raises:
            CoLearnError: something is missing, or the file cannot be written.
        """
        given = {**self.parameters(), "OUTPUT_JOB": path}
        algorithm = self.algorithm()
        values = ParameterValues(algorithm, given, self._context())
        try:
            save_job(algorithm.build_job(values), path)
        except CodecError as error:
            raise job_error(error) from error

    def open_job(self, path: str) -> None:
        """Show a saved job.

        Raises:
            CoLearnError: it is none, or of another kind.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                ErrorCode.JOB_INVALID,
                subject=path,
                found=str(error),
                expected=tr("a job saved by CoLearn"),
                remedy=tr("Choose another file."),
            ) from error
        job = job_from_text(text, "train", path)
        if not isinstance(job, TrainJob):
            raise TypeError(path)  # never: this kind of job was asked for
        sources = [raster for sensor in job.sensors for raster in (*sensor.rasters, *sensor.mask_rasters)]
        for raster in sources:
            self.store.reopen(raster.path, raster.name, is_raster=True)
        labels = labels_of(job.labels)
        self.store.reopen(labels.key, labels.name, labels.is_raster)
        self._model_is_default = False
        headers = {raster.path: self._header(raster.path) for raster in sources}
        self.edit(form_of(job, labels, headers))

    def keep_in_project(self) -> None:
        """Write the form into the project, where it differs from what is there."""
        text = form_to_text(self._by_source())
        if QgsProject.instance().readEntry(SCOPE, KEY, "")[0] != text:
            QgsProject.instance().writeEntry(SCOPE, KEY, text)

    def take_from_project(self) -> None:
        """Show the form that the project keeps, if it keeps one."""
        kept = kept_in_text(QgsProject.instance().readEntry(SCOPE, KEY, "")[0])
        if kept is None:
            return
        layers = {layer.source(): layer.id() for layer in QgsProject.instance().mapLayers().values()}
        headers = {}
        for key in kept.layer_keys():
            if key not in layers:
                self.store.reopen(key, "", is_raster=True)
            headers[key] = self._header(layers.get(key, key))
        form = kept.form(headers)
        label_key = layers.get(form.labels.key, form.labels.key)
        if form.labels.key and label_key == form.labels.key:
            self.store.reopen(label_key, form.labels.name, form.labels.is_raster)
        self._model_is_default = not form.output_model
        self.edit(replace(form, labels=replace(form.labels, key=label_key)))

    # The run -------------------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether the training is under way."""
        return self.run is not None and not self.run.is_over

    def train(self) -> None:
        """Start the training in the background.

        Raises:
            CoLearnError: something is missing.
            RefusedError: the algorithm does not take it.
        """
        parameters = self.parameters()
        accepted, reason = self.algorithm().checkParameterValues(parameters, self._context())
        if not accepted:
            raise RefusedError(reason)
        self.curves, self.share = Curves(), 0.0
        self.interims, self.is_finishing = {}, False
        self._units = work_units(self.form, self.reading.facts)
        self._in_work = self.form.output_model
        self.models_in_work.add(self._in_work)
        self.run = AlgorithmRun(self.algorithm(), parameters)
        self.run.engine_event.connect(self._on_event)
        self.run.line.connect(self.line)
        self.run.ended.connect(self._on_ended)
        self.keep_in_project()
        if not self._model_is_default:
            model_place.remember_place(self.form.output_model)
        self.run.start()
        self.began.emit()

    def cancel(self) -> None:
        """Stop the training."""
        if self.run is not None:
            self.run.cancel()

    def finish(self) -> None:
        """End the training with what is trained so far: a whole model, and its report."""
        if self.run is not None and self.interims:
            self.is_finishing = True
            self.run.finish()

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
        return self._in_work if self.is_running() else self.model or self.form.output_model

    def algorithm(self) -> QgsProcessingAlgorithm:
        """A fresh ``colearn:train``."""
        return QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.share = event.fraction
        elif isinstance(event, Epoch):
            self.curves = self.curves.having(event)
        elif isinstance(event, Interim):
            self.interims[event.sensor] = event
        self.progressed.emit(event)

    def _on_ended(self, succeeded: bool, results: dict[str, Any], wrong: str) -> None:
        run = self.run
        self.models_in_work.discard(self._in_work)
        if succeeded and run is not None:
            self.model = str(results.get("OUTPUT_MODEL", self._in_work))
            self.outputs = {name: value for name, value in results.items() if isinstance(value, str)}
            if self._units > 0:
                QgsSettings().setValue(SPEED, run.elapsed_s() / self._units)
        self.ended.emit(succeeded, self.model if succeeded else "", wrong)
        self.edit(self.form)  # the next training gets a file of its own

    # Layers --------------------------------------------------------------------------------------------------------

    def _header(self, key: str) -> Any:
        header = header_of(key, self.store.find(key))
        return replace(header, covered=self._covered(header))

    def _covered(self, header: Any) -> frozenset[int]:
        layer = self.store.find(self.form.labels.key)
        return frozenset() if layer is None else covered_places(header, self.reading.places, layer.crs())

    def _read_labels(self) -> None:
        layer = self.store.find(self.form.labels.key)
        reading = read_label_layer(layer, self.form.labels)
        guessed = with_likeliest_field(self.form.labels, reading.facts)
        if guessed != self.form.labels:
            self.form = replace(self.form, labels=guessed)
            reading = read_label_layer(layer, guessed)
        moved = reading.places != self.reading.places
        self.reading = reading
        if moved:
            headers = tuple(replace(each, covered=self._covered(each)) for each in self.form.rasters())
            self.form = self.form.with_headers(headers)

    def _on_layers_leaving(self, ids: Sequence[str]) -> None:
        """Layers taken out of the project stay with the form as files; those that were no files are named as gone."""
        renamed = {}
        for key in {raster.key for raster in self.form.rasters()} | {self.form.labels.key}:
            layer = QgsProject.instance().mapLayer(key) if key in ids else None
            if layer is not None:
                renamed[key] = self.store.reopened(layer) or f"{GONE}{layer.name()}"
        if renamed:
            form = self._with_keys(renamed)
            gone = [each.key for each in form.rasters() if each.key.startswith(GONE)]
            self.edit(form.with_headers(tuple(self._header(key) for key in gone)))

    def _with_keys(self, renamed: dict[str, str]) -> TrainingForm:
        def moved(raster: Any) -> Any:
            return replace(raster, key=renamed.get(raster.key, raster.key))

        sensors = tuple(
            replace(
                sensor,
                rasters=tuple(moved(raster) for raster in sensor.rasters),
                mask_rasters=tuple(moved(raster) for raster in sensor.mask_rasters),
            )
            for sensor in self.form.sensors
        )
        labels = replace(self.form.labels, key=renamed.get(self.form.labels.key, self.form.labels.key))
        return replace(self.form, sensors=sensors, labels=labels)

    def _by_source(self) -> TrainingForm:
        """The form with layers by their sources: ids of layers may be others in the next session."""
        layers = QgsProject.instance().mapLayers()
        form = self._with_keys({key: layer.source() for key, layer in layers.items()})
        return replace(form, output_model="") if self._model_is_default else form

    def _found(self, name: str, value: Any) -> Any:
        if name == "LABELS" or (name.startswith("SENSOR_") and isinstance(value, list)) or name == "LABEL_RASTER":
            found = [self.store.parameter(key) for key in (value if isinstance(value, list) else [value])]
            return found if isinstance(value, list) else found[0]
        return value

    @staticmethod
    def _context() -> QgsProcessingContext:
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        return context
