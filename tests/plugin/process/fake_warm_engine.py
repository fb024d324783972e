"""An engine that stays and does as the test says: ``fake_warm_engine.py SCENARIO,SCENARIO… serve --attached --events``.

What it does with the first job, the second and so on, counted over the life of one process; after them all is well.
"""

import json
import os
import sys
import time
from pathlib import Path

scenarios = [each for each in sys.argv[1].split(",") if each]
assert sys.argv[2:] == ["serve", "--attached", "--events"], sys.argv


def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def make_temporary(job):
    path = Path(job["output"])
    folder = path.parent / f".{path.stem}.colearn-{job['run_id']}"
    folder.mkdir()
    (folder / path.name).write_bytes(b"half")


def answer(scenario, job):
    if scenario == "leave":  # as one whose time was up
        sys.exit(0)
    say("started", journey="predict", version="0.0-fake")
    say("message", level="info", code="x", text=str(os.getpid()))
    if scenario == "fail":
        texts = {"subject": "fields", "found": "no features", "expected": "some", "remedy": "Draw some.", "details": ""}
        say("failed", kind="InputError", code="labels_empty", **texts)
        return
    if scenario == "crash":
        make_temporary(job)
        print("Fatal Python error: the GPU has left the building", file=sys.stderr, flush=True)
        sys.exit(7)
    if scenario == "hang":
        make_temporary(job)
        time.sleep(60)
    if scenario != "lie":
        Path(job["output"]).write_text("a map", encoding="utf-8")
    say("finished", outputs={"OUTPUT": job["output"]}, numbers={}, sensor="optical")


say("started", journey="serve", version="0.0-fake")
for line in sys.stdin:
    answer(scenarios.pop(0) if scenarios else "succeed", json.loads(line))
