"""Runs killed at file operations and at random times: files are old or new, and complete after the next run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hostile.journeys import Journey, files, in_child, renew

OWN = ".colearn-"  # part of the names of temporary files
PARTS = ".colearn-parts-"  # parts of a map, kept on request until it is complete
_TEMPORARY = ("colearn-", "tmp", "ort.", "pre.")  # prefixes of temporary files of CoLearn and its libraries


@dataclass
class Row:
    """One row of the table: what was tried, how often, and the violations."""

    name: str
    tried: int = 0
    faults: list[str] = field(default_factory=list)
    note: str = ""

    def __str__(self) -> str:
        held = self.tried - len({fault.partition(":")[0] for fault in self.faults})
        return f"| {self.name} | {self.tried:,} | {held:,} | {self.note} |"


@dataclass(frozen=True)
class Ends:
    """The two valid sets of files: before the journey, and after it."""

    journey: Journey
    old: dict[str, bytes]
    new: dict[str, bytes]

    @classmethod
    def of(cls, journey: Journey) -> Ends:
        """As left by an undisturbed run.

        Raises:
            ChildProcessError: the run fails.
        """
        renew(journey.folder, journey.old)
        if in_child(journey.run):
            raise ChildProcessError(f"{journey.name}: does not run")
        return cls(journey, journey.old, files(journey.folder))

    def faults_at_once(self) -> list[str]:
        """Violations right after a kill: incomplete or lost files."""
        there = files(self.journey.folder)
        shown = {name: content for name, content in there.items() if OWN not in name}
        halves = [name for name, content in shown.items() if content not in (self.old.get(name), self.new.get(name))]
        kept = [content for name, content in there.items() if ".colearn-earlier" in name]
        lost = [each for each, old in self.old.items() if each not in shown and old not in kept and shown != self.new]
        mixed = shown not in (self.old, self.new)
        found = [f"{name} is neither old nor new" for name in halves] + [f"{name} is lost" for name in lost]
        if mixed and not any(name.endswith(".colearn-journal") for name in there):
            found.append(f"old and new, and no journal of it: {sorted(shown)}")
        return found

    def faults_when_settled(self) -> list[str]:
        """Violations after a next run that starts and fails itself."""
        if in_child(self._begin):
            return ["the next run does not begin"]
        there = {name: content for name, content in files(self.journey.folder).items() if PARTS not in name}
        left = [name for name in there if OWN in name]
        if left:
            return [f"left {left[:3]}"]
        return [] if there in (self.old, self.new) else [f"neither the old set nor the new one: {sorted(there)}"]

    def faults_after_next(self) -> list[str]:
        """Violations after a successful next run."""
        if in_child(self.journey.run):
            return ["the next run failed"]
        there = files(self.journey.folder)
        other = _difference(there, self.new, self.journey.alike)
        found = [f"after the next run {other}"] if other else []
        left = [name for name in os.listdir(tempfile.gettempdir()) if name.startswith(_TEMPORARY)]
        return found + ([f"left {left[:3]} among temporary files"] if left else [])

    def _begin(self) -> None:
        from engine.outputs import OutputSet

        with OutputSet() as outputs:
            for name in self.journey.outputs:
                outputs.stage(self.journey.folder / name)


def at_operations(journey: Journey, step: int = 1) -> Row:
    """Kill at each file operation in turn, or each ``step``-th, until a run finishes."""
    from killed import is_killed

    note = "at every operation" if step == 1 else f"at every {step}th operation"
    row, ends, operation = Row(f"kills of {journey.name}", note=note), Ends.of(journey), 0
    while True:
        renew(journey.folder, journey.old)
        if not is_killed(journey.run, operation):
            return row
        _judge(row, ends, f"operation {operation}", full=True)
        operation += step


def at_moments(journeys: list[Journey], count: int) -> Row:
    """Kill after random times: in Python, in GDAL, in the network."""
    row = Row("kills at any moment of a run", note=f"{count} a journey")
    for journey in journeys:
        ends = Ends.of(journey)
        began = time.monotonic()
        renew(journey.folder, journey.old)
        in_child(journey.run)
        lasts_s = time.monotonic() - began
        for number in range(count):
            renew(journey.folder, journey.old)
            _kill_after(journey.run, lasts_s * (number + 0.5) / count)
            _judge(row, ends, f"{journey.name} after {number}/{count} of it", full=number % 5 == 0)
    return row


def states(journey: Journey, work: Path) -> Row:
    """Inspect one long run as if it had been killed at each of its operations, while it continues.

    A kill leaves the files as they are, without locks. So at each operation the run's folder is renamed, which keeps
    its open files valid, and a copy of it is inspected, in which nothing is locked.
    """
    row = Row(f"{journey.name} looked at before every operation", note="what a kill would leave; one run")
    ends, told = Ends.of(journey), work / "states.json"
    renew(journey.folder, journey.old)

    def run() -> None:
        looked = _Looking(row, ends, work / "aside")
        looked.follow(journey.run)
        told.write_text(json.dumps([looked.row.tried, looked.row.faults]))

    if in_child(run):
        row.faults.append("the run itself failed")
        return row
    row.tried, row.faults = json.loads(told.read_text())
    return row


class _Looking:
    def __init__(self, row: Row, ends: Ends, aside: Path) -> None:
        self.row, self._ends, self._aside = row, ends, aside
        self._is_looking = False

    def follow(self, run: Callable[[], object]) -> None:
        from killed import before_each_operation

        before_each_operation(self._look)
        run()
        self._is_looking = True  # writes by the inspection itself do not count

    def _look(self) -> None:
        if self._is_looking:
            return
        self._is_looking = True
        folder = self._ends.journey.folder
        folder.rename(self._aside)
        shutil.copytree(self._aside, folder, symlinks=True)
        _judge(self.row, self._ends, f"operation {self.row.tried}", full=False)
        shutil.rmtree(folder)
        self._aside.rename(folder)
        self._is_looking = False


def _judge(row: Row, ends: Ends, where: str, full: bool) -> None:
    row.tried += 1
    found = [*ends.faults_at_once(), *ends.faults_when_settled()]
    if full:
        found += ends.faults_after_next()
    row.faults += [f"{where}: {fault}" for fault in found]


def _kill_after(work: Callable[[], object], seconds: float) -> None:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _difference(there: dict[str, bytes], expected: dict[str, bytes], alike: Callable[[bytes, bytes], bool]) -> str:
    """How files differ from those expected; empty if they do not."""
    more, less = sorted(there.keys() - expected.keys()), sorted(expected.keys() - there.keys())
    other = sorted(name for name in there.keys() & expected.keys() if not alike(there[name], expected[name]))
    return f"too many {more[:3]}, missing {less[:3]}, other {other[:3]}" if more or less or other else ""
