"""Filters of file dialogs: the formats that QGIS reads, without sidecar files."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsProviderRegistry

from ..messages import tr

SIDECARS = (".aux.xml", ".ovr", ".msk", ".qml", ".qmd", ".tfw", ".jgw", ".wld")


def raster_files() -> str:
    """Filters: all raster files first, then each format, then all files."""
    return _known_first(QgsProviderRegistry.instance().fileRasterFilters())


def label_files() -> str:
    """The same filters for vector files; label rasters are found under all files."""
    return _known_first(QgsProviderRegistry.instance().fileVectorFilters())


def is_sidecar(path: str) -> bool:
    """Whether a file is only a sidecar of a raster (metadata, statistics), not a raster itself."""
    return path.lower().endswith(SIDECARS)


def without_sidecars(paths: Sequence[str]) -> list[str]:
    """The files that may be rasters themselves."""
    return [path for path in paths if not is_sidecar(path)]


def _known_first(filters: str) -> str:
    """Reorder filters: QGIS lists all files first; here the readable formats come first, where QGIS lists them."""
    each = filters.split(";;")
    everything = [line for line in each if line.endswith(("(*)", "(*.*)"))]
    return ";;".join([line for line in each if line not in everything] + (everything or [tr("All files") + " (*)"]))
