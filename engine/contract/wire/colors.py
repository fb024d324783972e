"""Colours in all files of CoLearn: only ``#rrggbb``, so that nothing can be injected into a page or style."""

from __future__ import annotations

import re

from .codec import CodecError

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def require_color(text: str) -> None:
    """Raise unless a text is ``#rrggbb``.

    Raises:
        CodecError: it is not.
    """
    if not _COLOR.fullmatch(text):
        raise CodecError("color", repr(text[:40]), "#rrggbb")
