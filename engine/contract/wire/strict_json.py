"""JSON from anybody, within bounds: so large, so deep, and of texts that can be written and shown again.

Python's own reader takes whatever comes: numbers of a million digits, which cost minutes before Python 3.11; lists in
lists until the stack ends; millions of empty objects, forty times as large in memory as in the file; halves of
characters, which no file takes.
"""

from __future__ import annotations

import json
import re
from typing import Any

MOST_VALUES = 200_000
MOST_DEPTH = 30
_MOST_DIGITS = 20
_UNSOUND = re.compile("[\x00\ud800-\udfff]")


def parse_json(text: str, most_values: int = MOST_VALUES) -> Any:
    """The value that a text stands for.

    Args:
        most_values: how many commas, colons and brackets there may be, which is about the number of values.

    Raises:
        ValueError: no JSON, or beyond these bounds; its words say what was found.
    """
    marks = sum(text.count(mark) for mark in ",:[{")
    if marks > most_values:
        raise ValueError(f"more than {most_values:,} values")
    try:
        plain = json.loads(text, parse_int=_integer)
    except RecursionError:
        raise ValueError("endlessly nested lists") from None
    _require_sound(plain, MOST_DEPTH)
    return plain


def is_sound(text: str) -> bool:
    """Whether a text holds neither NUL nor half a character."""
    return (text.isascii() and "\0" not in text) or not _UNSOUND.search(text)


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _require_sound(plain: Any, depth: int) -> None:
    if isinstance(plain, str):
        if not is_sound(plain):
            raise ValueError(f"text that cannot be encoded ({plain[:40]!a})")
    elif isinstance(plain, (dict, list)):
        if depth == 0:
            raise ValueError(f"values nested more than {MOST_DEPTH} deep")
        if isinstance(plain, dict):
            for key in plain:
                _require_sound(key, depth)
        for value in plain.values() if isinstance(plain, dict) else plain:
            _require_sound(value, depth - 1)
