"""Names of predictors: the kinds in an average, and the reference with which it is compared."""

from __future__ import annotations

REFERENCE = "random forest"  # on each sensor alone, and on all of them
_KINDS = "networks", "forests"


def kinds_of_average(networks: bool = True) -> str:
    """The kinds in an average, as text; without ``networks`` those that exist from the start."""
    return " and ".join(_KINDS if networks else _KINDS[1:])
