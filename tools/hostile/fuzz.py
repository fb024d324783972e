"""Mutated models, graphs, jobs, journals, CRS texts and dates, as many as possible in a given time.

    python tools/hostile/fuzz.py [SECONDS] [SEED] [--keep]

A failure is an exception other than CoLearn's, or an input that takes longer than five seconds. Failed inputs are
printed by number, from which :func:`made` reproduces them; the exit code is then 1. With ``--keep``, inputs that end at
a new place of the code are added to the corpus, which the tests replay.
"""

from __future__ import annotations

import json
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

from hostile.sandbox import run_inside, work_folder  # noqa: E402

CORPUS = ROOT / "tests" / "security" / "corpus.json"
FAILED = "FAILED"
PATIENCE_S = 5
MOST_KEPT = 60  # inputs per target
MOST_WORDS = 40
_SHAPE = re.compile(r"[^A-Za-z ]|'[^']*'")
Act = Callable[[bytes], object]
Target = tuple[list[bytes], Act]
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
    """An input took too long."""


def main() -> int:
    """Run in the sandbox, or start it."""
    work = work_folder()
    if work is None:
        kept = ("corpus.json", CORPUS) if "--keep" in sys.argv else None
        return run_inside(Path(__file__), sys.argv[1:], bring=kept)
    numbers = [int(each) for each in sys.argv[1:] if each != "--keep"]
    seconds, seed = (*numbers, *(60, 0)[len(numbers) :])
    found = fuzzed(targets_in(work), random.Random(seed), seconds)  # noqa: S311
    told = ", ".join(f"{count:,} of {name}" for name, count in sorted(found.counts.items()))
    failures = found.failures
    sys.stdout.write(f"tried {sum(found.counts.values()):,} ({told}); failures: {len(failures)}\n")
    sys.stdout.writelines(f"  {failure}\n" for failure in failures[:20])
    (work / "corpus.json").write_text(as_text(found.ends), encoding="utf-8")
    return 1 if failures else 0


@dataclass
class Found:
    """The result of a run: the number of inputs, the failures, and one input for each place where they ended."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    ends: dict[str, dict[str, int]] = field(default_factory=dict)


def fuzzed(targets: dict[str, Target], chance: random.Random, seconds: float) -> Found:
    """Fuzz the targets with mutations of their seeds until the time is over."""
    found, ends = Found(), time.monotonic() + seconds
    signal.signal(signal.SIGALRM, _too_slow)
    while time.monotonic() < ends:
        name, number = chance.choice(list(targets)), chance.randrange(2**32)
        seeds, act = targets[name]
        end = end_of(act, made(number, seeds))
        if end.startswith(FAILED):
            found.failures.append(f"{name} {number}: {end}")
        elif len(found.ends.setdefault(name, {})) < MOST_KEPT:
            found.ends[name].setdefault(end, number)
        found.counts[name] += 1
    return found


def made(number: int, seeds: list[bytes]) -> bytes:
    """The input with this number."""
    chance = random.Random(number)  # noqa: S311
    return mutated(chance.choice(seeds), chance)


def end_of(act: Act, content: bytes) -> str:
    """Where processing of an input ended, and with which message; begins with ``FAILED`` if this is a failure."""
    try:
        signal.alarm(PATIENCE_S)
        answer = act(content)
    except Exception as failure:  # noqa: BLE001  (whatever it is, it is a finding)
        return f"{FAILED} {type(failure).__name__}: {failure}"
    finally:
        signal.alarm(0)
    kind = _SHAPE.sub("", re.sub(r"[0-9]+", "0", str(answer)))[:MOST_WORDS]
    if not isinstance(answer, Exception):
        return f"accepted {kind}"
    frames = traceback.extract_tb(answer.__traceback__)[-2:]
    return f"{' < '.join(f'{Path(frame.filename).name}:{frame.lineno}' for frame in reversed(frames))} {kind}"


def as_text(ends: dict[str, dict[str, int]]) -> str:
    """The corpus as text: numbers by target."""
    return json.dumps({name: sorted(numbers.values()) for name, numbers in sorted(ends.items())}, indent=1) + "\n"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A mutation: bits flipped, parts deleted, duplicated, exchanged or inserted."""
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


def targets_in(work: Path) -> dict[str, Target]:
    """The targets: seeds, and the function under test, which returns a CoLearn error or a value."""
    from engine.contract import CoLearnError, job_from_text
    from engine.contract.naming import take_apart
    from engine.model_file import ModelFile, WireError, read_graph
    from engine.outputs import StrangeJournalError, read_journal
    from engine.raster.geo import reference
    from hostile.seeds import a_graph, a_model, jobs

    place = work / ".map.colearn-0"
    place.mkdir()

    def model(content: bytes) -> object:
        (work / "model.colearn").write_bytes(content)
        try:
            ModelFile.open(work / "model.colearn")
        except CoLearnError as error:
            error.sentence().encode()
            return error
        return None

    def graph(content: bytes) -> object:
        try:
            read_graph(content)
        except WireError as error:
            return error
        return None

    def job(content: bytes) -> object:
        try:
            job_from_text(content.decode("utf-8", "replace"))
        except CoLearnError as error:
            error.sentence().encode()
            return error
        return None

    def journal(content: bytes) -> object:
        (place / ".colearn-journal").write_bytes(content)
        try:
            read_journal(place)
        except StrangeJournalError as error:
            return error
        return None

    def crs(content: bytes) -> object:
        try:
            reference(content.decode("utf-8", "replace"))
        except CoLearnError as error:
            return error
        return None

    def date(content: bytes) -> object:
        return re.sub("[0-9]", "D", str(take_apart(content.decode("utf-8", "replace"))).rpartition("date")[2])

    texts = [text.encode() for text in jobs()]
    return {
        "models": ([a_model()], model),
        "graphs": ([a_graph()], graph),
        "jobs": ([*texts, *(json.dumps(json.loads(text)).encode() for text in texts)], job),
        "journals": (SEEDS["journal"], journal),
        "CRS texts": (SEEDS["crs"], crs),
        "names with dates": (SEEDS["date"], date),
    }


def _too_slow(*_arguments: object) -> None:
    raise SlowError(f"longer than {PATIENCE_S} s")


if __name__ == "__main__":
    sys.exit(main())
