"""Names of classes: stripped of blanks, reported if similar, and unique in a map."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def clean(text: str) -> str:
    """A name without blanks around it (of any kind), single ones inside, in composed characters."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_ZERO_WIDTH).split())


def alike(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of different names that differ in case or blanks only, sorted."""
    groups: dict[str, set[str]] = defaultdict(set)
    for name in names:
        groups["".join(name.split()).casefold()].add(name)
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def unique_names(names: Mapping[str, str]) -> dict[str, str]:
    """Unique names by value: if several values have the same name, the value is appended."""
    times = Counter(names.values())
    taken = {name for name, number in times.items() if number == 1}  # these are unchanged
    found: dict[str, str] = {}
    for value, name in names.items():
        unique = name
        if times[name] > 1:
            unique = f"{name} ({value})"
            while unique in taken:
                unique = f"{unique} ({value})"
            taken.add(unique)
        found[value] = unique
    return found
