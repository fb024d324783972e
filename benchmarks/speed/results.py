"""Results, stored as one JSON file per subject, from which the page is made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from ...engine.contract.wire import from_plain, to_plain
from ..method.results import replace_whole
from .machine import Machine
from .rounds import Runs


@dataclass(frozen=True)
class Result:
    """A subject's runs and facts. ``run`` identifies the run of the benchmark: ratios are valid only within one."""

    subject: str
    run: str
    date: str
    machine: Machine
    runs: dict[str, Runs] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


class Store:
    """Results in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, result: Result) -> None:
        """Store a result, replacing an earlier one of its subject."""
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(to_plain(result), indent=1, ensure_ascii=False)
        path = self._folder / f"{result.subject}.json"
        replace_whole(path, lambda staged: staged.write_text(text, encoding="utf-8"))

    def all(self) -> dict[str, Result]:
        """All results by subject."""
        found = {}
        for path in sorted(self._folder.glob("*.json")):
            result = from_plain(Result, json.loads(path.read_text(encoding="utf-8")), path.name)
            found[result.subject] = result
        return found
