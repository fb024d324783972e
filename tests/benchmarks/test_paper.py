"""The paper's protocol runs, and what it found comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from colearn.benchmarks.method import paper
from colearn.benchmarks.method.cells import EVERYTHING, settings_for
from colearn.benchmarks.method.dataset import Dataset
from colearn.benchmarks.method.paper import paper_scores, run_paper
from colearn.engine.contract.job.job import Task

from synthetic_samples import make_samples


def test_paper_protocol(tmp_path: Path, monkeypatch) -> None:
    torch.set_num_threads(1)
    made = make_samples(Task.REGRESSION, count=80)
    radar = replace(made.sensors[1], values=np.nan_to_num(made.sensors[1].values))
    optical = replace(radar, name="optical", values=-radar.values)
    dataset = Dataset("made", replace(made, sensors=(radar, optical), target=made.target[:, :1]), ("%",), "made up")
    monkeypatch.setattr(paper, "settings_for", lambda *of: replace(settings_for(*of), epochs=1))
    path = tmp_path / "paper.json"
    run_paper(dataset, path, folds=2, most_epochs=1)
    found = paper_scores(path)
    methods = {(each.sensor, each.method) for each in found}
    one = {(name, method) for name in dataset.sensors for method in ("alone", "MDiCo", "forest")}
    assert methods == one | {(EVERYTHING, "forest"), (EVERYTHING, "fused")}
    monkeypatch.setattr(paper, "_predictions", None)  # nothing is trained again
    run_paper(dataset, path, folds=2, most_epochs=1)
    assert paper_scores(path) == found


def test_no_paper_scores_yet(tmp_path: Path) -> None:
    assert paper_scores(tmp_path / "paper.json") == ()
