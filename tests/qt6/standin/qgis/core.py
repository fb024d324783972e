"""The few classes of qgis.core that the windows live by; all others are anything."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QApplication

from .anything import Anything, open_to_all

NULL = None


class QgsSettings:
    """Settings that live as long as the process."""

    _kept: dict[str, Any] = {}  # noqa: RUF012

    def value(self, key: str, default: Any = None, kind: Any = None, **named: Any) -> Any:
        found = self._kept.get(key, default)
        kind = kind or named.get("type")
        return kind(found) if kind and found is not None else found

    def setValue(self, key: str, value: Any) -> None:  # noqa: N802
        self._kept[key] = value

    def remove(self, key: str) -> None:
        for each in [name for name in self._kept if name.startswith(key)]:
            del self._kept[each]


class QgsProject(QObject):
    """A project without layers."""

    layersWillBeRemoved = pyqtSignal(list)  # noqa: N815
    homePathChanged = pyqtSignal()  # noqa: N815
    projectSaved = pyqtSignal()  # noqa: N815
    layersRemoved = pyqtSignal(list)  # noqa: N815
    layersAdded = pyqtSignal(list)  # noqa: N815
    layerWasAdded = pyqtSignal(object)  # noqa: N815
    writeProject = pyqtSignal(object)  # noqa: N815
    readProject = pyqtSignal(object)  # noqa: N815
    cleared = pyqtSignal()
    _one = None

    @classmethod
    def instance(cls) -> QgsProject:
        cls._one = cls._one or cls()
        return cls._one

    def mapLayers(self) -> dict[str, Any]:  # noqa: N802
        return {}

    def mapLayer(self, _key: str) -> None:  # noqa: N802
        return None

    def readEntry(self, _scope: str, _key: str, default: str = "") -> tuple[str, bool]:  # noqa: N802
        return default, False

    def absolutePath(self) -> str:  # noqa: N802
        return ""

    def homePath(self) -> str:  # noqa: N802
        return ""

    def fileName(self) -> str:  # noqa: N802
        return ""

    def baseName(self) -> str:  # noqa: N802
        return ""

    def __getattr__(self, name: str) -> Any:
        return Anything().__getattr__(name)


class QgsProcessingParameterDefinition(Anything):
    """A parameter: name, label, default, help."""

    def __init__(self, name: str = "", description: str = "", *given: Any, **named: Any) -> None:
        self._name, self._description, self._help = name, description, ""
        self._named, self._given = named, given
        self._metadata: dict[str, Any] = {}

    def name(self) -> str:
        return self._name

    def description(self) -> str:
        return self._description

    def help(self) -> str:
        return self._help

    def setHelp(self, text: str) -> None:  # noqa: N802
        self._help = text

    def toolTip(self) -> str:  # noqa: N802
        return self._help

    def defaultValue(self) -> Any:  # noqa: N802
        return self._named.get("defaultValue")

    def flags(self) -> Any:
        return QgsProcessingParameterDefinition.Flag

    def setFlags(self, _flags: Any) -> None:  # noqa: N802
        pass

    def metadata(self) -> dict[str, Any]:
        return self._metadata

    def setMetadata(self, metadata: dict[str, Any]) -> None:  # noqa: N802
        self._metadata = metadata


class QgsProcessingParameterNumber(QgsProcessingParameterDefinition):
    def __init__(
        self,
        name: str = "",
        description: str = "",
        _kind: Any = None,
        default: Any = None,
        optional: bool = False,
        minimum: float = -1e300,
        maximum: float = 1e300,
    ) -> None:
        super().__init__(name, description, defaultValue=default, optional=optional)
        self._range = (minimum, maximum)

    def minimum(self) -> float:
        return self._range[0]

    def maximum(self) -> float:
        return self._range[1]

    def setMinimum(self, value: float) -> None:  # noqa: N802
        self._range = (value, self._range[1])

    def setMaximum(self, value: float) -> None:  # noqa: N802
        self._range = (self._range[0], value)


class QgsProcessingParameterEnum(QgsProcessingParameterDefinition):
    def options(self) -> list[str]:
        return list(self._named.get("options") or self._given[0])


class QgsProcessingAlgorithm(Anything):
    """An algorithm: its parameters by name."""

    def __init__(self) -> None:
        self._parameters: dict[str, Any] = {}

    def addParameter(self, parameter: Any, _create_output: bool = True) -> bool:  # noqa: N802
        self._parameters[parameter.name()] = parameter
        return True

    def parameterDefinition(self, name: str) -> Any:  # noqa: N802
        return self._parameters.get(name)

    def parameterDefinitions(self) -> list[Any]:  # noqa: N802
        return list(self._parameters.values())


class Qgis(Anything):
    """The version: the one whose place is taken here."""

    QGIS_VERSION = "4.2.0"
    QGIS_VERSION_INT = 40200


class _Registry(Anything):
    """Creates the plugin's own algorithms; has no provider."""

    def providerById(self, _name: str) -> None:  # noqa: N802
        return None

    def createAlgorithmById(self, name: str) -> Any:  # noqa: N802
        from colearn.plugin.provider import ALGORITHMS

        for algorithm in ALGORITHMS:
            made = algorithm()
            if f"colearn:{made.name()}" == name:
                made.initAlgorithm()
                return made
        return None


class QgsApplication(Anything):
    @staticmethod
    def instance() -> QApplication:
        return QApplication.instance()

    @staticmethod
    def getThemeIcon(_name: str) -> QIcon:  # noqa: N802
        return QIcon()

    @staticmethod
    def qgisSettingsDirPath() -> str:  # noqa: N802
        return "/nowhere/profile/"

    @staticmethod
    def processingRegistry() -> _Registry:  # noqa: N802
        return _Registry()


class QgsProcessingFeedback(QObject):
    canceled = pyqtSignal()
    progressChanged = pyqtSignal(float)  # noqa: N815

    def __init__(self, *_given: Any) -> None:
        super().__init__()


class QgsMapLayerModel(Anything):
    @staticmethod
    def iconForLayer(_layer: Any) -> QIcon:  # noqa: N802
        return QIcon()


class QgsCsException(Exception):  # noqa: N818
    pass


class QgsProcessingException(Exception):  # noqa: N818
    pass


def _parameter(kind: str) -> type:
    return type(QgsProcessingParameterDefinition)(kind, (QgsProcessingParameterDefinition,), {})


for _kind in ("String", "Boolean", "Band", "Field", "File", "FeatureSource", "VectorLayer", "RasterLayer",
              "MultipleLayers", "MapLayer", "Extent", "RasterDestination", "VectorDestination", "FileDestination",
              "FolderDestination", "FeatureSink", "Matrix", "Crs"):  # fmt: skip
    globals()[f"QgsProcessingParameter{_kind}"] = _parameter(f"QgsProcessingParameter{_kind}")

open_to_all(__name__)
