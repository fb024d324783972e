"""An interpreter, run once to see what it can import; cached until it or its packages change. No QGIS in here."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from .child import answer_of, python_command

PROBE_TIMEOUT_S = 120
_PROBE = """
import importlib, importlib.util, json, sys
problems = {}
for name in sys.argv[1].split(","):
    try:
        importlib.import_module(name)
    except Exception as error:
        problems[name] = str(error) or type(error).__name__
for name in sys.argv[2].split(","):
    if importlib.util.find_spec(name) is None:
        problems[name] = "not installed"
print(json.dumps({"version": list(sys.version_info[:3]), "problems": problems}))
"""


@dataclass(frozen=True)
class Health:
    """The result of running an interpreter: its version, and the modules that do not work, with the reason."""

    version: tuple[int, ...]
    problems: dict[str, str]

    def problems_of(self, modules: Iterable[str]) -> dict[str, str]:
        """The problems that concern these modules."""
        return {name: self.problems[name] for name in modules if name in self.problems}


@dataclass(frozen=True)
class NoAnswer:
    """What was found instead of a working interpreter, as text for the user."""

    found: str


Seen = Union[Health, NoAnswer, None]
_State = tuple[int, ...]
_asking = threading.Lock()
_seen: dict[Path, tuple[_State, Seen]] = {}


def health_of(path: Path, imported: Iterable[str], looked_for: Iterable[str]) -> Union[Health, NoAnswer]:
    """The health of the interpreter; runs it unless it is known to work. That may take seconds.

    Args:
        imported: modules that fail in ways only an import shows.
        looked_for: modules whose import takes seconds, so they are only located.
    """
    with _asking:  # concurrent callers get the same result instead of starting a second probe
        known = last_seen(path)
        if isinstance(known, Health):
            return known
        state = _state_of(path)
        found = _asked(path, python_command(path, "-c", _PROBE, ",".join(imported), ",".join(looked_for)))
        _seen[path] = state, found
        return found


def last_seen(path: Path) -> Seen:
    """The result of the last run; None if it was not run, or has changed since."""
    state, found = _seen.get(path, (None, None))
    return found if state == _state_of(path) else None


def forget_all() -> None:
    """Clear the cache: run every interpreter again when next asked."""
    _seen.clear()


def _state_of(path: Path) -> _State:
    """Modification times that change with the interpreter or the packages in its environment."""
    places = [
        path,
        *path.parent.parent.glob("lib/python3*/site-packages"),
        path.parent.parent / "Lib" / "site-packages",
    ]
    return tuple(place.stat().st_mtime_ns for place in places if place.exists())


def _asked(path: Path, command: list[str]) -> Union[Health, NoAnswer]:
    try:
        answer = answer_of(command, PROBE_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return NoAnswer(f"{path}, which does not run ({error})")
    try:
        report = json.loads(answer.stdout.splitlines()[-1])
        return Health(tuple(report["version"]), dict(report["problems"]))
    except (ValueError, IndexError, KeyError, TypeError):
        last_words = " ".join((answer.stderr or answer.stdout).strip().splitlines()[-1:])
        return NoAnswer(f"{path}, which ended with exit code {answer.returncode} {last_words}".strip())
