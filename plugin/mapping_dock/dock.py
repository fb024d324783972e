"""The dock: model, image, area, outputs; Preview and Map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Optional

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsMapLayerModel,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsMapToolEmitPoint, QgsMapToolExtent
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...engine.contract import CoLearnError, shown_text
from ..messages import sentence, tr
from ..training import icons
from ..training.message_line import MessageLine
from ..training.session import RefusedError
from . import models, words
from .form.map_form import Area, MapForm
from .form.value_range import Likeness
from .session import MapSession, frame_of

PREVIEW_GROUP = "CoLearn preview"
_GREEN, _AMBER, _RED = QColor("#1e8449"), QColor("#b9770e"), QColor("#c0392b")


class MapDock(QDockWidget):
    """Makes maps from layers with a model."""

    def __init__(self, canvas: Optional[QgsMapCanvas], parent: Optional[QWidget] = None) -> None:
        super().__init__(tr("CoLearn: map"), parent)
        self.setObjectName("colearn_map")
        self._canvas = canvas
        self._filling = False
        self._tool: Optional[QgsMapToolExtent] = None
        self._click_tool: Optional[QgsMapToolEmitPoint] = None
        self._earlier_tool: Optional[QgsMapTool] = None
        self._preview_id = ""
        self.session = MapSession(self)
        self._build()
        # A bound method is let go of with the dock; a lambda would outlive it.
        for signal in (self.session.changed, QgsProject.instance().layersAdded, QgsProject.instance().layersRemoved):
            signal.connect(self.fill)
        self.session.progressed.connect(lambda share: self.bar.setValue(int(100 * share)))
        self.session.failed.connect(self._on_failed)
        self.session.mapped.connect(self._on_mapped)
        self.session.previewed.connect(self._on_previewed)
        self.fill()

    # Asked from outside --------------------------------------------------------------------------------------------

    def open_model(self, path: str) -> None:
        """Show the dock with a model."""
        try:
            self.session.choose_model(path)
        except CoLearnError as error:
            self.tell(sentence(error))
        if not self.session.form.rasters:
            self._offer_active_layer()
        self.show()
        self.raise_()

    def open_layers(self, layers: Sequence[QgsMapLayer], model: str = "", sensor: str = "") -> None:
        """Show the dock with raster layers, and with a model where one is named."""
        self.session.choose_layers(layers)
        if model:
            self.open_model(model)
        if sensor:
            self.session.edit(replace(self.session.form, sensor=sensor))
        self.show()
        self.raise_()

    def tell(self, text: str, level: Optional[Qgis.MessageLevel] = None) -> None:
        """A line in the dock's message bar."""
        self.messages.show(text, Qgis.MessageLevel.Warning if level is None else level)

    def message_text(self) -> str:
        """What the message bar says, its details too; empty where it says nothing."""
        return self.messages.text()

    def release(self) -> None:
        """End what is under way and delete the dock."""
        self.session.close()
        for tool in (self._tool, self._click_tool):
            if self._canvas is not None and tool is not None:
                self._canvas.unsetMapTool(tool)
        self.deleteLater()

    # Building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(6, 6, 6, 6)
        self.messages = MessageLine(self)
        layout.addWidget(self.messages.bar)
        layout.addLayout(self._choices())
        self.bands = QTableWidget(0, 3)
        self.bands.setHorizontalHeaderLabels([tr("Band expected"), tr("Found"), tr("Values")])
        self.bands.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.bands.verticalHeader().setVisible(False)
        self.bands.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.bands.setMinimumHeight(110)
        layout.addWidget(self.bands, 1)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(self.told)
        layout.addLayout(self._outputs())
        layout.addLayout(self._foot())
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.setMinimumWidth(400)
        self.setWidget(scroll)

    def _choices(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.model_box = QComboBox()
        self.model_box.activated.connect(self._on_model)
        form.addRow(tr("Model"), _beside(self.model_box, "…", self._on_browse_model))
        self.card = QLabel()
        self.card.setWordWrap(True)
        self.card.setTextFormat(Qt.TextFormat.RichText)
        form.addRow(self.card)
        self.image_box = QComboBox()
        self.image_box.activated.connect(self._on_image)
        form.addRow(tr("Image"), self.image_box)
        self.sensor_box = QComboBox()
        self.sensor_box.activated.connect(self._on_sensor)
        form.addRow(tr("Sensor"), self.sensor_box)
        self.area_box = QComboBox()
        for area in Area:
            self.area_box.addItem(words.area_words(area), area.value)
        self.area_box.activated.connect(self._on_area)
        form.addRow(tr("Area"), self.area_box)
        self.polygon_box = QComboBox()
        self.polygon_box.activated.connect(self._on_polygons)
        form.addRow("", self.polygon_box)
        for box in (self.model_box, self.image_box, self.sensor_box, self.area_box, self.polygon_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(14)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return form

    def _outputs(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.output_line = QLineEdit()
        self.output_line.editingFinished.connect(lambda: self._on_output(self.output_line.text().strip()))
        form.addRow(tr("Map"), _beside(self.output_line, "…", self._on_browse_output))
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("With")))
        self.confidence = self._check(tr("confidence"), "confidence", row)
        self.probabilities = self._check(tr("probabilities"), "probabilities", row)
        self.polygons = self._check(tr("polygons"), "polygons", row)
        row.addStretch()
        form.addRow(row)
        self.least = QSlider(Qt.Orientation.Horizontal)
        self.least.setRange(0, 99)
        self.least.valueChanged.connect(self._on_least)
        self.least_told = QLabel()
        line = QHBoxLayout()
        line.addWidget(self.least, 1)
        line.addWidget(self.least_told)
        form.addRow(tr("Minimum confidence"), line)
        return form

    def _check(self, text: str, name: str, row: QHBoxLayout) -> QCheckBox:
        box = QCheckBox(text)
        box.clicked.connect(
            lambda checked, name=name: self.session.edit(replace(self.session.form, **{name: bool(checked)}))
        )
        row.addWidget(box)
        return box

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        self.bar = QProgressBar()
        foot.addWidget(self.bar)
        row = QHBoxLayout()
        self.preview_button = _button(tr("Preview"), self.preview, row)
        self.preview_button.setToolTip(tr("Maps a window around the middle of the canvas, the same pixels as the map"))
        self.click_button = _button(tr("Preview at a click"), self.preview_at_click, row)
        self.click_button.setToolTip(tr("Maps a window around the place you click on the map"))
        row.addStretch()
        self.cancel_button = _button(tr("Cancel"), self.session.cancel, row)
        self.map_button = _button(tr("Map"), self.map, row)
        foot.addLayout(row)
        return foot

    # Filling -------------------------------------------------------------------------------------------------------

    def fill(self, *_changed: object) -> None:
        """Show the session's form."""
        self._filling = True
        form, manifest = self.session.form, self.session.manifest
        self._fill_models()
        self._fill_layers()
        self._fill_sensors()
        self.card.setText(words.card_html(manifest, form.sensor) if manifest is not None else "")
        self.card.setVisible(manifest is not None)
        self._fill_bands()
        self.area_box.setCurrentIndex(self.area_box.findData(form.area.value))
        self.polygon_box.setVisible(form.area is Area.POLYGONS)
        self.output_line.setText(form.output)
        for box, checked in (
            (self.confidence, form.confidence),
            (self.probabilities, form.probabilities),
            (self.polygons, form.polygons),
        ):
            box.setChecked(checked)
        self.least.setValue(round(100 * form.minimum_confidence))
        self.least_told.setText(
            tr("{percent} %").format(percent=self.least.value()) if self.least.value() else tr("off")
        )
        self._fill_state()
        self._filling = False

    def _fill_models(self) -> None:
        self.model_box.clear()
        self.model_box.addItem(tr("choose a model"), "")
        for known in models.known_models():
            self.model_box.addItem(known.name, known.path)
            self.model_box.setItemData(self.model_box.count() - 1, shown_text(known.path), Qt.ItemDataRole.ToolTipRole)
        self.model_box.setCurrentIndex(max(0, self.model_box.findData(self.session.form.model)))

    def _fill_layers(self) -> None:
        rasters = self.session.form.rasters
        self.image_box.clear()
        self.image_box.addItem(tr("choose a layer"), "")
        self.polygon_box.clear()
        self.polygon_box.addItem(tr("choose a layer of polygons"), "")
        for layer in sorted(QgsProject.instance().mapLayers().values(), key=lambda each: each.name().casefold()):
            if isinstance(layer, QgsRasterLayer):
                self.image_box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
            elif isinstance(layer, QgsVectorLayer) and (
                layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry
            ):
                self.polygon_box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
        if len(rasters) > 1:
            names = ", ".join(raster.name for raster in rasters)
            self.image_box.addItem(tr("{count} layers: {names}").format(count=len(rasters), names=names), "several")
            self.image_box.setCurrentIndex(self.image_box.count() - 1)
        elif rasters:
            self.image_box.setCurrentIndex(max(0, self.image_box.findData(rasters[0].key)))
        self.polygon_box.setCurrentIndex(max(0, self.polygon_box.findData(self.session.form.mask_key)))

    def _fill_sensors(self) -> None:
        self.sensor_box.clear()
        for fit in self.session.fits:
            reason = words.misfit_sentence(fit)
            told = f"{fit.sensor} ({fit.pixel_m:.3g} m)"
            self.sensor_box.addItem(icons.warning() if reason else icons.done(), told, fit.sensor)
            at = self.sensor_box.count() - 1
            self.sensor_box.setItemData(at, reason, Qt.ItemDataRole.ToolTipRole)
            self.sensor_box.model().item(at).setEnabled(not reason)
        self.sensor_box.setCurrentIndex(self.sensor_box.findData(self.session.form.sensor))

    def _fill_bands(self) -> None:
        fit = self.session.fit() or (self.session.fits[0] if self.session.fits else None)
        pairs = fit.bands if fit is not None else ()
        values = self.session.values()
        self.bands.setVisible(bool(pairs))
        self.bands.setRowCount(len(pairs))
        for row, pair in enumerate(pairs):
            self.bands.setItem(row, 0, QTableWidgetItem(pair.expected))
            found = QTableWidgetItem(pair.found or tr("missing"))
            found.setForeground(_GREEN if pair.found else _RED)
            self.bands.setItem(row, 1, found)
            alike = values.get(pair.expected, Likeness.UNKNOWN)
            told = {
                Likeness.ALIKE: (tr("as in training"), _GREEN),
                Likeness.STRANGE: (tr("unlike the training"), _AMBER),
                Likeness.UNKNOWN: ("", _GREEN),
            }[alike]
            item = QTableWidgetItem(told[0])
            item.setForeground(told[1])
            self.bands.setItem(row, 2, item)

    def _fill_state(self) -> None:
        running, ready = self.session.is_running(), self.session.is_ready()
        self.bar.setVisible(running)
        self.cancel_button.setVisible(running)
        self.map_button.setEnabled(ready)
        for button in (self.preview_button, self.click_button):
            button.setEnabled(ready and self._canvas is not None)
        self.told.setText(self._sentence())

    def _sentence(self) -> str:
        if self.session.manifest is None:
            return tr("Choose a model, or train one.")
        if not self.session.form.rasters:
            return tr("Choose an image of one of the model's sensors.")
        fit = self.session.fit()
        if fit is None or fit.misfit is not None:
            nearest = fit or self.session.fits[0]
            told = tr("This image is not of the model's sensors. Nearest, {sensor}: {reason}.")
            return told.format(sensor=nearest.sensor, reason=words.misfit_sentence(nearest))
        size = words.size_words(self.session.pixels(), self.session.seconds())
        strange = [band for band, alike in self.session.values().items() if alike is Likeness.STRANGE]
        warned = tr(" Values of {bands} are unlike the training: check units and scale.").format(
            bands=", ".join(strange)
        )
        return tr("To map: {size}.").format(size=size) + (warned if strange else "")

    # Edits ---------------------------------------------------------------------------------------------------------

    def _on_model(self, _at: int) -> None:
        try:
            self.session.choose_model(self.model_box.currentData() or "")
        except CoLearnError as error:
            self.tell(sentence(error))

    def _on_browse_model(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(self, tr("Model"), "", tr("CoLearn models (*.colearn)"))
        if path:
            self.open_model(path)

    def _on_image(self, _at: int) -> None:
        layer = QgsProject.instance().mapLayer(self.image_box.currentData() or "")
        if layer is not None or not self.image_box.currentData():
            self.session.choose_layers([layer] if layer is not None else [])

    def _on_sensor(self, _at: int) -> None:
        self.session.edit(replace(self.session.form, sensor=self.sensor_box.currentData() or ""))

    def _on_area(self, _at: int) -> None:
        area = Area(self.area_box.currentData())
        form = replace(self.session.form, area=area, frame=None)
        if area is Area.CANVAS and self._canvas is not None:
            form = self._framed(form, self._canvas.extent())
        self.session.edit(form)
        if area is Area.RECTANGLE:
            self._draw()

    def _framed(self, form: MapForm, extent: QgsRectangle) -> MapForm:
        if self._canvas is None:
            return form
        frame, crs = frame_of(extent, self._canvas.mapSettings().destinationCrs())
        return replace(form, frame=frame, frame_crs=crs)

    def _draw(self) -> None:
        """Have a rectangle drawn on the canvas."""
        if self._canvas is None:
            return
        if self._tool is None:
            self._tool = QgsMapToolExtent(self._canvas)
            self._tool.extentChanged.connect(self._on_drawn)
        self._use_tool(self._tool)

    def _on_drawn(self, extent: QgsRectangle) -> None:
        if self._canvas is not None and not extent.isEmpty():
            self.session.edit(self._framed(replace(self.session.form, area=Area.RECTANGLE), extent))
            self._give_back_tool()

    def _on_polygons(self, _at: int) -> None:
        self.session.edit(replace(self.session.form, mask_key=self.polygon_box.currentData() or ""))

    def _on_output(self, path: str) -> None:
        if path != self.session.form.output:
            self.session.set_output(path)

    def _on_browse_output(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(self, tr("Map"), self.session.form.output, "GeoTIFF (*.tif)")
        if path:
            self._on_output(path if path.endswith((".tif", ".tiff")) else f"{path}.tif")

    def _on_least(self, percent: int) -> None:
        if not self._filling:
            self.session.edit(replace(self.session.form, minimum_confidence=percent / 100))

    def _offer_active_layer(self) -> None:
        """Take the only raster layer of the project that fits, where there is one."""
        rasters = [layer for layer in QgsProject.instance().mapLayers().values() if isinstance(layer, QgsRasterLayer)]
        fitting = []
        for layer in rasters:
            self.session.choose_layers([layer])
            if self.session.is_ready():
                fitting.append(layer)
        self.session.choose_layers(fitting[:1])

    # Running -------------------------------------------------------------------------------------------------------

    def map(self) -> None:
        """Make the map."""
        self._attempt(self.session.map)

    def preview(self) -> None:
        """Map a window around the middle of the canvas."""
        if self._canvas is not None:
            self._preview_at(self._canvas.center())

    def preview_at_click(self) -> None:
        """Map a window around the next place that is clicked on the canvas."""
        if self._canvas is not None:
            if self._click_tool is None:
                self._click_tool = QgsMapToolEmitPoint(self._canvas)
                self._click_tool.canvasClicked.connect(self._on_clicked)
            self._use_tool(self._click_tool)

    def _on_clicked(self, place: QgsPointXY, _button: Qt.MouseButton) -> None:
        self._give_back_tool()
        self._preview_at(place)

    def _preview_at(self, place: QgsPointXY) -> None:
        if self._canvas is None or self.session.is_running():
            return
        crs = self._canvas.mapSettings().destinationCrs()

        def start() -> None:
            if not self.session.preview(place, crs):
                self.tell(tr("This place lies outside the image. Move there and try again."))

        self._attempt(start)

    def _use_tool(self, tool: QgsMapTool) -> None:
        """Give the canvas a tool; the one before comes back when it has done its work."""
        if self._canvas is not None:
            self._earlier_tool = self._canvas.mapTool()
            self._canvas.setMapTool(tool)

    def _give_back_tool(self) -> None:
        if self._canvas is not None and self._earlier_tool is not None:
            self._canvas.setMapTool(self._earlier_tool)

    def _attempt(self, start: Callable[[], None]) -> None:
        self.messages.clear()
        self.bar.setValue(0)
        try:
            start()
        except (CoLearnError, RefusedError) as error:
            self.tell(sentence(error) if isinstance(error, CoLearnError) else str(error))

    def _on_failed(self, wrong: str) -> None:
        self.tell(wrong or tr("Failed; the log of Processing says why."))

    def _on_mapped(self, keys: list[str]) -> None:
        self._drop_preview()
        self.tell(tr("Mapped: {name}").format(name=_name_of(keys)), Qgis.MessageLevel.Success)

    def _on_previewed(self, layer: QgsRasterLayer) -> None:
        """Show the preview above all else, in place of the one before."""
        self._drop_preview()
        if layer.isValid():
            QgsProject.instance().addMapLayer(layer, False)
            self._preview_id = layer.id()
            root = QgsProject.instance().layerTreeRoot()
            (root.findGroup(PREVIEW_GROUP) or root.insertGroup(0, PREVIEW_GROUP)).addLayer(layer)

    def _drop_preview(self) -> None:
        if QgsProject.instance().mapLayer(self._preview_id) is not None:
            QgsProject.instance().removeMapLayer(self._preview_id)
        self._preview_id = ""
        group = QgsProject.instance().layerTreeRoot().findGroup(PREVIEW_GROUP)
        if group is not None and not group.children():
            group.parent().removeChildNode(group)


def _name_of(keys: Sequence[str]) -> str:
    """What the shortest name of the new layers is: that of the map itself."""
    layers = [QgsProject.instance().mapLayer(key) for key in keys]
    return min((layer.name() for layer in layers if layer is not None), key=len, default="")


def _beside(field: QWidget, text: str, on_click: Callable[[], None]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(field, 1)
    button = _button(text, on_click, row)
    button.setFixedWidth(32)
    return row


def _button(text: str, on_click: Callable[[], None], row: QHBoxLayout) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(lambda _checked=False: on_click())
    row.addWidget(button)
    return button
