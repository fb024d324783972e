"""Mutated models, graphs, jobs, journals, CRS texts and dates, as many as fit into a time; every failure is kept.

    python tools/hostile/fuzz.py [SECONDS] [SEED]

A failure is an exception that is none of ours, or an answer that takes longer than five seconds. What failed is written
to the sandbox's folder and printed; the exit code is then 1.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

from hostile.sandbox import run_inside, work_folder  # noqa: E402

PATIENCE_S = 5
SEEDS = {
    "crs": [
        b"EPSG:32633",
        b"+proj=utm +zone=33 +datum=WGS84",
        b"urn:ogc:def:crs:EPSG::4326",
        b'GEOGCS["a",DATUM["b"]]',
    ],
    "date": [b"S2A_MSIL2A_20240531T101031", b"LC08_L2SP_2024-05-31", b"2024_05", b"mosaic 31.05.2024", b"doy2024152"],
    "journal": [b'{"new": {"map.tif": [1, 2]}, "stale": ["map.tif.ovr"], "token": "t", "head": "", "members": []}'],
}
_PIECES = (
    b"\x00",
    b"\xff" * 4,
    b"{",
    b"[" * 50,
    b'"',
    b"9" * 30,
    b"-1",
    b"1e999",
    b"null",
    b"../",
    b"/dev/zero",
    b"\\ud800",
)


class SlowError(Exception):
    """It took longer than anybody waits."""


def main() -> int:
    """Run in the sandbox, or enter it."""
    work = work_folder()
    if work is None:
        return run_inside(Path(__file__), sys.argv[1:])
    seconds, seed = (int(each) for each in (*sys.argv[1:3], *("60", "0")[len(sys.argv) - 1 :]))
    chance, targets = random.Random(seed), targets_in(work)  # noqa: S311
    counts, failures, ends = Counter(), [], time.monotonic() + seconds
    signal.signal(signal.SIGALRM, _too_slow)
    while time.monotonic() < ends:
        name = chance.choice(list(targets))
        seeds, target = targets[name]
        content = mutated(chance.choice(seeds), chance)
        try:
            signal.alarm(PATIENCE_S)
            target(content)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is a finding)
            kept = work / f"{name}-{len(failures)}"
            kept.write_bytes(content)
            failures.append(f"{name}: {type(error).__name__}: {error} ({content[:80]!r})")
        finally:
            signal.alarm(0)
        counts[name] += 1
    told = ", ".join(f"{count:,} of {name}" for name, count in sorted(counts.items()))
    sys.stdout.write(f"tried {sum(counts.values()):,} ({told}); failures: {len(failures)}\n")
    sys.stdout.writelines(f"  {failure}\n" for failure in failures[:20])
    return 1 if failures else 0


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Bits turned, pieces cut out, doubled, exchanged, and put in."""
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        at, length = chance.randrange(len(changed) + 1), chance.choice((1, 2, 4, 16, 256))
        kind = chance.randrange(5)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del changed[at : at + length]
        elif kind == 2:
            other = chance.randrange(len(changed) + 1)
            changed[at:at] = changed[other : other + length]
        elif kind == 3:
            changed[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
        else:
            changed[at:at] = chance.choice(_PIECES)
    return bytes(changed)


def targets_in(work: Path) -> dict[str, tuple[list[bytes], Callable[[bytes], None]]]:
    """Each target: what it starts from, and what is done with a mutation; it may raise nothing."""
    from engine.contract import CoLearnError, job_from_text
    from engine.contract.naming import take_apart
    from engine.model_file.archive import ModelFile
    from engine.model_file.graph_wire import WireError, read_graph
    from engine.outputs.journal import StrangeJournalError, read_journal
    from engine.raster.geo.crs import reference
    from hostile.seeds import a_graph, a_job, a_model

    place = work / ".map.colearn-0"
    place.mkdir()

    def model(content: bytes) -> None:
        (work / "model.colearn").write_bytes(content)
        try:
            ModelFile.open(work / "model.colearn")
        except CoLearnError as error:
            error.sentence().encode()

    def graph(content: bytes) -> None:
        try:
            read_graph(content)
        except WireError:
            return

    def job(content: bytes) -> None:
        try:
            job_from_text(content.decode("utf-8", "replace"))
        except CoLearnError as error:
            error.sentence().encode()

    def journal(content: bytes) -> None:
        (place / ".colearn-journal").write_bytes(content)
        try:
            read_journal(place)
        except StrangeJournalError:
            return

    def crs(content: bytes) -> None:
        try:
            reference(content.decode("utf-8", "replace"))
        except CoLearnError:
            return

    def date(content: bytes) -> None:
        take_apart(content.decode("utf-8", "replace"))

    return {
        "models": ([a_model()], model),
        "graphs": ([a_graph()], graph),
        "jobs": ([a_job().encode(), json.dumps(json.loads(a_job())).encode()], job),
        "journals": (SEEDS["journal"], journal),
        "CRS texts": (SEEDS["crs"], crs),
        "names with dates": (SEEDS["date"], date),
    }


def _too_slow(*_arguments: object) -> None:
    raise SlowError(f"longer than {PATIENCE_S} s")


if __name__ == "__main__":
    sys.exit(main())
