"""Handlers that clean up and report when the process is ended from outside: by a signal, or by its parent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

ExitHandler = Callable[[], str]

_acts: list[ExitHandler] = []


@contextmanager
def exit_handler(act: ExitHandler) -> Iterator[None]:
    """Register a handler to be called if the process is ended within this context.

    Args:
        act: quick, and safe in any thread at any time; returns a message about what is left, or "".
    """
    _acts.append(act)
    try:
        yield
    finally:
        _acts.remove(act)


def act_last() -> list[str]:
    """Call all handlers; returns their messages."""
    return [words for words in [act() for act in list(_acts)] if words]
