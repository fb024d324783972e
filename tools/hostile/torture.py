"""Kills at every file operation, cancels, full and read-only drives, file size limits, many maps; prints a table.

    python tools/hostile/torture.py [--maps 1000] [--cancels 100] [--only WORD] [--again]

Each row runs in a separate sandbox, and its result is kept in build/torture: an interrupted run resumes, ``--again``
starts anew. Violations are printed, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

from hostile import journeys, strain  # noqa: E402
from hostile.kills import Row, at_moments, at_operations, states  # noqa: E402
from hostile.sandbox import run_inside, work_folder  # noqa: E402

KEPT = ROOT / "build" / "torture"
MOST_SHOWN = 20
_PREDICTIONS = {f"kills-{each}": at for at, each in enumerate(("map", "parts", "cog", "cog-parts"))}


def main() -> int:
    """Run one row inside the sandbox, or all rows without a result."""
    options = _parse()
    work = work_folder()
    if work is not None:
        row = _rows(work, options)[options.only]()
        (work / "row.json").write_text(json.dumps([str(row), row.faults]))
        return 0
    if options.again:
        shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("| what | tried | held | |\n|---|---|---|---|\n")
    told = [_kept(name, options) for name in _rows(Path(), options) if (options.only or "") in name]
    faults = [f"{name}: {fault}" for name, found in told for fault in found]
    sys.stdout.writelines(f"  {fault}\n" for fault in faults[:MOST_SHOWN])
    return 1 if faults else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--maps", type=int, default=1000, help="of the soak")
    parser.add_argument("--cancels", type=int, default=100)
    parser.add_argument("--only", help="rows with this word in their name")
    parser.add_argument("--again", action="store_true", help="forget the rows that are kept")
    return parser.parse_args()


def _rows(work: Path, options: argparse.Namespace) -> dict[str, Callable[[], Row]]:
    """All rows by name, not yet run."""

    def scene() -> Path:
        return journeys.a_scene(work)

    return {
        **{name: partial(_killed_map, work, at) for name, at in _PREDICTIONS.items()},
        "kills-evaluation": lambda: at_operations(journeys.evaluation(work)),
        "kills-moments": lambda: at_moments([*journeys.predictions(work), journeys.evaluation(work)], 40),
        "states-training": lambda: states(journeys.training(work), work),
        "kills-training": lambda: at_operations(journeys.training(work), step=9),
        "limits": lambda: strain.limited(work, scene()),
        "full": lambda: strain.full(work, scene()),
        "read-only": lambda: strain.read_only(work, scene()),
        "vanishing": lambda: strain.vanishing(work, scene()),
        "writers": lambda: strain.two_writers(work, scene(), journeys.a_scene(work, "other.tif", turned=True), 50),
        "cancels": lambda: strain.cancelled(work, scene(), options.cancels),
        "soak": lambda: strain.soak(work, scene(), options.maps),
    }


def _killed_map(work: Path, at: int) -> Row:
    return at_operations(journeys.predictions(work)[at])


def _kept(name: str, options: argparse.Namespace) -> tuple[str, list[str]]:
    """The result of a row: from an earlier run, or from a sandbox now."""
    place = KEPT / f"{name}.json"
    if not place.exists():
        arguments = ["--only", name, "--maps", str(options.maps), "--cancels", str(options.cancels)]
        code = run_inside(Path(__file__), arguments, bring=("row.json", place))
        if code or not place.exists():
            return name, [f"ended with exit code {code}"]
    line, faults = json.loads(place.read_text())
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return name, faults


if __name__ == "__main__":
    sys.exit(main())
