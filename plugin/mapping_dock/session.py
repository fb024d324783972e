"""The session between the dock's form and its widgets: models, layers, runs. Contains no widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsPointXY,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsProperty,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.contract import CoLearnError, Manifest, Progress, Quality
from ..messages import sentence, tr
from ..model_card import read_manifest
from ..process import environment
from ..process.warm_engine import WarmEngine
from ..training.layers.layer_store import LayerStore
from ..training.runs.run import AlgorithmRun, RefusedError, RunEngine, require_accepted
from . import models
from .form.fit import Fit, fits_of, given_bands
from .form.map_form import Area, MapForm, pixel_bytes, pixels_in, preview_frame
from .form.value_range import Likeness
from .image_choice import ImageChoice
from .layers.band_values import BandValues
from .layers.map_group import default_output, group_layers, layers_of
from .layers.places import extent_of, frame_in, point_in
from .layers.runs import PreviewOpening, algorithm, parameters_for
from .other_sensors import OtherSensors

SPEED = "colearn/mapping_seconds_per_pixel"
LEAST_TIMED_PX = 500_000  # below this, the engine's startup dominates the time
OUTPUTS = ("OUTPUT", "OUTPUT_CONFIDENCE", "OUTPUT_PROBABILITIES", "OUTPUT_POLYGONS")


class MapSession(QObject):
    """The state of the dock, for one map after another.

    Signals: ``changed`` after every edit; ``progressed`` with the share done; ``mapped`` with the ids of new layers;
    ``previewed`` with the layer; ``compared`` with the layer of the other sensor; ``failed`` with the reason.
    """

    changed = pyqtSignal()
    progressed = pyqtSignal(float)
    mapped = pyqtSignal(list)
    previewed = pyqtSignal(object)
    compared = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.store = LayerStore()
        self.form = MapForm()
        self.manifest: Optional[Manifest] = None
        self.fits: tuple[Fit, ...] = ()
        self.run: Optional[AlgorithmRun] = None
        self.image = ImageChoice(self)
        self.choose_layers, self.open_files = self.image.choose_layers, self.image.open_files
        self.others = OtherSensors(self)
        self.band_values = BandValues(self)
        self._engine = WarmEngine()  # for previews
        self._previews = PreviewOpening()
        self._before: set[str] = set()
        self._pixels = 0
        self.other = ""  # sensor that previews are compared with
        self._begun = MapForm()  # the form when the current run started; it may be edited meanwhile
        self._output_is_default = True
        QgsProject.instance().layersWillBeRemoved.connect(self._on_layers_leaving)

    # The form ------------------------------------------------------------------------------------------------------

    def choose_model(self, path: str) -> None:
        """Choose a model file.

        Raises:
            ModelError: the file is not a readable model.
        """
        self.manifest = read_manifest(path) if path else None
        if path:
            models.remember(path)
        self.edit(replace(self.form, model=path, sensor="", bands=(), quality=Quality.AUTO))

    def edit(self, form: MapForm) -> None:
        """Replace the form."""
        if form.sensor != self.form.sensor and form.bands == self.form.bands:
            form = replace(form, bands=())  # they were assigned for another sensor
        self.fits = fits_of(self.manifest, form.rasters, form.sensor, form.bands) if self.manifest is not None else ()
        if not form.sensor and self.fits and self.fits[0].misfit is None:
            form = replace(form, sensor=self.fits[0].sensor)
        self.form = form
        if self._output_is_default:
            self.form = replace(form, output=default_output(form))
        self.changed.emit()

    def set_output(self, path: str) -> None:
        """Choose where the map is saved."""
        self._output_is_default = not path
        self.edit(replace(self.form, output=path))

    def fit(self) -> Optional[Fit]:
        """How well the rasters match the chosen sensor."""
        return next((fit for fit in self.fits if fit.sensor == self.form.sensor), None)

    def shown_fit(self) -> Optional[Fit]:
        """The fit to show: of the chosen sensor, else of the closest one."""
        return self.fit() or (self.fits[0] if self.fits else None)

    def give_band(self, expected: str, found: str) -> None:
        """Assign a band of the image to one that the sensor expects; a band that it displaces swaps with it.

        An empty name resets all bands to matching by name.
        """
        fit = self.shown_fit()
        if fit is not None:
            bands = given_bands(fit, expected, found) if found else ()
            self.edit(replace(self.form, sensor=fit.sensor, bands=bands))

    @property
    def has_fast_copy(self) -> bool:
        """Whether the model holds two predictors of the chosen sensor."""
        fit, manifest = self.fit(), self.manifest
        return fit is not None and manifest is not None and manifest.sensor(fit.sensor).fast is not None

    def is_ready(self) -> bool:
        """Whether a map can be made."""
        fit = self.fit()
        fits = fit is not None and fit.misfit is None and not self.image.opening
        return fits and bool(self.form.output) and not self.is_running()

    def pixels(self) -> int:
        """The number of pixels to map; for polygons, those of their common bounding box (an upper limit)."""
        if not self.form.rasters:
            return 0
        form, first = self.form, self.form.rasters[0]
        frame, crs = form.frame, form.frame_crs
        if form.area is Area.POLYGONS:
            frame, crs = extent_of(QgsProject.instance().mapLayer(form.mask_key))
        elif form.area is Area.WHOLE:
            frame = None
        return pixels_in(first, frame_in(first.crs, frame, crs) if frame is not None else None)

    def most_bytes(self) -> int:
        """The maximum size of the map and its companion rasters, in bytes."""
        return self.pixels() * pixel_bytes(self.form, self.manifest) if self.manifest is not None else 0

    @property
    def begun(self) -> MapForm:
        """The form of the last run that was started."""
        return self._begun

    def seconds(self) -> Optional[float]:
        """The expected time, at the speed of the last map; None before the first."""
        speed = QgsSettings().value(SPEED, 0.0, float)
        return speed * self.pixels() if speed and speed > 0 else None

    def values(self) -> dict[str, Likeness]:
        """Whether the values of each band resemble the training's, as far as they have been read."""
        fit, manifest = self.fit(), self.manifest
        pairs = fit.bands if fit is not None else ()
        sensor = manifest.sensor(fit.sensor) if fit is not None and manifest is not None else None
        trained = {band.name: band for band in sensor.bands} if sensor is not None else {}
        return self.band_values.likenesses(pairs, trained, self.form.rasters, self.store)

    # Running -------------------------------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Start the engine for previews before the first one is requested."""
        if self.is_ready():
            self._engine.warm_up(partial(environment.engine_command, environment.PREDICT_MODULES), environment.ROOT)

    def is_running(self) -> bool:
        """Whether a map or a preview is being made."""
        return self.run is not None and not self.run.is_over

    def map(self) -> None:
        """Make the map in the background.

        Raises:
            CoLearnError: a value that a job does not allow.
            RefusedError: the algorithm refuses the parameters.
        """
        parameters = parameters_for(self.form, self.store)
        for name in OUTPUTS:
            if name in parameters:
                place = QgsProperty.fromValue(parameters[name])
                parameters[name] = QgsProcessingOutputLayerDefinition(place, QgsProject.instance())
        self._before = set(QgsProject.instance().mapLayers())
        self._pixels = self.pixels()
        self._begun = self.form
        self._start(parameters, self._on_mapped, noted=True)

    def preview(self, centre: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> bool:
        """Map a window around a point; False if the window does not overlap the image.

        Raises:
            CoLearnError: as :meth:`map`.
        """
        raster = self.form.rasters[0]
        there = point_in(raster.crs, centre, crs)
        frame = preview_frame(raster, (there.x(), there.y())) if there is not None else None
        if frame is None:
            return False
        self._begun = replace(self.form, area=Area.RECTANGLE, frame=frame, frame_crs=raster.crs)
        self._start_preview(self._begun, self._on_previewed)
        return True

    def _compare(self) -> None:
        """Map the last preview's window with the other sensor, if one is chosen and the project has rasters for it."""
        rasters = self.others.of(self.other)
        if rasters is None:
            return
        form = replace(self._begun, rasters=rasters, sensor=self.other, bands=(), quality=Quality.AUTO)
        try:
            self._start_preview(form, self._on_compared)
        except (CoLearnError, RefusedError) as error:
            self.failed.emit(sentence(error) if isinstance(error, CoLearnError) else str(error))

    def _start_preview(self, form: MapForm, on_end: Any) -> None:
        output = QgsProcessingUtils.generateTempFilename("preview.tif")
        form = replace(form, output=output, confidence=False, probabilities=False, polygons=False)
        self._start(parameters_for(form, self.store), on_end, noted=False, run_engine=self._engine.run)

    def cancel(self) -> None:
        """Stop the current run."""
        if self.run is not None:
            self.run.cancel()

    def close(self) -> None:
        """Stop, and release all layers."""
        self.cancel()
        for reading in (self.image, self.others, self.band_values, self._previews):
            reading.leave()
        self._engine.release()
        QgsProject.instance().layersWillBeRemoved.disconnect(self._on_layers_leaving)
        self.store.close()

    def _start(
        self, parameters: dict[str, Any], on_end: Any, noted: bool, run_engine: Optional[RunEngine] = None
    ) -> None:
        require_accepted(algorithm(), parameters)
        self.run = AlgorithmRun(algorithm(), parameters, noted, run_engine, "" if noted else tr("CoLearn: preview"))
        self.run.engine_event.connect(self._on_event)
        self.run.ended.connect(on_end)
        self.run.start()
        self.changed.emit()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progressed.emit(event.fraction)

    def _on_mapped(self, succeeded: bool, _results: object, wrong: str) -> None:
        if succeeded:
            if self._pixels >= LEAST_TIMED_PX and self.run is not None:
                QgsSettings().setValue(SPEED, self.run.elapsed_s() / self._pixels)
            new = layers_of(self._begun, self._before)
            group_layers(self._begun, new)
            self.edit(self.form)  # propose a new file for the next map
            self.mapped.emit(new)
        else:
            self.failed.emit(wrong)
        self.changed.emit()

    def _on_previewed(self, succeeded: bool, results: dict[str, Any], wrong: str) -> None:
        def show(layer: QgsRasterLayer) -> None:
            self.previewed.emit(layer)
            if self.other and not self.is_running():  # as another run may be by now
                self._compare()

        self._end_preview(succeeded, results, wrong, self._begun.sensor, show)

    def _on_compared(self, succeeded: bool, results: dict[str, Any], wrong: str) -> None:
        self._end_preview(succeeded, results, wrong, self.other, self.compared.emit)

    def _end_preview(
        self, succeeded: bool, results: dict[str, Any], wrong: str, sensor: str, show: Callable[[QgsRasterLayer], Any]
    ) -> None:
        def is_wanted() -> bool:
            return self._begun.rasters == self.form.rasters  # otherwise the rasters or project were closed

        if not succeeded:
            self.failed.emit(wrong)
        elif is_wanted():
            name = f"{Path(self._begun.model).stem} · {sensor}"
            self._previews.open(results, name, lambda layer: show(layer) if is_wanted() else None, self.failed.emit)
        self.changed.emit()

    def _on_layers_leaving(self, ids: Sequence[str]) -> None:
        if any(raster.key in ids for raster in self.form.rasters):
            left = tuple(raster for raster in self.form.rasters if raster.key not in ids)
            self.edit(replace(self.form, rasters=left, sensor="", bands=()))
