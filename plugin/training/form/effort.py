"""Quick, standard, thorough: what an effort sets. Once the engine has an effort itself, only this module changes."""

from __future__ import annotations

from enum import Enum
from typing import Any, Optional

from ....engine.contract import Method
from .settings import Settings, default_setting


class Effort(str, Enum):
    """How much time a training may take."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


# Quick: one method and fewer epochs on fewer samples. Thorough: every sample is tested once, so that scores are surer.
_SETTINGS: dict[Effort, dict[str, Any]] = {
    Effort.QUICK: {"method": Method.MDICO_DISTILLATION, "epochs": 12, "max_samples": 3000},
    Effort.STANDARD: {},
    Effort.THOROUGH: {"epochs": 50, "max_samples": 20_000, "folds": 5},
}
_TOUCHED = ("method", "epochs", "max_samples", "folds")


def with_effort(settings: Settings, effort: Effort) -> Settings:
    """The settings at an effort; what it does not concern stays."""
    values = {**{name: default_setting(name) for name in _TOUCHED}, **_SETTINGS[effort]}
    return settings.having(**values)


def effort_of(settings: Settings) -> Optional[Effort]:
    """The effort that the settings are at; None where a person has set them otherwise."""
    for effort in Effort:
        if all(settings.get(name) == with_effort(settings, effort).get(name) for name in _TOUCHED):
            return effort
    return None


def more_effort(settings: Settings) -> Settings:
    """The settings for training again with more: the next effort, else twice the epochs and a repeat more."""
    order = tuple(Effort)
    now = effort_of(settings)
    if now is not None and now is not order[-1]:
        return with_effort(settings, order[order.index(now) + 1])
    return settings.having(epochs=2 * settings.get("epochs"), repeats=settings.get("repeats") + 1)
