"""The tree of sensors: one row each, with its rasters below, its problems, and a button to fix them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Optional

from qgis.core import QgsMimeDataUtils
from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import QMimeData, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ....engine.contract import Layout, about_m, shown_text
from ...messages import tr
from ...widgets import icons
from ..form.problems import Issue
from ..form.sensors.sensor_row import SensorRow
from ..session.session import Session
from . import words
from .checkable import add_items, keep_start_shown, on_check

NAME, PIXEL, BANDS, LAYOUT, DATES, CRS, TYPE, COVERED = range(8)
WIDTHS = {PIXEL: 90, BANDS: 165, LAYOUT: 185, DATES: 120, CRS: 95, TYPE: 60, COVERED: 60}
KEY = int(Qt.ItemDataRole.UserRole)
PLACE = KEY + 1
RED = QColor("#c0392b")


class SensorTree(QTreeWidget):
    """Shows the sensors of a session; edits are applied to the session at once."""

    sensor_selected = pyqtSignal(int)

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filling = False
        self.setHeaderLabels(
            [tr("Sensor"), tr("Pixel"), tr("Bands"), tr("Layout"), tr("Dates"), tr("CRS"), tr("Type"), tr("Labels")]
        )
        self.headerItem().setToolTip(COVERED, tr("Share of the labels within the rasters of the sensor"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setAlternatingRowColors(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUniformRowHeights(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        self.itemChanged.connect(self._on_item_changed)
        self.itemSelectionChanged.connect(self._on_selection)

    def fill(self) -> None:
        """Show the session's form."""
        selected, folded = self.selected_place(), self._folded()
        self._filling = True
        self.setUpdatesEnabled(False)
        self.clear()
        issues = {issue.sensor: issue for issue in self._session.verdict().issues if issue.sensor is not None}
        sensors = self._session.form.sensors
        # Rows are added when complete, because each change of a row in the tree triggers a new layout of all rows.
        rows = [self._sensor_item(place, sensor, issues.get(place)) for place, sensor in enumerate(sensors)]
        self.addTopLevelItems(rows)
        for place, (item, sensor) in enumerate(zip(rows, sensors)):
            self._add_widgets(item, place, sensor, issues.get(place))
            item.setSelected(place == selected)
        for item, sensor in zip(rows, sensors):
            item.setExpanded(sensor.name not in folded and len(sensor.rasters) <= 12)
        self.setUpdatesEnabled(True)
        self._filling = False

    def selected_place(self) -> Optional[int]:
        """The index of the sensor that is selected, or that contains the selected raster."""
        items = self.selectedItems()
        return items[0].data(NAME, PLACE) if items else None

    def selected_keys(self) -> tuple[str, ...]:
        """The keys of the selected rasters; all rasters of a selected sensor."""
        found = []
        for item in self.selectedItems():
            if item.data(NAME, KEY):
                found.append(item.data(NAME, KEY))
            elif item.parent() is None:
                found += [raster.key for raster in self._session.form.sensors[item.data(NAME, PLACE)].rasters]
        return tuple(dict.fromkeys(found))

    # Rows ----------------------------------------------------------------------------------------------------------

    def _sensor_item(self, place: int, sensor: SensorRow, issue: Optional[Issue]) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(NAME, PLACE, place)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        for column, text in self._facts(sensor):
            item.setText(column, text)
            item.setToolTip(column, shown_text(text))
        font = item.font(NAME)
        font.setBold(True)
        item.setFont(NAME, font)
        item.setIcon(NAME, icons.sensor() if issue is None else icons.warning())
        if issue is not None:
            line = QTreeWidgetItem(item)
            line.setData(NAME, PLACE, place)
            line.setFlags(Qt.ItemFlag.ItemIsEnabled)
        for raster in sensor.rasters:
            self._raster_item(item, place, raster)
        return item

    def _add_widgets(self, item: QTreeWidgetItem, place: int, sensor: SensorRow, issue: Optional[Issue]) -> None:
        self.setItemWidget(item, BANDS, self._bands_box(place, sensor))
        self.setItemWidget(item, LAYOUT, self._layout_box(place, sensor))
        if issue is not None:
            item.child(0).setFirstColumnSpanned(True)
            self.setItemWidget(item.child(0), NAME, self._issue_line(issue))

    def _facts(self, sensor: SensorRow) -> list[tuple[int, str]]:
        dates = sensor.all_dates()
        shown = dates[0] if len(dates) == 1 else f"{len(dates)}: {dates[0]} – {dates[-1]}" if dates else ""
        places = len(self._session.reading.places)
        share = f"{100 * len(sensor.covered()) / places:.0f} %" if places else "–"
        return [
            (NAME, sensor.name),
            (PIXEL, ", ".join(f"{about_m(size)} m" for size in sensor.pixel_sizes_m())),
            (DATES, shown),
            (CRS, ", ".join(sensor.crs_names())),
            (TYPE, ", ".join(sensor.dtypes())),
            (COVERED, share),
        ]

    def _issue_line(self, issue: Issue) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(2, 2, 2, 2)
        text = QLabel(words.issue_sentence(issue))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setStyleSheet(f"color: {RED.name()}")
        row.addWidget(text)
        mend = words.mend_words(issue)
        if mend:
            button = QPushButton(mend)
            button.setObjectName("mend")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, issue=issue: self._session.mend(issue))
            row.addWidget(button)
        row.addStretch()
        return line

    def _raster_item(self, parent: QTreeWidgetItem, place: int, raster: Any) -> None:
        item = QTreeWidgetItem(parent)
        item.setData(NAME, PLACE, place)
        item.setData(NAME, KEY, raster.key)
        item.setText(NAME, raster.name)
        item.setToolTip(NAME, shown_text(raster.source))
        item.setIcon(NAME, icons.raster())
        item.setText(PIXEL, f"{about_m(raster.pixel_m)} m" if raster.pixel_m else "")
        named = [name for name in raster.band_names() if name]
        own = raster.only_band()
        item.setText(BANDS, own or ", ".join(named) or tr("{count} bands").format(count=len(raster.bands)))
        item.setToolTip(BANDS, shown_text(item.text(BANDS)))
        item.setText(DATES, "" if raster.is_stack() else raster.date() or "")
        item.setText(CRS, raster.crs)
        item.setText(TYPE, raster.dtype)

    def _bands_box(self, place: int, sensor: SensorRow) -> QgsCheckableComboBox:
        box = QgsCheckableComboBox()
        bands = sensor.all_bands()
        add_items(box, bands, frozenset(sensor.bands or bands))
        box.setDefaultText(tr("none"))
        box.setToolTip(shown_text(", ".join(bands)))
        keep_start_shown(box)
        on_check(box, lambda checked, place=place: self._choose_bands(place, checked))
        return box

    def _layout_box(self, place: int, sensor: SensorRow) -> QComboBox:
        box = QComboBox()
        seen = replace(sensor, layout=Layout.AUTO).guessed_layout()
        for layout in Layout:
            shown = words.layout_words(layout)
            if layout is Layout.AUTO and seen is not Layout.AUTO:
                shown = tr("auto: {layout}").format(layout=words.layout_words(seen))
            box.addItem(shown, layout.value)
        box.setCurrentIndex(list(Layout).index(sensor.layout))
        box.currentIndexChanged.connect(lambda at, place=place: self._choose_layout(place, list(Layout)[at]))
        return box

    # Edits ---------------------------------------------------------------------------------------------------------

    def _choose_bands(self, place: int, checked: Sequence[str]) -> None:
        sensor = self._session.form.sensors[place]
        whole = sensor.all_bands()
        bands = () if len(checked) in (0, len(whole)) else tuple(band for band in whole if band in checked)
        if bands != sensor.bands:
            # The combo box is open: keep it, and do not rebuild the row.
            self._filling = True
            self._session.edit(self._session.form.with_sensor(place, replace(sensor, bands=bands)))
            self._filling = False

    def is_busy(self) -> bool:
        """Whether the tree itself is making an edit, after which it need not be refilled."""
        return self._filling

    def _choose_layout(self, place: int, layout: Layout) -> None:
        sensor = self._session.form.sensors[place]
        self._session.edit(self._session.form.with_sensor(place, replace(sensor, layout=layout, bands=())))

    def _on_item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if self._filling or column != NAME or item.parent() is not None:
            return
        place = item.data(NAME, PLACE)
        sensor = self._session.form.sensors[place]
        if item.text(NAME) != sensor.name:
            self._session.edit(self._session.form.with_sensor(place, replace(sensor, name=item.text(NAME))))

    def _on_selection(self) -> None:
        place = self.selected_place()
        self.sensor_selected.emit(-1 if place is None else place)

    def _folded(self) -> set[str]:
        items = [self.topLevelItem(at) for at in range(self.topLevelItemCount())]
        return {item.text(NAME) for item in items if not item.isExpanded()}

    # Dragging ------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept rasters from the Layers panel, the browser, a file manager, or this tree."""
        if event.source() is self or dropped_sources(event.mimeData()):
            _accept_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """As :meth:`dragEnterEvent`, wherever the pointer is."""
        if event.source() is self or dropped_sources(event.mimeData()):
            _accept_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """On a sensor: add to it. Elsewhere: create grouped new sensors; rasters of this tree form one new sensor."""
        position = event.position().toPoint() if hasattr(event, "position") else event.pos()
        item = self.itemAt(position)
        target = None if item is None else item.data(NAME, PLACE)
        _accept_copy(event)
        if event.source() is self:
            self.move(self.selected_keys(), target)
        else:
            self.take(dropped_sources(event.mimeData()), target)

    def move(self, keys: Sequence[str], target: Optional[int]) -> None:
        """Move rasters of the form to a sensor, or to a new one."""
        form = self._session.form
        rasters = tuple(raster for raster in form.rasters() if raster.key in keys)
        if rasters:
            self._session.edit(form.put_apart(rasters) if target is None else form.put(rasters, target))

    def take(self, sources: Sequence[tuple[str, str]], target: Optional[int]) -> None:
        """Add rasters, each as (layer id, file) of which one is empty, to a sensor or as new sensors."""
        layers = [key for key, _path in sources if key]
        files = [path for _key, path in sources if path]
        if target is None:
            known = [self._session.header_layer(key) for key in layers]
            self._session.add_layers(layer for layer in known if layer is not None)
            if files:
                self._session.add_files(files)
            return
        self._session.add_to_sensor(layers, files, target)


def _accept_copy(event: QDropEvent) -> None:
    """Accept a drag as a copy: the Layers panel proposes a move, and removes from the project what was moved."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def dropped_sources(data: QMimeData) -> list[tuple[str, str]]:
    """The dragged sources: layers of the project by id, else files."""
    if QgsMimeDataUtils.isUriList(data):
        uris = QgsMimeDataUtils.decodeUriList(data)
        known = [(str(getattr(uri, "layerId", "") or ""), uri.uri) for uri in uris if uri.layerType != "custom"]
        return [(key, "" if key else path) for key, path in known]
    return [("", url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
