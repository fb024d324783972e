"""Model files in QGIS's browser, and dropped on its canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.core import Qgis, QgsDataItem, QgsDataItemProvider, QgsDataProvider, QgsMimeDataUtils
from qgis.gui import QgsCustomDropHandler
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QWidget

from ...engine.contract import CoLearnError
from ..algorithms.toolbox_entry import ICON
from ..messages import sentence, tr

ENDING = ".colearn"
KEY = "colearn"
OpenModel = Callable[[str], None]


class ModelItems(QgsDataItemProvider):
    """Shows model files among the files of a folder."""

    def __init__(self, open_model: OpenModel) -> None:
        super().__init__()
        self._open_model = open_model
        self._items: list[ModelItem] = []

    def name(self) -> str:
        """The provider's name."""
        return "CoLearn"

    def capabilities(self) -> Any:
        """Files only; an integer before QGIS 3.36, a flag since."""
        flags = getattr(Qgis, "DataItemProviderCapability", None)
        return flags.Files if flags else int(QgsDataProvider.DataCapability.File)

    def createDataItem(self, path: str, parent: Optional[QgsDataItem]) -> Optional[QgsDataItem]:
        """An item for a model file; None for other files."""
        if not path.endswith(ENDING):
            return None
        item = ModelItem(parent, path, self._open_model)
        self._items.append(item)  # QGIS owns the C++ object; keep the Python wrapper alive, too
        return item


class ModelItem(QgsDataItem):
    """One model file: the model card as tooltip, the dock on double click."""

    def __init__(self, parent: Optional[QgsDataItem], path: str, open_model: OpenModel) -> None:
        name = path.replace("\\", "/").rsplit("/", 1)[-1]
        super().__init__(QgsDataItem.Type.Custom, parent, name, path, "CoLearn")
        self._path = path
        self._open_model = open_model
        self.setState(QgsDataItem.State.Populated)
        self.setIcon(QIcon(ICON))
        self.setToolTip(card_text(path))

    def handleDoubleClick(self) -> bool:
        """Open the dock with the model."""
        self._open_model(self._path)
        return True

    def actions(self, parent: QWidget) -> list[QAction]:
        """The actions of its context menu."""
        entries: list[tuple[str, Callable[[], object]]] = [
            (tr("Map with this model…"), lambda: self._open_model(self._path)),
            (tr("Inspect…"), lambda: open_form("colearn:inspectmodel", {"MODEL": self._path})),
            (tr("Edit the classes…"), lambda: open_form("colearn:editclasses", {"MODEL": self._path})),
            (tr("Export a sensor to ONNX…"), lambda: open_form("colearn:exportsensor", {"MODEL": self._path})),
        ]
        actions = []
        for text, act in entries:
            action = QAction(QIcon(ICON), text, parent)
            action.triggered.connect(lambda _checked=False, act=act: act())
            actions.append(action)
        return actions

    def hasDragEnabled(self) -> bool:
        """Allow dragging it onto the canvas."""
        return True

    def mimeUri(self) -> QgsMimeDataUtils.Uri:
        """The URI that is dragged."""
        uri = QgsMimeDataUtils.Uri()
        uri.layerType = "custom"
        uri.providerKey = KEY
        uri.name = self.name()
        uri.uri = self._path
        return uri

    def mimeUris(self) -> list[QgsMimeDataUtils.Uri]:
        """As :meth:`mimeUri`, for newer versions of QGIS."""
        return [self.mimeUri()]


class ModelDrop(QgsCustomDropHandler):
    """Opens the dock for a model dropped on QGIS's window, from the browser or a file manager."""

    def __init__(self, open_model: OpenModel) -> None:
        super().__init__()
        self._open_model = open_model

    def customUriProviderKey(self) -> str:
        """The provider key of the plugin's own items."""
        return KEY

    def handleCustomUriDrop(self, uri: QgsMimeDataUtils.Uri) -> None:
        """Open the model of an item."""
        self._open_model(uri.uri)

    def handleFileDrop(self, file: str) -> bool:
        """Open a model file; other files are not handled."""
        if not file.endswith(ENDING):
            return False
        self._open_model(file)
        return True


def open_form(algorithm: str, given: dict[str, Any]) -> None:
    """Open an algorithm's dialog with these values, not modal, so that the map can be used meanwhile."""
    import processing

    processing.createAlgorithmDialog(algorithm, given).show()


def card_text(path: str) -> str:
    """The model card, or the error if the file cannot be read."""
    from ..model_card import card_lines, card_title, read_manifest

    try:
        manifest = read_manifest(path)
    except CoLearnError as error:
        return sentence(error)
    return "\n".join((card_title(manifest), *card_lines(manifest)))
