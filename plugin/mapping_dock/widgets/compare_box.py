"""The choice of another sensor of the model to compare previews with."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy

from ...messages import tr
from ..session import MapSession


class CompareBox(QHBoxLayout):
    """A list of the other sensors; those without rasters in the project are greyed out, with the reason."""

    changed = pyqtSignal()

    def __init__(self, session: MapSession) -> None:
        super().__init__()
        self._session = session
        self._shown: object = None
        self.label = QLabel(tr("Compare with"))
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(14)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setToolTip(tr("Previews are also made with this sensor; drag the divider on the canvas to compare"))
        self.box.activated.connect(self._on_chosen)
        session.others.found.connect(self._show)
        self.addWidget(self.label)
        self.addWidget(self.box, 1)

    def fill(self) -> None:
        """Find the other sensors' rasters if something has changed, and show the sensors; hidden if there are none."""
        self._session.others.find(self._session.manifest, self._session.form.sensor)
        self._show()

    def _show(self) -> None:
        session, rasters = self._session, self._session.others.rasters
        if self._shown == (rasters, session.other):
            return
        self._shown = rasters, session.other
        for widget in (self.label, self.box):
            widget.setVisible(bool(rasters))
        self.box.clear()
        self.box.addItem(tr("no other sensor"), "")
        for name, found in rasters.items():
            files = "" if found is None else ", ".join(raster.name for raster in found)
            self.box.addItem(name, name)
            at = self.box.count() - 1
            self.box.model().item(at).setEnabled(found is not None)
            tip = files or tr("no layer of the project matches this sensor")
            self.box.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
        if session.other and rasters.get(session.other) is None:
            session.other = ""
            self.changed.emit()
        self.box.setCurrentIndex(max(0, self.box.findData(session.other)))

    def _on_chosen(self, at: int) -> None:
        self._session.other = self.box.itemData(at) or ""
        self.changed.emit()
