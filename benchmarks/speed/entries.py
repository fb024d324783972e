"""What a subject enters for measuring: contestants for the rounds, and figures that are looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .rounds import Contestant

Facts = dict[str, float]
Work = Callable[[], object]


class MissingError(Exception):
    """A contestant that cannot be had here; its words say why, for the page."""


@dataclass(frozen=True)
class Entry:
    """A contestant to be: ``ready`` makes its work, or raises :class:`MissingError`."""

    name: str
    amount: float
    ready: Callable[[], Work]


def nothing_more() -> Facts:
    """No figures."""
    return {}


@dataclass(frozen=True)
class Prepared:
    """A subject that is ready to run.

    ``facts`` finds what is no matter of rounds (errors, memory, agreement), once, after them. ``missing`` tells why a
    contestant or a figure is not there.
    """

    contestants: tuple[Contestant, ...] = ()
    facts: Callable[[], Facts] = nothing_more
    missing: dict[str, str] = field(default_factory=dict)


def prepared(entries: Iterable[Entry], facts: Callable[[], Facts] = nothing_more) -> Prepared:
    """Make everyone ready who can be."""
    contestants, missing = [], {}
    for entry in entries:
        try:
            contestants.append(Contestant(entry.name, entry.amount, entry.ready()))
        except MissingError as error:
            missing[entry.name] = str(error)
    return Prepared(tuple(contestants), facts, missing)
