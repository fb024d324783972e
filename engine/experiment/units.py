"""The units of regression targets, from the job."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import ErrorCode, InputError
from ..process import counted
from ..samples.labels import LabelSpace


def target_units(units: Sequence[str], space: LabelSpace) -> tuple[str, ...]:
    """One unit per target, empty if none is given; a single unit applies to every target.

    Raises:
        InputError: units for targets without any, or a number of units other than that of the targets.
    """
    targets = len(space.names)
    if not any(unit.strip() for unit in units):
        return ("",) * targets
    if space.task.has_probabilities:
        raise _unfit(units, "no unit, because classes have none")
    if len(units) not in (1, targets):
        several = "" if targets == 1 else f", or {targets}, one per field: {', '.join(space.names)}"
        raise _unfit(units, f"one unit for all targets{several}")
    named = tuple(unit.strip() for unit in units)
    return named * targets if len(named) == 1 else named


def _unfit(units: Sequence[str], expected: str) -> InputError:
    return InputError(
        ErrorCode.UNITS_UNFIT,
        subject="TARGET_UNITS",
        found=f"{counted(units, 'unit')}: {', '.join(units)}",
        expected=expected,
        remedy="Leave the units empty, or set one for all targets or one per target, in the order of the label fields.",
    )
