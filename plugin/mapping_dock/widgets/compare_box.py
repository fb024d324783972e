"""The choice of another sensor of the model to compare previews with."""

from __future__ import annotations

from qgis.core import QgsProject
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
        self.addWidget(self.label)
        self.addWidget(self.box, 1)

    def fill(self) -> None:
        """Show the other sensors of the model; hidden if it has none."""
        session = self._session
        layers = frozenset(QgsProject.instance().mapLayers())
        state = session.manifest, session.form.sensor, layers, session.other
        if state == self._shown:  # read headers only if something has changed
            return
        self._shown = state
        companions = session.companions()
        for widget in (self.label, self.box):
            widget.setVisible(bool(companions))
        self.box.clear()
        self.box.addItem(tr("no other sensor"), "")
        for name, rasters in companions.items():
            files = "" if rasters is None else ", ".join(raster.name for raster in rasters)
            self.box.addItem(name, name)
            at = self.box.count() - 1
            self.box.model().item(at).setEnabled(rasters is not None)
            tip = files or tr("no layer of the project matches this sensor")
            self.box.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
        if session.other and companions.get(session.other) is None:
            session.other = ""
            self.changed.emit()
        self.box.setCurrentIndex(max(0, self.box.findData(session.other)))

    def _on_chosen(self, at: int) -> None:
        self._session.other = self.box.itemData(at) or ""
        self.changed.emit()
