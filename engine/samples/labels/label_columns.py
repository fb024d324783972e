"""Label values as read from a layer or raster, in columns with their types and meanings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contract import ClassColor
from .class_names import clean

HIGHEST_VALUE = float(np.finfo(np.float32).max)  # the maximum value of a map
NUMBERS = {"integer", "real", "bool"}
_MOST_DIGITS = 18


@dataclass(frozen=True)
class LabelColumns:
    """Label values per feature or pixel: one column per field, None or NaN if missing.

    ``kinds`` are ``integer``, ``real``, ``bool``, or text of some kind (``string``, ``date``) per column. ``meanings``
    are the names of the only column's values in the labels' own source, by value as text.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    columns: tuple[list[Any], ...]
    subject: str
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def numeric(self) -> bool:
        """Whether the first column holds numbers."""
        return self.kinds[0] in NUMBERS


def with_legend(columns: LabelColumns, colors: tuple[ClassColor, ...]) -> LabelColumns:
    """The columns with names from the layer's legend, which take precedence over those in files.

    A name that only repeats the value is ignored.
    """
    legend = {as_text(color.value): clean(color.name) for color in colors}
    both = {**columns.meanings, **{value: name for value, name in legend.items() if name}}
    return replace(columns, meanings={value: name for value, name in both.items() if name and name != value})


def known(columns: LabelColumns) -> NDArray[np.bool_]:
    """Which rows have a value in every column: not NULL, not NaN or infinite (as float32), not an empty text."""
    masks = [np.array([_is_value(value) for value in column], dtype=bool) for column in columns.columns]
    every: NDArray[np.bool_] = np.logical_and.reduce(masks)
    return every


def infinite(columns: LabelColumns) -> int:
    """The number of rows with an infinite number, or one beyond float32, in some column."""
    return sum(any(_is_infinite(value) for value in row) for row in zip(*columns.columns, strict=True))


def distinct_texts(columns: LabelColumns) -> list[str]:
    """The class values of the first column as texts: sorted as numbers if all are numbers, otherwise as texts."""
    texts = {as_text(value) for value in columns.columns[0]}
    return sorted(texts, key=int) if all(map(is_whole_number, texts)) else sorted(texts)


def is_whole_number(text: str) -> bool:
    """Whether a text is an integer in plain notation: no leading zeros, no sign but a minus."""
    digits = text.removeprefix("-")
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS
    return plain and str(int(text)) == text


def as_text(value: object) -> str:
    """A label value as the name of its class: integers without decimals, truth values as 0 and 1, texts clean."""
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return clean(str(value))


def distinct_values(column: list[Any]) -> set[Any]:
    return set(np.unique(np.asarray(column)).tolist()) if column else set()


def all_whole(column: list[Any]) -> bool:
    return all(float(value).is_integer() for value in distinct_values(column))


def _is_value(value: object) -> bool:
    if value is None or (isinstance(value, str) and not clean(value)):
        return False
    return not isinstance(value, (float, np.floating)) or abs(float(value)) <= HIGHEST_VALUE


def _is_infinite(value: object) -> bool:
    return isinstance(value, (float, np.floating)) and abs(float(value)) > HIGHEST_VALUE
