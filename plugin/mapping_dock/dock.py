"""The dock: model, image, area, outputs; Preview and Map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

from qgis.core import Qgis, QgsMapLayer, QgsPointXY, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from ...engine.contract import CoLearnError
from ..messages import sentence, tr
from ..training.runs.run import RefusedError
from ..widgets.message_line import MessageLine
from . import words
from .form.map_form import MapForm
from .form.value_range import Likeness
from .layers.preview_layer import PreviewLayer
from .session import MapSession
from .widgets.band_table import BandTable
from .widgets.canvas_tools import CanvasTools
from .widgets.choices import Choices
from .widgets.compare_box import CompareBox
from .widgets.outputs import Outputs
from .widgets.rows import button


class MapDock(QDockWidget):
    """Makes maps from layers with a model."""

    def __init__(self, canvas: Optional[QgsMapCanvas], parent: Optional[QWidget] = None) -> None:
        super().__init__(tr("CoLearn: map"), parent)
        self.setObjectName("colearn_map")
        self.session = MapSession(self)
        self._tools = CanvasTools(canvas, self)
        self._preview = PreviewLayer(canvas)
        self._mapped: Optional[MapForm] = None  # the form at the end of the last map
        self._previewed: Optional[MapForm] = None  # and of the last preview
        self._build()
        # A bound method is disconnected when the dock is deleted; a lambda would not be.
        for signal in (self.session.changed, QgsProject.instance().layersAdded, QgsProject.instance().layersRemoved):
            signal.connect(self.fill)
        self.session.progressed.connect(self._on_progress)
        self.session.failed.connect(self._on_failed)
        self.session.mapped.connect(self._on_mapped)
        self.session.previewed.connect(self._on_previewed)
        self.session.compared.connect(self._preview.compare)
        self.session.band_values.read.connect(self._show_values)
        self.fill()

    # Called from outside -------------------------------------------------------------------------------------------

    def open_model(self, path: str, files: Sequence[str] = ()) -> None:
        """Show the dock with a model, and with raster ``files`` where no layer of the project fits."""
        self._choose_model(path)
        self.session.image.find(files=files)
        self.show()
        self.raise_()

    def open_layers(self, layers: Sequence[QgsMapLayer], model: str = "", sensor: str = "") -> None:
        """Show the dock with raster layers, and with a model where one is named."""

        def choose_sensor() -> None:
            if sensor:
                self.session.edit(replace(self.session.form, sensor=sensor))

        if model:
            self._choose_model(model)
        self.session.choose_layers(layers, lambda: self.session.image.find(choose_sensor) if model else choose_sensor())
        self.show()
        self.raise_()

    def show_message(self, text: str, level: Optional[Qgis.MessageLevel] = None) -> None:
        """Show a line in the dock's message bar."""
        self.messages.show(text, Qgis.MessageLevel.Warning if level is None else level)

    def message_text(self) -> str:
        """The message in the message bar with its details; empty if there is none."""
        return self.messages.text() or self._mapped_words()

    def release(self) -> None:
        """Stop any run and delete the dock."""
        self.session.close()
        self._preview.end_swipe()
        self._tools.release()
        self.deleteLater()

    def _choose_model(self, path: str) -> None:
        try:
            self.session.choose_model(path)
        except CoLearnError as error:
            self.show_message(sentence(error))

    # Building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Lay out messages at the top, buttons at the bottom, and the rest between them in a scroll area."""
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        self.messages = MessageLine(self)
        layout.addWidget(self.messages.bar)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._form())
        layout.addWidget(scroll, 1)
        layout.addLayout(self._foot())
        self.setMinimumWidth(400)
        self.setWidget(whole)

    def _form(self) -> QWidget:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(6, 6, 6, 0)
        self.choices = Choices(self.session, self._tools)
        self.choices.chosen.connect(self.open_model)
        layout.addLayout(self.choices)
        self.bands = BandTable(self.session.give_band)
        layout.addWidget(self.bands)
        self.outputs = Outputs(self.session)
        layout.addLayout(self.outputs)
        layout.addStretch(1)
        return inside

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(6, 0, 6, 6)
        self.verdict_label = QLabel()
        self.verdict_label.setWordWrap(True)
        self.verdict_label.setTextFormat(Qt.TextFormat.PlainText)
        foot.addWidget(self.verdict_label)
        self.compare = CompareBox(self.session)
        self.compare.changed.connect(self._on_compare)
        foot.addLayout(self.compare)
        self.bar = QProgressBar()
        self.bar.setFormat("%p %")
        foot.addWidget(self.bar)
        row = QHBoxLayout()
        self.preview_button = button(tr("Preview"), self.preview, row)
        self.preview_button.setToolTip(
            tr("Maps a window at the centre of the canvas, with the same pixels as the full map")
        )
        self.click_button = button(tr("Preview at a click"), self.preview_at_click, row)
        self.click_button.setToolTip(tr("Maps a window around the point that you click on the canvas"))
        row.addStretch()
        self.cancel_button = button(tr("Cancel"), self.session.cancel, row)
        self.map_button = button(tr("Map"), self.map, row)
        foot.addLayout(row)
        return foot

    # Filling -------------------------------------------------------------------------------------------------------

    def fill(self, *_changed: object) -> None:
        """Show the session's form."""
        self.choices.fill()
        self._show_values()
        self.outputs.fill()
        self.compare.fill()
        self._preview.follow_project()
        running, ready = self.session.is_running(), self.session.is_ready()
        self.bar.setVisible(running)
        self.cancel_button.setVisible(running)
        self.map_button.setEnabled(ready)
        for each in (self.preview_button, self.click_button):
            each.setEnabled(ready and self._tools.canvas is not None)
        self.verdict_label.setText(self._sentence())
        self._warm_up()

    def _show_values(self) -> None:
        """Show the image's bands, as far as they are known."""
        self.bands.fill(self.session.shown_fit(), self.session.values())
        self.verdict_label.setText(self._sentence())

    def showEvent(self, event: QShowEvent) -> None:
        """Refresh: a model and an image may have been chosen while the dock was hidden."""
        super().showEvent(event)
        self._warm_up()

    def _warm_up(self) -> None:
        if self.isVisible() and self._tools.canvas is not None:
            self.session.warm_up()

    def _sentence(self) -> str:
        image = self.session.image
        if image.opening or image.is_searching:
            return words.opening_words(image.opening)
        if self.session.manifest is None:
            return tr("Choose a model, or train one.")
        if not self.session.form.rasters:
            return tr("Choose an image from one of the sensors of the model.")
        fit = self.session.fit()
        if fit is None or fit.misfit is not None:
            nearest = fit or self.session.fits[0]
            sentence_text = tr("This image does not match any sensor of the model. Closest, {sensor}: {reason}.")
            cure = tr(" If only the band names differ, assign the bands in the table.") if nearest.is_mendable else ""
            return sentence_text.format(sensor=nearest.sensor, reason=words.misfit_sentence(nearest)) + cure
        if self._mapped_words():
            return self._mapped_words()
        size = words.size_words(self.session.pixels(), self.session.seconds(), self.session.most_bytes())
        strange = [band for band, alike in self.session.values().items() if alike is Likeness.STRANGE]
        warned = tr(" Values of {bands} are outside the range of the training: check units and scaling.").format(
            bands=", ".join(strange)
        )
        is_shown = self._previewed == self.session.form and self._preview.is_shown()
        previewed = words.preview_words(self.session.begun) if is_shown else ""
        return previewed + tr("To map: {size}.").format(size=size) + (warned if strange else "")

    def _mapped_words(self) -> str:
        """The line about the last map, until the form changes; at the bottom, where it does not shift the layout."""
        if self._mapped is None or self._mapped != self.session.form:
            return ""
        return tr("Mapped: {name}").format(name=Path(self.session.begun.output).name)

    # Running -------------------------------------------------------------------------------------------------------

    def map(self) -> None:
        """Make the map."""
        self._attempt(self.session.map)

    def preview(self) -> None:
        """Map a window around the middle of the canvas."""
        if self._tools.canvas is not None:
            self._preview_at(self._tools.canvas.center())

    def preview_at_click(self) -> None:
        """Map a window around the next click on the canvas."""
        self._tools.click(self._preview_at)

    def _preview_at(self, place: QgsPointXY) -> None:
        if self.session.is_running():
            return

        def start() -> None:
            if not self.session.preview(place, self._tools.crs()):
                self.show_message(tr("This location is outside the image. Move the canvas to the image and try again."))

        self._attempt(start)

    def _on_compare(self) -> None:
        """Remove the divider if no other sensor is chosen; one that is chosen is shown with the next preview."""
        if not self.session.other:
            self._preview.end_swipe()

    def _attempt(self, start: Callable[[], None]) -> None:
        self.messages.clear()
        self._mapped = self._previewed = None
        self.bar.setRange(0, 0)  # busy, until the engine reports progress
        try:
            start()
        except (CoLearnError, RefusedError) as error:
            self.show_message(sentence(error) if isinstance(error, CoLearnError) else str(error))

    def _on_progress(self, share: float) -> None:
        self.bar.setRange(0, 100)
        self.bar.setValue(int(100 * share))

    def _on_previewed(self, layer: QgsRasterLayer) -> None:
        self._previewed = self.session.form
        self._preview.show(layer)
        self.verdict_label.setText(self._sentence())  # the run ended before the layer was open

    def _on_failed(self, wrong: str) -> None:
        self.show_message(wrong or tr("Failed. See the Processing log for the cause."))

    def _on_mapped(self, keys: list[str]) -> None:
        self._preview.drop()
        if keys:
            self._mapped = self.session.form
        else:  # the project in which it started was closed
            path = self.session.begun.output
            self.show_message(tr("Mapped, but not added to this project.") + f"\n{path}", Qgis.MessageLevel.Success)
