"""Makes tests/models/schema_N.colearn: a model as written by this version, small enough to be kept permanently.

    python tools/model_fixture.py

Two sensors of the tests' synthetic world, small networks, no report. Made once per schema, and committed: later
versions must open it and map with it (tests/engine/test_kept_models.py). It is never recreated for an old schema.
"""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "tests" / "models"
WIDTH = 8


def main() -> int:
    """Train it and write it for the tests; refuses to replace an existing one."""
    sys.path.insert(0, str(ROOT / "tests"))
    importlib.import_module("conftest")  # registers the checkout under its package name
    manifest = importlib.import_module("colearn.engine.contract.manifest.manifest_text")
    target = MODELS / f"schema_{manifest.MANIFEST_SCHEMA}.colearn"
    if target.exists():
        sys.stdout.write(f"{target} is there; a model of a schema is made once\n")
        return 1
    train = importlib.import_module("colearn.engine.train")
    train.NetworkDesign = partial(train.NetworkDesign, width=WIDTH, hidden=WIDTH)
    train.training_report = lambda *_evidence: "<!doctype html><title>no report</title>"
    from journeys import run_train, train_job
    from world import make_world

    with tempfile.TemporaryDirectory(prefix="colearn-fixture-") as folder:
        world = make_world(Path(folder) / "world")
        run_train(train_job(world, Path(folder), output_report=None, context_m=30.0, epochs=40))
        MODELS.mkdir(exist_ok=True)
        shutil.copy(Path(folder) / "model.colearn", target)
    sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
