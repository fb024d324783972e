"""Grouping of rasters into sensors by their grids and names (“Group automatically”)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from .....engine.contract.naming import take_apart, words_of
from .....engine.contract.wire import rounded
from .header import RasterHeader
from .sensor_row import SensorRow

SHORTEST_NAME = 2


def by_name(rasters: Iterable[RasterHeader]) -> tuple[RasterHeader, ...]:
    """Rasters in natural order of their names; panels and file dialogs return other orders."""
    return tuple(sorted(rasters, key=lambda raster: _in_numbers(raster.name)))


def _in_numbers(name: str) -> list[tuple[int, str]]:
    """The sort key of a name: digits compare as integers, everything else as text."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def group(rasters: Iterable[RasterHeader], taken: Iterable[str] = ()) -> tuple[SensorRow, ...]:
    """Sensors built from rasters, ordered by the first raster of each; no name is one of ``taken``.

    Rasters of one sensor have the same pixel size and the same bands, or one band each. They show one area, or several
    areas if no area is shown twice by rasters whose names differ in more than a date. Of many plots, each with a name
    of its own, a few may be shown twice.
    """
    alike: dict[tuple[object, ...], list[RasterHeader]] = {}
    for raster in rasters:
        alike.setdefault(_signature(raster), []).append(raster)
    groups = [part for members in alike.values() for part in _parted(members)]
    return _named(_joined(groups), taken)


def _joined(groups: Sequence[Sequence[RasterHeader]]) -> list[list[RasterHeader]]:
    """Join single rasters of the same single band, by its description, as scenes of one sensor."""
    joined: dict[tuple[object, ...], list[RasterHeader]] = {}
    for at, members in enumerate(groups):
        one, band = members[0], members[0].only_band()
        is_plain = len(members) == 1 and band is not None and band.casefold() not in one.name.casefold()
        joined.setdefault((f"{one.pixel_m:.3g}", one.dtype, band) if is_plain else (at,), []).extend(members)
    return [part for members in joined.values() for part in _parted(members)]


def _signature(raster: RasterHeader) -> tuple[object, ...]:
    """The properties that rasters of one sensor have in common."""
    pixel = f"{raster.pixel_m:.3g}"
    if raster.only_band() is not None:
        return (pixel, "one band", _stem(raster))
    return (pixel, raster.dtype, tuple(sorted(name.stem.casefold() for name in raster.dated_bands())))


def _parted(members: Sequence[RasterHeader]) -> list[list[RasterHeader]]:
    """Split a group by name if two of its rasters show the same area and have different names."""
    stems = {raster.key: _stem(raster) for raster in members}
    pairs = [
        (one.key, other.key)
        for at, one in enumerate(members)
        for other in members[at + 1 :]
        if stems[one.key] != stems[other.key] and one.same_ground(other)
    ]
    parts: dict[str, list[RasterHeader]] = {}
    for raster in members:
        parts.setdefault(stems[raster.key], []).append(raster)
    are_plots = len(parts) == len(members) and len({key for pair in pairs for key in pair}) < len(members) / 2
    return [list(members)] if not pairs or are_plots else list(parts.values())


def _stem(raster: RasterHeader) -> str:
    """The raster's name without dates, pixel sizes and band."""
    band = raster.only_band()
    return "_".join(word for word in words_of(raster.name) if not band or word.casefold() != band.casefold()).casefold()


def _named(groups: Sequence[Sequence[RasterHeader]], taken: Iterable[str]) -> tuple[SensorRow, ...]:
    used = {name.casefold() for name in taken}
    folders = [_folder(rasters) for rasters in groups]
    are_apart = all(folders) and len(set(folders)) == len(folders) > 1  # each sensor has a folder of its own
    bare = [_plain_name(rasters, folder if are_apart else "") for rasters, folder in zip(groups, folders)]
    rows = []
    for name, rasters in zip(bare, groups):
        size = f"{rounded(rasters[0].pixel_m):.12g} m"
        name_given = name if [each.casefold() for each in bare].count(name.casefold()) == 1 else f"{name} {size}"
        free = free_name(name_given, used)
        used.add(free.casefold())
        rows.append(SensorRow(free, tuple(rasters)))
    return tuple(rows)


def free_name(name: str, used: Iterable[str]) -> str:
    """The name, with a number appended if it is taken (``used`` are case-folded)."""
    used = set(used)
    number = 2
    free = name
    while free.casefold() in used:
        free = f"{name} {number}"
        number += 1
    return free


def _folder(rasters: Sequence[RasterHeader]) -> str:
    """The name of the folder that contains all of these rasters; empty if there are several."""
    folders = {PurePath(raster.source).parent for raster in rasters}
    return folders.pop().name if len(folders) == 1 else ""


def _plain_name(rasters: Sequence[RasterHeader], folder: str) -> str:
    """The common part of the names, without dates; else the folder."""
    common = common_beginning([take_apart(raster.name).stem for raster in rasters])
    return common or (rasters[0].name if len(rasters) == 1 else folder or "Sensor")


def common_beginning(names: Sequence[str]) -> str:
    """The words with which all names begin; empty if these are meaningless."""
    tokens = [re.split(r"([_\-. ]+)", name) for name in names]
    common = []
    for together in zip(*tokens):
        if len(set(together)) > 1:
            break
        common.append(together[0])
    name = "".join(common).strip("_-. ")
    return name if len(name) >= SHORTEST_NAME and re.search(r"[^\W\d_]", name) else ""
