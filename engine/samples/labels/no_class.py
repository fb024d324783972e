"""Labels that mean “no class”: values given by the user, and names with that meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...contract import means_no_class
from .class_names import clean


@dataclass(frozen=True)
class NoClass:
    """The labels that mean “no class”.

    ``given`` are values or names, as entered by the user; None by default. Names with that meaning count
    in addition; with an empty ``given``, no name does.
    """

    given: tuple[str, ...] | None = None

    @property
    def by_name(self) -> bool:
        """Whether names that mean “no class” count."""
        return self.given != ()

    def numbers(self) -> tuple[float, ...]:
        """The given values that are numbers."""
        return tuple(number for number in map(_number, self.given or ()) if number is not None)

    def is_given(self, text: str, meaning: str = "") -> bool:
        """Whether a label's value (as text), or its legend entry, was given."""
        wanted = {clean(word) for word in self.given or ()}
        number = _number(text)
        same = number is not None and any(np.float32(number) == np.float32(other) for other in self.numbers())
        return same or text in wanted or (meaning != "" and meaning in wanted)

    def named(self, values: Mapping[str, str]) -> set[str]:
        """The values whose names mean “no class”."""
        return {value for value, name in values.items() if means_no_class(name)} if self.by_name else set()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
