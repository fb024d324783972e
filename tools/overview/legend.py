"""The legend of the overview: swatches and names of the classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from unicodedata import east_asian_width

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from engine.contract import LabelClass
from engine.report.figures import INK

WIDTH_IN = 10.0
MARGIN_IN = 0.2
CHARACTER_IN = 0.082  # width of a legend character, a safe estimate
_ROW_IN = 0.24
_LONGEST_NAME = 40


@dataclass(frozen=True)
class LegendGrid:
    """Classes in rows of ``per_row``, ``step_in`` inches apart."""

    rows: int
    per_row: int
    step_in: float

    @property
    def height_in(self) -> float:
        return 0.2 + self.rows * _ROW_IN


def legend_grid(classes: tuple[LabelClass, ...]) -> LegendGrid:
    if not classes:
        return LegendGrid(0, 1, 0.0)
    step_in = 0.5 + CHARACTER_IN * max(_columns_of(_short(label.name)) for label in classes)
    per_row = max(int((WIDTH_IN - 2 * MARGIN_IN) / step_in), 1)
    return LegendGrid(math.ceil(len(classes) / per_row), per_row, step_in)


def draw_legend(figure: Figure, classes: tuple[LabelClass, ...], grid: LegendGrid) -> None:
    """Swatches and names in rows above the lower edge."""
    width_in, height_in = figure.get_size_inches()
    for at, label in enumerate(classes):
        left_in = MARGIN_IN + at % grid.per_row * grid.step_in
        bottom_in = 0.15 + (grid.rows - 1 - at // grid.per_row) * _ROW_IN
        corner, size = (left_in / width_in, bottom_in / height_in), (0.18 / width_in, 0.13 / height_in)
        figure.add_artist(Rectangle(corner, *size, facecolor=label.color, edgecolor=INK, linewidth=0.4))
        at_x, at_y = (left_in + 0.26) / width_in, (bottom_in + 0.06) / height_in
        plain(figure.text(at_x, at_y, _short(label.name), fontsize=9, va="center"))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _columns_of(text: str) -> int:
    """The width of a text in characters; East Asian ones are twice as wide."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def plain(text: Text) -> None:
    """Disable math text: a ``$`` in a user's text starts no formula."""
    text.set_parse_math(False)
