"""What is cleaned up, and reported, when the process is ended from outside: by a signal, or by who holds its input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

ExitHandler = Callable[[], str]

_acts: list[ExitHandler] = []


@contextmanager
def exit_handler(act: ExitHandler) -> Iterator[None]:
    """Have something done if the process is ended in here.

    Args:
        act: quick, and safe in any thread at any point of the code inside; returns what to say of what is left, or "".
    """
    _acts.append(act)
    try:
        yield
    finally:
        _acts.remove(act)


def act_last() -> list[str]:
    """Do it all; returns what there is to say."""
    return [words for words in [act() for act in list(_acts)] if words]
