"""The rows of model, image, sensor and area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qgis.core import (
    QgsGeometry,
    QgsMapLayer,
    QgsMapLayerModel,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QLabel, QSizePolicy

from ....engine.contract import shown_text
from ... import sentences
from ...layers.file_kinds import raster_files
from ...messages import tr
from ...widgets import icons
from .. import models, words
from ..form.map_form import Area
from ..layers.drawn_area import with_polygon
from ..session import MapSession
from .canvas_tools import CanvasTools
from .rows import beside, button


class Choices(QFormLayout):
    """The rows that choose model, image, sensor and area. Signals: ``chosen`` with the model file."""

    chosen = pyqtSignal(str)

    def __init__(self, session: MapSession, tools: CanvasTools) -> None:
        super().__init__()
        self._session, self._tools = session, tools
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.model_box = _box(self._on_model)
        self.addRow(tr("Model"), beside(self.model_box, "…", self._on_browse_model))
        self.card = QLabel()
        self.card.setWordWrap(True)
        self.card.setTextFormat(Qt.TextFormat.RichText)
        self.addRow(self.card)
        self.image_box = _box(self._on_image)
        row = beside(self.image_box, "…", self._on_browse_image)
        row.itemAt(1).widget().setToolTip(tr("Adds raster files to the project and chooses them"))
        self.addRow(tr("Image"), row)
        self.sensor_box = _box(self._on_sensor)
        self.addRow(tr("Sensor"), self.sensor_box)
        self.area_box = _box(self._on_area)
        for area in Area:
            self.area_box.addItem(words.area_words(area), area.value)
        self.addRow(tr("Area"), self.area_box)
        self.polygon_box = _box(self._on_polygons)
        row = QHBoxLayout()
        row.addWidget(self.polygon_box, 1)
        self.draw_button = button(tr("Draw"), lambda: self._tools.draw_polygon(self._on_polygon), row)
        self.draw_button.setToolTip(
            tr(
                "Click the vertices on the canvas and right-click to finish. Backspace removes the last vertex. Draw "
                "again to add polygons."
            )
        )
        self.addRow("", row)

    # Filling -------------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show the session's form."""
        form, manifest = self._session.form, self._session.manifest
        self._fill_models()
        self._fill_layers()
        self._fill_sensors()
        self.card.setText(words.card_html(manifest, form.sensor) if manifest is not None else "")
        self.card.setToolTip(words.card_text(manifest, form.sensor) if manifest is not None else "")
        self.card.setVisible(manifest is not None)
        self.area_box.setCurrentIndex(self.area_box.findData(form.area.value))
        for widget in (self.polygon_box, self.draw_button):
            widget.setVisible(form.area is Area.POLYGONS)

    def _fill_models(self) -> None:
        self.model_box.clear()
        self.model_box.addItem(tr("choose a model"), "")
        for known in models.known_models():
            self.model_box.addItem(known.name, known.path)
            self.model_box.setItemData(self.model_box.count() - 1, shown_text(known.path), Qt.ItemDataRole.ToolTipRole)
        self.model_box.setCurrentIndex(max(0, self.model_box.findData(self._session.form.model)))

    def _fill_layers(self) -> None:
        rasters = self._session.form.rasters
        self.image_box.clear()
        self.image_box.addItem(sentences.choose_layer(), "")
        self.polygon_box.clear()
        self.polygon_box.addItem(tr("choose a layer of polygons"), "")
        for layer in sorted(QgsProject.instance().mapLayers().values(), key=lambda each: each.name().casefold()):
            if isinstance(layer, QgsRasterLayer):
                self.image_box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
            elif _has_polygons(layer):
                self.polygon_box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
        if self._session.image.opening:
            self.image_box.addItem(words.opening_words(self._session.image.opening), "opening")
            self.image_box.setCurrentIndex(self.image_box.count() - 1)
        elif len(rasters) > 1:
            names = ", ".join(raster.name for raster in rasters)
            self.image_box.addItem(tr("{count} layers: {names}").format(count=len(rasters), names=names), "several")
            self.image_box.setCurrentIndex(self.image_box.count() - 1)
        elif rasters:
            self.image_box.setCurrentIndex(max(0, self.image_box.findData(rasters[0].key)))
        self.polygon_box.setCurrentIndex(max(0, self.polygon_box.findData(self._session.form.mask_key)))

    def _fill_sensors(self) -> None:
        self.sensor_box.clear()
        none_fits = all(fit.misfit is not None for fit in self._session.fits)
        for fit in self._session.fits:
            reason = words.misfit_sentence(fit)
            title = words.sensor_words(fit)
            self.sensor_box.addItem(icons.warning() if reason else icons.done(), title, fit.sensor)
            at = self.sensor_box.count() - 1
            self.sensor_box.setItemData(at, reason, Qt.ItemDataRole.ToolTipRole)
            self.sensor_box.model().item(at).setEnabled(not reason or (none_fits and fit.is_mendable))
        self.sensor_box.setCurrentIndex(self.sensor_box.findData(self._session.form.sensor))

    # Edits ---------------------------------------------------------------------------------------------------------

    def _on_model(self, _at: int) -> None:
        self.chosen.emit(self.model_box.currentData() or "")

    def _on_browse_model(self) -> None:
        window, models_only = self.parentWidget(), sentences.models_only()
        path, _filter = QFileDialog.getOpenFileName(window, tr("Model"), "", models_only)
        if path:
            self.chosen.emit(path)

    def _on_image(self, _at: int) -> None:
        layer = QgsProject.instance().mapLayer(self.image_box.currentData() or "")
        if layer is not None or not self.image_box.currentData():
            self._session.choose_layers([layer] if layer is not None else [])

    def _on_browse_image(self) -> None:
        paths, _filter = QFileDialog.getOpenFileNames(self.parentWidget(), tr("Image"), "", raster_files())
        self._session.open_files(paths)

    def _on_sensor(self, _at: int) -> None:
        self._session.edit(replace(self._session.form, sensor=self.sensor_box.currentData() or ""))

    def _on_area(self, _at: int) -> None:
        area = Area(self.area_box.currentData())
        form = replace(self._session.form, area=area, frame=None)
        self._session.edit(self._tools.framed(form) if area is Area.CANVAS else form)
        if area is Area.RECTANGLE:
            self._tools.draw(self._on_drawn)

    def _on_drawn(self, extent: QgsRectangle) -> None:
        self._session.edit(self._tools.framed(replace(self._session.form, area=Area.RECTANGLE), extent))

    def _on_polygon(self, shape: QgsGeometry) -> None:
        chosen = QgsProject.instance().mapLayer(self._session.form.mask_key)
        layer = with_polygon(chosen, shape, self._tools.crs())
        self._session.edit(replace(self._session.form, area=Area.POLYGONS, mask_key=layer.id()))
        self._session.changed.emit()  # a polygon added to the same layer changes the area, too

    def _on_polygons(self, _at: int) -> None:
        self._session.edit(replace(self._session.form, mask_key=self.polygon_box.currentData() or ""))


def _box(on_activated: Callable[[int], None]) -> QComboBox:
    box = QComboBox()
    box.activated.connect(on_activated)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(14)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _has_polygons(layer: QgsMapLayer) -> bool:
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry
