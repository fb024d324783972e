"""Inputs that fuzzing found to end in different places, each once more: nothing but our own errors, and soon."""

import json

from unprivileged import ROOT, own_folder, run_python

LEAST_PLACES = 80
CORPUS = ROOT / "tests" / "security" / "corpus.json"
REPLAY = """
import json, signal, sys
from pathlib import Path
sys.path[:0] = ["tools", "tests"]
from hostile import fuzz

signal.signal(signal.SIGALRM, fuzz._too_slow)
targets = fuzz.targets_in(Path(sys.argv[1]))
ends = {}
for name, numbers in json.loads(Path(sys.argv[2]).read_text()).items():
    seeds, act = targets[name]
    ends[name] = [fuzz.end_of(act, fuzz.made(number, seeds)) for number in numbers]
print(json.dumps(ends))
"""


def test_none_of_them_does_harm():
    kept = json.loads(CORPUS.read_text(encoding="utf-8"))
    with own_folder() as folder:
        done = run_python(REPLAY, folder, CORPUS, folder=folder, timeout_s=300)
    assert done.returncode == 0, done.stderr
    ends = json.loads(done.stdout)
    assert {name: len(each) for name, each in ends.items()} == {name: len(each) for name, each in kept.items()}
    assert [(name, end) for name, each in ends.items() for end in each if end.startswith("FAILED")] == []


def test_they_reach_far():
    """Kept for ending in different places. Where seeds change, numbers stand for others: ``fuzz.py --keep`` anew."""
    kept = json.loads(CORPUS.read_text(encoding="utf-8"))
    assert {"models", "graphs", "jobs", "journals", "CRS texts", "names with dates"} == set(kept)
    with own_folder() as folder:
        done = run_python(REPLAY, folder, CORPUS, folder=folder, timeout_s=300)
    places = {name: len({*each}) for name, each in json.loads(done.stdout).items()}
    assert sum(places.values()) >= LEAST_PLACES, places


def test_a_failure_would_be_seen():
    code = "import sys; sys.path[:0] = ['tools', 'tests']; from hostile import fuzz; print(fuzz.end_of(len, None))"
    with own_folder() as folder:
        assert run_python(code, folder=folder).stdout.startswith("FAILED TypeError")
