"""Text shared by messages: lists and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..contract import thousands

_MOST_LISTED = 30


def listed(names: Iterable[object]) -> str:
    """Names as one line, truncated if there are very many."""
    all_names = [str(name) or "(no name)" for name in names]
    shown = ", ".join(all_names[:_MOST_LISTED])
    return shown if len(all_names) <= _MOST_LISTED else f"{shown}, … ({len(all_names)} in total)"


def counted(things: Sequence[object] | int, name: str = "date") -> str:
    """A count with its noun: ``1 date``, ``2 dates``."""
    number = things if isinstance(things, int) else len(things)
    return f"{thousands(number)} {name}{'' if number == 1 else 's'}"
