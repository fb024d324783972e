"""Sanitizing untrusted texts (names of classes, bands, files, texts of a model) for display.

Qt interprets a label that looks like HTML as rich text, and loads its images; QGIS evaluates the content of ``[% %]``;
terminals interpret control characters; bidirectional marks make a name look like another one.
"""

from __future__ import annotations

import re
from typing import Union

MOST_CHARACTERS = 800  # of one text: an error must fit on a screen

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_UNDECODED = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def decoded(text: Union[str, bytes]) -> str:
    """A text of a file that may be in another encoding than UTF-8: then in that of Windows, or Latin-1.

    GDAL hands on what is no UTF-8 as bytes, or as lone surrogates, which no file can hold: a training would fail when
    it writes its model.
    """
    if isinstance(text, str) and not _UNDECODED.search(text):
        return text
    try:
        raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    except UnicodeEncodeError:
        return without_controls(str(text))
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def without_controls(text: str) -> str:
    """The text without control or invisible characters; line ends and tabs are kept."""
    return _CONTROLS.sub("\ufffd", text)


def shown_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text, safe for display: no markup, no expression, no control characters, of limited length."""
    plain = _TAG.sub("\u2039", without_controls(text)).replace("[%", "[ %")
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
