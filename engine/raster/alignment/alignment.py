"""Aligned rasters that differ only in extent, row order, or the notation of their CRS.

They are cropped to their common window. Rasters that are not aligned are never resampled here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional, Union

import numpy as np

from ...arrays import Doubles
from ...contract import about, number_text
from ..files import Part, RasterFile
from ..geo import SAME_PX, Grid, Window, crs_name, positions_on, same_crs

# Tools that crop, tile and reproject gain or lose a row or two; more than a tenth of a side is another extent.
_FEW_PX = 2
_SMALL_SHARE = 0.1
_MOST_NAMED = 3


@dataclass(frozen=True)
class Alignment:
    """Files that all have the grid ``files[0].grid``, and notes on how they were aligned."""

    files: tuple[RasterFile, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Misfit:
    """Two files that cannot be aligned, and how they differ; ``on_one_lattice``: only their extents differ."""

    first: RasterFile
    other: RasterFile
    difference: str
    on_one_lattice: bool


@dataclass(frozen=True)
class _Place:
    """A grid's position on another's lattice: its window there, which may extend beyond it, and its orientation."""

    window: Window
    upside_down: bool
    mirrored: bool

    def part(self, common: Window) -> Part:
        """The pixels of the grid in ``common``, a window of the lattice inside its own."""
        whole = Part(Window(0, 0, *self.window.shape), self.upside_down, self.mirrored)
        return whole.part(Part(common.relative_to(self.window)))


def align(files: Sequence[RasterFile], *, any_extent: bool = False) -> Union[Alignment, Misfit]:
    """The files cropped to their common window; or the first two files without a common window.

    Args:
        any_extent: accept any common window; otherwise it must be nearly all of each file.
    """
    base = next((file for file in files if _is_upright(file.grid)), files[0])
    places: list[_Place] = []
    for file in files:
        place = _place_on(base.grid, file.grid)
        if place is None:
            return Misfit(base, file, difference(base.grid, file.grid), on_one_lattice=False)
        places.append(place)
    common = _shared([place.window for place in places])
    if common is None or not (any_extent or all(_is_small(place.window, common) for place in places)):
        other = _furthest(base, files, places)
        return Misfit(base, other, difference(base.grid, other.grid), on_one_lattice=True)
    grid = base.grid.of_window(common)
    aligned = tuple(file.cut(place.part(common), grid) for file, place in zip(files, places))
    return Alignment(aligned, _notes(base, files, places, grid))


def difference(base: Grid, other: Grid) -> str:
    """A description of how another grid differs from the first one."""
    differences = (
        [] if same_crs(base.crs_wkt, other.crs_wkt) else [f"{crs_name(other.crs_wkt)}, not {crs_name(base.crs_wkt)}"]
    )
    corners = positions_on(base, other, [0, other.rows, 0], [0, 0, other.cols])
    if not np.isfinite(corners).all():
        return ", ".join([*differences, "which cannot be transformed into one another"])
    origin, down, across = corners
    height, width = np.linalg.norm(down - origin) / other.rows, np.linalg.norm(across - origin) / other.cols
    if abs(height - 1) * other.rows > SAME_PX or abs(width - 1) * other.cols > SAME_PX:
        differences.append(f"pixels {about(float(width), 4)} times as wide and {about(float(height), 4)} times as high")
    elif max(abs(down - origin)[1], abs(across - origin)[0]) > SAME_PX:
        differences.append("a different row direction")
    else:
        differences += _shift(base, other, np.minimum(np.minimum(origin, down), across))
    return ", ".join(differences) or "no visible difference"


def _shift(base: Grid, other: Grid, corner: Doubles) -> list[str]:
    """The shift between grids of the same pixel size, and their numbers of pixels."""
    off = corner - np.rint(corner)
    if np.abs(off).max() > SAME_PX:
        return [f"shifted by {_pixels(corner[0])} down and {_pixels(corner[1])} to the right"]
    down, right = (int(number) for number in np.rint(corner))
    differences = [f"with an origin offset by {down:+d} rows and {right:+d} columns"] if down or right else []
    return [f"{other.rows} rows and {other.cols} columns, not {base.rows} and {base.cols}", *differences]


def _pixels(number: float) -> str:
    return f"{number_text(round(number, 3))} pixels"


def _is_upright(grid: Grid) -> bool:
    return grid.transform[1] > 0 and grid.transform[5] < 0


def _place_on(base: Grid, other: Grid) -> Optional[_Place]:
    """The position of another grid on the lattice of the first one; None if it is not aligned."""
    rows, cols = np.meshgrid(np.linspace(0, other.rows, 3), np.linspace(0, other.cols, 3), indexing="ij")
    rows, cols = rows.ravel(), cols.ravel()
    found = positions_on(base, other, rows, cols)
    if not np.isfinite(found).all():
        return None
    upside_down, mirrored = bool(found[-1, 0] < found[0, 0]), bool(found[-1, 1] < found[0, 1])
    row, col = (int(number) for number in np.rint(found.min(axis=0)))
    expected = np.column_stack(
        [row + (other.rows - rows if upside_down else rows), col + (other.cols - cols if mirrored else cols)]
    )
    if np.abs(found - expected).max() > SAME_PX:
        return None
    return _Place(Window(row, col, other.rows, other.cols), upside_down, mirrored)


def _shared(windows: Sequence[Window]) -> Optional[Window]:
    common: Optional[Window] = windows[0]
    for window in windows[1:]:
        common = common.intersection(window) if common else None
    return common


def _is_small(whole: Window, common: Window) -> bool:
    """Whether only a small part of a window is lost."""
    return all(
        side - left <= max(_FEW_PX, _SMALL_SHARE * side) and 2 * left >= side
        for side, left in zip(whole.shape, common.shape)
    )


def _furthest(base: RasterFile, files: Sequence[RasterFile], places: Sequence[_Place]) -> RasterFile:
    """The file that overlaps least with the first one; never the first one itself."""

    def shared_px(pair: tuple[RasterFile, _Place]) -> int:
        common = base.grid.window().intersection(pair[1].window)
        return common.pixels if common else 0

    return min((pair for pair in zip(files, places) if pair[0] is not base), key=shared_px)[0]


def _notes(base: RasterFile, files: Sequence[RasterFile], places: Sequence[_Place], grid: Grid) -> tuple[str, ...]:
    """Notes on the files whose grid differs from the first one's."""
    notes = []
    other_crs = [file for file in files if not same_crs(file.grid.crs_wkt, base.grid.crs_wkt)]
    if other_crs:
        names = ", ".join(dict.fromkeys(crs_name(file.grid.crs_wkt) for file in other_crs))
        beside = f"{crs_name(base.grid.crs_wkt)} ({base.label})"
        notes.append(
            f"Grids in {names} ({_labels(other_crs)}) and in {beside} differ by less than {SAME_PX:g} pixels here "
            f"and are treated as one grid."
        )
    turned = [file for file, place in zip(files, places) if place.upside_down or place.mirrored]
    if turned:
        notes.append(
            f"Stored with a different row or column direction than {base.label}; reordered on reading: "
            f"{_labels(turned)}."
        )
    if any(place.window.shape != grid.shape for place in places):
        sizes = dict.fromkeys(f"{file.grid.rows} × {file.grid.cols}" for file in files)
        notes.append(
            f"The rasters differ in extent ({', '.join(sizes)} rows × columns). Their common extent is used: "
            f"{grid.rows} × {grid.cols}."
        )
    return tuple(notes)


def _labels(files: Sequence[RasterFile]) -> str:
    shown = ", ".join(file.label for file in files[:_MOST_NAMED])
    return shown if len(files) <= _MOST_NAMED else f"{shown} and {len(files) - _MOST_NAMED} more"
