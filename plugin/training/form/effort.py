"""Quick, standard, thorough: the effort of the method “automatic”, and the next higher one."""

from __future__ import annotations

from typing import Optional

from ....engine.contract import Effort, Method
from .settings import Settings


def with_effort(settings: Settings, effort: Effort) -> Settings:
    """The settings with an effort, which only the automatic method has."""
    return settings.having(method=Method.AUTO, effort=effort)


def effort_of(settings: Settings) -> Optional[Effort]:
    """The effort of the settings; None if the user has chosen a method."""
    effort: Effort = settings.get("effort")
    return effort if settings.get("method") is Method.AUTO else None


def more_effort(settings: Settings) -> Settings:
    """The settings for training again with more effort: the next level, else one more repeat, and epochs twice.

    Epochs only if the user has set them: their usual number is enough.
    """
    order = tuple(Effort)
    now = effort_of(settings)
    if now is not None and now is not order[-1]:
        return with_effort(settings, order[order.index(now) + 1])
    epochs = settings.get("epochs")
    return settings.having(epochs=epochs and 2 * epochs, repeats=settings.get("repeats") + 1)
