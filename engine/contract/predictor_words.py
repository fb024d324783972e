"""What predictors are called: the kinds that an average has, and the reference that it is compared with."""

from __future__ import annotations

REFERENCE = "random forest"  # on each sensor alone, and on all of them
_KINDS = "networks", "forests"


def kinds_of_average(networks: bool = True) -> str:
    """The kinds in an average, as sentences name them; without ``networks`` those that are there from the start."""
    return " and ".join(_KINDS if networks else _KINDS[1:])
