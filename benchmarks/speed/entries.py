"""What a subject measures: contestants that run in rounds, and facts that are determined once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .rounds import Contestant

Facts = dict[str, float]
Work = Callable[[], object]


class MissingError(Exception):
    """A contestant that is not available here; its text is the reason on the page."""


@dataclass(frozen=True)
class Entry:
    """A contestant before its preparation: ``ready`` returns its work, or raises :class:`MissingError`."""

    name: str
    amount: float
    ready: Callable[[], Work]


def nothing_more() -> Facts:
    """No facts."""
    return {}


@dataclass(frozen=True)
class Prepared:
    """A subject that is ready to run.

    ``facts`` determines what needs no rounds (errors, memory, agreement), once, after them. ``missing`` are the reasons
    why contestants or facts are not available.
    """

    contestants: tuple[Contestant, ...] = ()
    facts: Callable[[], Facts] = nothing_more
    missing: dict[str, str] = field(default_factory=dict)


def prepared(entries: Iterable[Entry], facts: Callable[[], Facts] = nothing_more) -> Prepared:
    """Prepare all available contestants."""
    contestants, missing = [], {}
    for entry in entries:
        try:
            contestants.append(Contestant(entry.name, entry.amount, entry.ready()))
        except MissingError as error:
            missing[entry.name] = str(error)
    return Prepared(tuple(contestants), facts, missing)
