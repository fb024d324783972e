"""Figures as inline SVG: common style, text in the page's font, large point clouds rasterized.

Numbers and English words only: users' names are placed in the page around a figure, where every script has a font.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK = "#1d2730"
MUTED = "#66727d"
RULE = "#d5dbe0"
BLUE = "#1f5f99"  # right, validation, co-learned
ORANGE = "#c8501e"  # wrong
GREY = "#97a1aa"  # training, alone

# Point clouds of at least this size are rasterized: an SVG circle takes about 100 bytes.
RASTERIZED_FROM = 1500

_LOOK = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.dpi": 180,
    "svg.fonttype": "none",
}

_UNUSED_ID = re.compile(r' id="(?!(?:m|p|C|image)[0-9a-f_]{8,}")[^"]*"')


@contextmanager
def look() -> Iterator[None]:
    """Use the report's style; restores matplotlib's settings afterwards."""
    with mpl.rc_context(_LOOK):
        yield


def figure(width_in: float, height_in: float, arranged: bool = True) -> Figure:
    """An empty figure with its own canvas (no pyplot, no global state); call inside :func:`look`.

    Args:
        arranged: whether matplotlib makes room for labels, for which it draws the figure twice.
    """
    made = Figure(figsize=(width_in, height_in), layout="constrained" if arranged else None)
    FigureCanvasAgg(made)
    return made


def svg(made: Figure, description: str, number: int) -> Markup:
    """The figure as an ``<svg>`` element for a page; ``number`` makes its ids unique among figures."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": f"figure {number}"}):
        made.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg ") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _UNUSED_ID.sub("", text)
    text = re.sub(r"\s*\n\s*", "\n", text)
    label = Markup(' role="img" aria-label="{}"').format(description)
    # Matplotlib's own markup, in which it has escaped all text.
    return Markup(text.replace("<svg ", f"<svg{label} ", 1))  # noqa: S704  # nosec B704
