"""What file dialogs show: the formats that QGIS reads, and not what lies beside them."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsProviderRegistry

from ..messages import tr

SIDECARS = (".aux.xml", ".ovr", ".msk", ".qml", ".qmd", ".tfw", ".jgw", ".wld")


def raster_files() -> str:
    """Files of rasters first, then one format each, then all files."""
    return _known_first(QgsProviderRegistry.instance().fileRasterFilters())


def label_files() -> str:
    """The same, of vector files; labels may be a raster as well, which is among all files."""
    return _known_first(QgsProviderRegistry.instance().fileVectorFilters())


def is_sidecar(path: str) -> bool:
    """Whether a file only says something of a raster beside it, and is no raster itself."""
    return path.lower().endswith(SIDECARS)


def without_sidecars(paths: Sequence[str]) -> list[str]:
    """Files that may be rasters themselves."""
    return [path for path in paths if not is_sidecar(path)]


def _known_first(filters: str) -> str:
    """QGIS lists all files first; what it can read comes first here, where it says what that is."""
    each = filters.split(";;")
    everything = [line for line in each if line.endswith(("(*)", "(*.*)"))]
    return ";;".join([line for line in each if line not in everything] + (everything or [tr("All files") + " (*)"]))
