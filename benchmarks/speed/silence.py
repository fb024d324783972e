"""A sink that hears nothing: a benchmark does not write events."""

from __future__ import annotations

from ...engine.contract.events import Event
from ...engine.process.reporting import Reporter


class Silence:
    """Takes events, and does nothing with them."""

    def send(self, event: Event) -> None:
        """Nobody listens."""


def nobody() -> Reporter:
    """A reporter to nobody."""
    return Reporter(Silence())
