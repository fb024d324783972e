"""Map of the test samples, correct and wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from ...contract import Task
from ...learning.tasks import AS_THEY_ARE, Population, rules_of
from ...raster.geo import METRES_PER_DEGREE, east_of_greenwich, side_by_side
from ..content import MINUS, Degrees, Scores, Target, words_of
from ..tables import regions
from .clusters import Clusters, clusters
from .svg import BLUE, INK, ORANGE, figure, look, svg

_WIDTH_IN = 6.8
_AXES_IN = (6.1, 0.35)  # width available beside the tick labels, height of those below
_HEIGHTS_IN = (2.4, 7.0)
_SHARE_RIGHT = ("#a33c10", "#e5cdbd", "#8fb8dc")  # dark is wrong, also in greyscale; same as the template's .ramp
_CELLS = 80  # across the map: samples in the same cell would hide each other
_CROWDED = 0.75  # occupied cells per sample, below which samples are clustered
_GATHERED_FROM = 400  # samples
_RASTERIZED_FROM = 100  # marks, of about 400 bytes each
_SMALLEST_MARK, _LARGEST_MARK = 8.0, 60.0  # area in square points


@dataclass(frozen=True)
class Outcome:
    """Test samples as drawn on the map: flags (sample,), and the words for ``good`` and ``bad``."""

    good: NDArray[np.bool_]
    good_words: str
    bad_words: str


@dataclass(frozen=True)
class PlaceMap:
    """The drawn map; ``gathered`` if a marker may represent several samples."""

    svg: Markup
    gathered: bool


def outcome(task: Task, target: Target, prediction: Scores, population: Population = AS_THEY_ARE) -> Outcome:
    """Correct or wrong; for multilabel, all correct; for regression, an error within the RMSE."""
    words = words_of(task)
    return Outcome(rules_of(task).right(target, prediction, population), words.good, words.bad)


def places(longitude: Degrees, latitude: Degrees, found: Outcome, number: int) -> tuple[PlaceMap, ...]:
    """Maps of the test samples, one per region if regions are far apart; none if no sample has coordinates.

    Args:
        number: of the first figure; further regions use the following ones.
    """
    placed = np.isfinite(longitude) & np.isfinite(latitude)
    x, y, good = side_by_side(longitude[placed]), latitude[placed], found.good[placed]
    parts = regions(x, y) if placed.any() else ()
    return tuple(_map(x[part], y[part], good[part], number + at) for at, part in enumerate(parts))


def _map(x: Degrees, y: Degrees, good: NDArray[np.bool_], number: int) -> PlaceMap:
    bounds, stretch = _bounds(x, y)
    width, height = bounds[1] - bounds[0], bounds[3] - bounds[2]
    cell = max(width, height * stretch) / _CELLS
    gathered = clusters(x, y, good, cell, cell / stretch)
    crowded = len(gathered.count) < _CROWDED * len(x) or len(x) >= _GATHERED_FROM
    height_in = float(np.clip(_AXES_IN[0] * height * stretch / width + _AXES_IN[1], *_HEIGHTS_IN))
    with look():
        made = figure(_WIDTH_IN, height_in)
        axes = made.subplots()
        axes.set(xlim=bounds[:2], ylim=bounds[2:], aspect=stretch)
        if crowded:
            _draw_clusters(axes, gathered)
        else:
            _points(axes, x[good], y[good], "o", BLUE)
            _points(axes, x[~good], y[~good], "X", ORANGE)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _degrees(float(east_of_greenwich(value)), width)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _degrees(value, height)))
        _scale_bar(axes, bounds, stretch)
        return PlaceMap(svg(made, "Map of the test samples", number), crowded)


def _points(axes: Axes, x: Degrees, y: Degrees, marker: str, color: str) -> None:
    size = 20 if marker == "X" else 15
    axes.scatter(x, y, s=size, marker=marker, color=color, alpha=0.75, linewidths=0)


def _draw_clusters(axes: Axes, found: Clusters) -> None:
    """Markers with area by number of samples, coloured by the share of good ones; large ones at the back."""
    order = np.argsort(-found.count, kind="stable")
    axes.scatter(
        found.x[order],
        found.y[order],
        s=_SMALLEST_MARK + _LARGEST_MARK * found.count[order] / found.count.max(),
        c=found.good[order],
        cmap=LinearSegmentedColormap.from_list("share", _SHARE_RIGHT),
        vmin=0,
        vmax=1,
        edgecolors=INK,
        linewidths=0.3,
        rasterized=len(order) >= _RASTERIZED_FROM,
    )


def _bounds(x: Degrees, y: Degrees) -> tuple[tuple[float, float, float, float], float]:
    """West, east, south, north with a margin, neither side flatter than a third of the other; degrees of x per y."""
    stretch = 1 / max(math.cos(math.radians(float(np.mean(y)))), 0.05)
    width, height = float(np.ptp(x)), float(np.ptp(y)) * stretch
    longest = max(width, height, 1e-4)
    half_width = max(width, longest / 3) * 0.54
    half_height = max(height, longest / 3) * 0.54 / stretch
    middle_x, middle_y = float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2
    return (middle_x - half_width, middle_x + half_width, middle_y - half_height, middle_y + half_height), stretch


def _degrees(value: float, span: float) -> str:
    decimals = min(max(1 - math.floor(math.log10(span)), 0), 6)
    return f"{value:.{decimals}f}°".replace("-", MINUS)


def _scale_bar(axes: Axes, bounds: tuple[float, float, float, float], stretch: float) -> None:
    metres = round_length((bounds[1] - bounds[0]) / stretch * METRES_PER_DEGREE / 4)
    length = metres / METRES_PER_DEGREE * stretch
    at_x, at_y = bounds[0] + 0.03 * (bounds[1] - bounds[0]), bounds[2] + 0.05 * (bounds[3] - bounds[2])
    axes.plot([at_x, at_x + length], [at_y, at_y], color=INK, linewidth=1.5, solid_capstyle="butt", zorder=5)
    halo = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
    axes.annotate(
        length_text(metres), (at_x, at_y), xytext=(1, 4), textcoords="offset points", fontsize=7.5, zorder=5, bbox=halo
    )


def round_length(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that does not exceed the length."""
    power = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5, 2, 1) if step * power <= metres * (1 + 1e-9))


def length_text(metres: float) -> str:
    """``200 m``, ``5 km``."""
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
