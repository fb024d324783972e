"""Texts that other people wrote (names of classes, bands, files, a model's words), made harmless to be shown.

Qt takes a label for rich text, and loads its images, where it looks like HTML; QGIS evaluates what stands in ``[% %]``;
terminals obey control characters; marks that turn the direction of writing make a name look like another one.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 800  # of one text: an error shall fit on a screen

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def without_controls(text: str) -> str:
    """The text without what terminals obey or eyes cannot see; line ends and tabs stay."""
    return _CONTROLS.sub("\ufffd", text)


def shown_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text as every window may show it: no markup, no expression, no control characters, of bounded length."""
    plain = _TAG.sub("\u2039", without_controls(text)).replace("[%", "[ %")
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
