"""Colours for classes without one: the usual ones for land cover, otherwise a colour-blind-safe set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Optional

# Okabe and Ito's colour-blind-safe colours first, then further distinct hues.
PALETTE = (
    "#009e73", "#e69f00", "#0072b2", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#7f7f7f",
    "#8c564b", "#9467bd", "#bcbd22", "#17becf", "#1b5e20", "#b71c1c", "#283593", "#ff8a65",
    "#a1887f", "#4db6ac", "#ce93d8", "#afb42b",
)  # fmt: skip

# Prefixes of words in class names, and their usual colours in maps.
_EXPECTED = (
    (("water", "lake", "river", "sea", "ocean"), "#2b7bba"),
    (("wetland", "marsh", "swamp", "bog", "mangrove", "flood"), "#5ab4ac"),
    (("forest", "tree", "wood"), "#1b7837"),
    (("shrub", "scrub", "bush", "heath"), "#a6802d"),
    (("meadow", "grass", "pasture", "rangeland"), "#a6d96a"),
    (("vegetation",), "#66a61e"),
    (("crop", "farm", "arable", "agricult", "field"), "#e6c84f"),
    (("urban", "built", "residential", "settlement", "village", "city", "building"), "#c2373c"),
    (("impervious", "sealed", "pavement", "paved", "asphalt", "road"), "#8f8f8f"),
    (("bare", "soil", "sand", "rock"), "#b8a690"),
    (("snow", "ice", "glacier"), "#d5ecf7"),
    (("cloud",), "#bdbdbd"),
)  # fmt: skip


_IN_NAMES = tuple((re.compile(rf"(?<!\S)(?:{'|'.join(words)})"), color) for words, color in _EXPECTED)


def colors_for(names: Iterable[str]) -> list[str]:
    """A colour ``#rrggbb`` for every class name, all different as long as the palette suffices."""
    names = list(names)
    colors: list[str] = []
    spare = [color for color in PALETTE if color not in {expected for _, expected in _EXPECTED}]
    for name in names:
        color = _expected(name)
        if color is None or color in colors:
            color = next((other for other in spare if other not in colors), PALETTE[len(colors) % len(PALETTE)])
        colors.append(color)
    return colors


def _expected(name: str) -> Optional[str]:
    words = name.lower().replace("_", " ").replace("-", " ")
    return next((color for beginning, color in _IN_NAMES if beginning.search(words)), None)
