"""Sanitizing untrusted texts (names of classes, bands, files, texts of a model) for display.

Qt interprets a label that looks like HTML as rich text, and loads its images; QGIS evaluates the content of ``[% %]``;
terminals interpret control characters; bidirectional marks make a name look like another one.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 800  # of one text: an error must fit on a screen

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def without_controls(text: str) -> str:
    """The text without control or invisible characters; line ends and tabs are kept."""
    return _CONTROLS.sub("\ufffd", text)


def shown_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text, safe for display: no markup, no expression, no control characters, of limited length."""
    plain = _TAG.sub("\u2039", without_controls(text)).replace("[%", "[ %")
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
