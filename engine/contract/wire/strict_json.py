"""Parsing of untrusted JSON: limited in size and depth, with only texts that can be encoded and displayed.

Python's own parser accepts anything: numbers of a million digits, which take minutes before Python 3.11; nested
lists until the stack overflows; millions of empty objects, forty times as large in memory as in the file; lone
surrogates, which cannot be encoded.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .number_words import thousands

MOST_VALUES = 200_000
MOST_DEPTH = 30
_MOST_DIGITS = 20
_UNSOUND = re.compile("[\x00\ud800-\udfff]")


def parse_json(text: str, most_values: int = MOST_VALUES) -> Any:
    """Parse a text.

    Args:
        most_values: the maximum number of commas, colons and brackets, which is about the number of values.

    Raises:
        ValueError: not JSON, or beyond these limits; its message states what was found.
    """
    marks = sum(text.count(mark) for mark in ",:[{")
    if marks > most_values:
        raise ValueError(f"more than {thousands(most_values)} values")
    try:
        plain = json.loads(text, parse_int=_integer)
    except RecursionError:
        raise ValueError("endlessly nested lists") from None
    _require_sound(plain, MOST_DEPTH)
    return plain


def is_sound(text: str) -> bool:
    """Whether a text contains neither NUL nor lone surrogates."""
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
