"""The overview figure: the image, the labels, and both maps with their scores."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from engine.contract import REFERENCE, FusedScore, LabelClass, SensorScore, Variant, Verdict
from engine.report.content import style_of
from engine.report.figures import INK, MUTED, length_text, round_length

from .legend import CHARACTER_IN, MARGIN_IN, WIDTH_IN, LegendGrid, draw_legend, legend_grid, plain

Codes = NDArray[Any]
Rgb = NDArray[np.uint8]

_NODATA_RGB = (240, 240, 238)
_GAP_IN = 0.22
_TITLE_IN = 0.55
_LINE_IN = 0.175
_DPI = 160
_VERDICTS = {
    Verdict.HELPED: "training together helped",
    Verdict.NO_DIFFERENCE: "no significant difference",
    Verdict.HARMED: "training together harmed",
    Verdict.NOT_MEASURED: "not measured",
}


@dataclass(frozen=True)
class OverviewText:
    """The texts of the figure: a title, a line under each panel, the scores of the mapped sensor.

    ``score`` is the sensor's in the manifest, or one measured on held-out labels. ``fused`` is the score of all sensors
    together, if known.
    """

    title: str
    image: str
    labels: str
    alone: str
    colearned: str
    score: SensorScore
    fused: FusedScore | None = None


@dataclass(frozen=True)
class _Panel:
    letter: str
    picture: Rgb
    caption: str
    score: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sheet:
    """The layout in inches: the number of ``columns`` of panels, and the height of each row with the text below."""

    columns: int
    width_in: float
    height_in: float
    lines: tuple[tuple[_Panel, ...], ...]
    text_in: tuple[float, ...]
    legend_in: float

    @property
    def total_in(self) -> float:
        return _TITLE_IN + len(self.lines) * self.height_in + sum(self.text_in) + self.legend_in

    def box(self, line: int, column: int) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a panel, relative to the figure."""
        left = MARGIN_IN + column * (self.width_in + _GAP_IN)
        top = _TITLE_IN + line * self.height_in + sum(self.text_in[:line])
        bottom = self.total_in - top - self.height_in
        return left / WIDTH_IN, bottom / self.total_in, self.width_in / WIDTH_IN, self.height_in / self.total_in


def draw_overview(
    path: Path,
    *,
    image_rgb: Rgb,
    labels: Codes,
    map_alone: Codes,
    map_colearned: Codes,
    classes: tuple[LabelClass, ...],
    nodata: float,
    pixel_m: float,
    text: OverviewText,
) -> None:
    """Write the figure as PNG.

    Args:
        image_rgb: (row, col, 3) uint8, contrast-stretched.
        labels: (row, col) class codes, ``nodata`` where unlabelled; drawn over the image in grey.
        map_alone: (row, col) class codes mapped by the network trained alone, ``nodata`` outside.
        map_colearned: the same by the co-learned predictor.
        pixel_m: pixel size, for the scale bar.

    Raises:
        ValueError: arrays of different sizes.
    """
    shape = labels.shape
    if len(shape) != 2 or not (image_rgb.shape == (*shape, 3) and map_alone.shape == map_colearned.shape == shape):
        sizes = [array.shape for array in (image_rgb, labels, map_alone, map_colearned)]
        raise ValueError(f"image, labels and maps must have the same rows and columns, not {sizes}")
    scored = _scores(text.score, text.fused)
    panels = (
        _Panel("a", image_rgb, text.image),
        _Panel("b", _labels_over_grey(image_rgb, labels, classes, nodata), text.labels),
        _Panel("c", _colored(map_alone, classes, nodata), text.alone, scored[0]),
        _Panel("d", _colored(map_colearned, classes, nodata), text.colearned, scored[1]),
    )
    shown = _shown(classes, nodata, labels, map_alone, map_colearned)
    with _look():
        figure = _figure(panels, shown, pixel_m, text.title)
        figure.savefig(path, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})


def _scores(score: SensorScore, fused: FusedScore | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines under the two maps: their scores with intervals, references, the difference with the verdict.

    The first map is that of a single network trained alone, and so is its score. The second map is the model file's; if
    that contains the network trained alone, its line says so.
    """
    style = style_of(score.metric)
    alone = [f"Test part: {score.metric} {style.score(score.network or score.alone)}"]
    if score.reference:
        alone.append(f"{REFERENCE.capitalize()}: {style.score(score.reference)}")
    if score.colearned is None or score.gain is None:
        return tuple(alone), ()
    over = " over as large an average without the other sensors" if score.average else ""
    gain = f"{style.difference(score.gain)}{over}: {_VERDICTS[score.verdict]}"
    if score.shipped is Variant.ALONE:
        held = f"The model file holds the network trained alone; co-learned {style.score(score.colearned)}"
    else:
        held = f"Test part: {score.metric} {style.score(score.colearned)}"
    colearned = [held, gain]
    if fused and fused.metric == score.metric:
        colearned.append(f"All sensors together: {style.score(fused.network)}")
    return tuple(alone), tuple(colearned)


def _colored(codes: Codes, classes: tuple[LabelClass, ...], nodata: float) -> Rgb:
    """Class codes (row, col) as colours (row, col, 3); nodata and unknown codes are light grey."""
    picture = np.empty((*codes.shape, 3), np.uint8)
    picture[:] = _NODATA_RGB
    for label in classes:
        if label.code != nodata:
            picture[codes == label.code] = _rgb(label.color)
    return picture


def _labels_over_grey(image_rgb: Rgb, labels: Codes, classes: tuple[LabelClass, ...], nodata: float) -> Rgb:
    grey = image_rgb.astype(np.float32).mean(axis=2, keepdims=True)
    pale = np.repeat(150 + grey * (105 / 255), 3, axis=2).astype(np.uint8)
    labelled = np.isin(labels, [label.code for label in classes if label.code != nodata])
    return np.where(labelled[..., None], _colored(labels, classes, nodata), pale)


def _shown(classes: tuple[LabelClass, ...], nodata: float, *arrays: Codes) -> tuple[LabelClass, ...]:
    """The classes that occur in the figure; the legend names no others."""
    found = set().union(*(np.unique(array).tolist() for array in arrays))
    return tuple(label for label in classes if label.code in found and label.code != nodata)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _figure(panels: tuple[_Panel, ...], classes: tuple[LabelClass, ...], pixel_m: float, title: str) -> Figure:
    legend = legend_grid(classes)
    sheet = _sheet(panels, legend)
    figure = Figure(figsize=(WIDTH_IN, sheet.total_in))
    FigureCanvasAgg(figure)
    plain(figure.text(MARGIN_IN / WIDTH_IN, 1 - 0.36 / sheet.total_in, title, fontsize=13, weight="bold"))
    for line, members in enumerate(sheet.lines):
        for column, panel in enumerate(members):
            axes = figure.add_axes(sheet.box(line, column))
            _draw_panel(axes, panel)
            if line == column == 0:
                _scale_bar(axes, panel.picture.shape[0], panel.picture.shape[1], pixel_m)
    draw_legend(figure, classes, legend)
    return figure


def _sheet(panels: tuple[_Panel, ...], legend: LegendGrid) -> _Sheet:
    """Two by two panels, or side by side if they are narrow; captions are wrapped to their panel."""
    rows, cols = panels[0].picture.shape[:2]
    columns = 4 if cols < 0.6 * rows else 2
    width_in = (WIDTH_IN - 2 * MARGIN_IN - (columns - 1) * _GAP_IN) / columns
    height_in = min(width_in * rows / cols, 2.5 * width_in)
    wrapped = [_wrapped(panel, width_in) for panel in panels]
    lines = tuple(tuple(wrapped[at : at + columns]) for at in range(0, len(wrapped), columns))
    text_in = tuple(max(_text_in(panel) for panel in line) for line in lines)
    return _Sheet(columns, width_in, height_in, lines, text_in, legend.height_in)


def _wrapped(panel: _Panel, width_in: float) -> _Panel:
    width = max(int((width_in - 0.2) / CHARACTER_IN), 10)
    score = tuple(part for line in panel.score for part in textwrap.wrap(line, width, break_on_hyphens=False))
    return replace(panel, caption="\n".join(textwrap.wrap(panel.caption, width)), score=score)


def _text_in(panel: _Panel) -> float:
    return 0.22 + _LINE_IN * (panel.caption.count("\n") + 1 + len(panel.score))


def _draw_panel(axes: Axes, panel: _Panel) -> None:
    axes.imshow(panel.picture, interpolation="antialiased", aspect="equal")
    axes.set_anchor("N")
    axes.set(xticks=[], yticks=[])
    under = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top", "fontsize": 9}
    axes.annotate(panel.letter, (0, 0), xytext=(0, -5), weight="bold", **under)
    plain(axes.annotate(panel.caption, (0, 0), xytext=(12, -5), **under))
    below = -6 - 72 * _LINE_IN * (panel.caption.count("\n") + 1)
    axes.annotate("\n".join(panel.score), (0, 0), xytext=(12, below), color=MUTED, linespacing=1.3, **under)


def _scale_bar(axes: Axes, rows: int, cols: int, pixel_m: float) -> None:
    metres = round_length(cols * pixel_m / 4)
    length_px = metres / pixel_m
    at_x, at_y, thick_px = 0.04 * cols, rows - 0.05 * rows, 0.012 * rows
    bar = Rectangle((at_x, at_y - thick_px), length_px, thick_px, facecolor="white", edgecolor="black", linewidth=0.6)
    axes.add_patch(bar)
    box = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
    axes.annotate(
        length_text(metres), (at_x, at_y - thick_px), xytext=(1, 5), textcoords="offset points", fontsize=8, bbox=box
    )


@contextmanager
def _look() -> Iterator[None]:
    look = {"font.family": ["DejaVu Sans"], "text.color": INK, "axes.edgecolor": MUTED, "axes.linewidth": 0.5}
    with mpl.rc_context(look), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes, which must not prevent the figure.
        warnings.filterwarnings("ignore", message="Glyph .* missing from (current )?font")
        yield
