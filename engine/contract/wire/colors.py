"""Colours as all files of CoLearn have them: ``#rrggbb``, and nothing else that a page or a style could obey."""

from __future__ import annotations

import re

from .codec import CodecError

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def require_color(text: str) -> None:
    """Raise unless a text is ``#rrggbb``.

    Raises:
        CodecError: it is something else.
    """
    if not _COLOR.fullmatch(text):
        raise CodecError("color", repr(text[:40]), "#rrggbb")
