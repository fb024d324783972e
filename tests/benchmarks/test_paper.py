"""The paper's protocol runs, and what it found comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from colearn.benchmarks.method import paper
from colearn.benchmarks.method.cells import EVERYTHING, settings_for
from colearn.benchmarks.method.dataset import Dataset
from colearn.benchmarks.method.paper import read_paper, run_paper, write_paper
from colearn.engine.contract.job import Task

from synthetic_samples import make_samples


def test_paper_protocol(tmp_path: Path, monkeypatch) -> None:
    torch.set_num_threads(1)
    made = make_samples(Task.REGRESSION, count=80)
    radar = replace(made.sensors[1], values=np.nan_to_num(made.sensors[1].values))
    optical = replace(radar, name="optical", values=-radar.values)
    dataset = Dataset("made", replace(made, sensors=(radar, optical), target=made.target[:, :1]), ("%",), "made up")
    monkeypatch.setattr(paper, "settings_for", lambda dataset, seed: replace(settings_for(dataset, seed), epochs=1))
    found = run_paper(dataset, folds=2, most_epochs=1)
    methods = {(each.sensor, each.method) for each in found}
    one = {(name, method) for name in dataset.sensors for method in ("alone", "MDiCo", "forest")}
    assert methods == one | {(EVERYTHING, "forest"), (EVERYTHING, "fused")}
    write_paper(found, tmp_path / "paper.json")
    assert read_paper(tmp_path / "paper.json") == found


def test_no_paper_scores_yet(tmp_path: Path) -> None:
    assert read_paper(tmp_path / "paper.json") == ()
