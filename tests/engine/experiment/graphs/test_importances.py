"""What a shipped predictor relies on, of one that reads a single band: what is measured, on which samples, how many."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from colearn.engine.contract import Band, ImportancePart, LabelClass, SampleShape, Task
from colearn.engine.experiment.describe import TrainingRecord
from colearn.engine.experiment.forests import sensor_forests
from colearn.engine.experiment.graphs import importances
from colearn.engine.experiment.graphs.graph_cost import GraphCost
from colearn.engine.experiment.graphs.importances import with_importance
from colearn.engine.experiment.graphs.quantization import Graphs
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.splits.split_plan import SplitPlan
from colearn.engine.export.graph import Probe, export_predictor
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.tasks import AS_THEY_ARE
from colearn.engine.predictors import AveragePredictor
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.trees import ForestSize
from colearn.engine.trees.predictors import SharesToScores
from torch import Tensor, nn

from journeys import Listening
from synthetic_samples import SMALL, fifths, make_samples, settings_for
from training_records import described

CENTRE = 2  # of patches of 5 px
THRESHOLDS = (1150.0, 1450.0)  # between the means 1000, 1300 and 1600 of three classes


class OneBand(nn.Module):
    """Three classes by the pixel's own value in the first band."""

    shape = SampleShape(4, side_px=5)

    def __init__(self) -> None:
        super().__init__()
        self.scores = SharesToScores(Task.CLASSIFICATION, np.ones(3), np.zeros(3))

    def forward(self, samples: Tensor) -> Tensor:
        return self.forward_dense(samples)[0][:, :, 0, 0]

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        inner = raster[:, :, CENTRE:-CENTRE, CENTRE:-CENTRE]
        valid = ~torch.isnan(inner.sum(dim=1, keepdim=True))
        first = inner[:, :1]
        low, high = (torch.sigmoid((first - threshold) / 20) for threshold in THRESHOLDS)
        return torch.where(valid, torch.cat([1 - low, low * (1 - high), low * high], dim=1), torch.nan), valid


def measured(samples: SampleSet, count: int | None = None) -> tuple:
    """The importance of the camera's bands, and the log."""
    samples = samples.only(samples.sensors[0].name)
    split = fifths(samples)
    if count is not None:
        split = replace(split, test=split.test[:count], validation=split.validation[:count])
    shipped = SimpleNamespace(population=AS_THEY_ARE)
    results = SimpleNamespace(first=SimpleNamespace(shipped=lambda name: shipped))
    record = TrainingRecord(None, (), (5,), None, samples, None, SplitPlan(((0, split),)), results)
    manifest = described(samples)
    bands = tuple(Band(name, 1000.0, 200.0, 0.0, 3000.0) for name in ("blue", "green", "red", "nir"))
    classes = tuple(LabelClass(code, f"kind {code}", "#808080") for code in (1, 2, 3))
    manifest = replace(manifest, sensors=(replace(manifest.sensors[0], bands=bands),), classes=classes)
    probe = Probe("camera", np.nan_to_num(samples.sensors[0].values[:8], nan=1000.0), np.ones(3, np.float32))
    graph = export_predictor(OneBand().eval(), probe, (1, 2, 3), 255.0)
    sink = Listening()
    found = with_importance(record, Graphs(manifest, {manifest.sensors[0].graph: graph}), Reporter(sink))
    return found.manifest.sensors[0].importance, sink


def clear_samples(count: int = 300) -> SampleSet:
    """Samples whose bands tell the class without a doubt, each as well as the others."""
    samples = make_samples(count=count)
    camera = samples.sensors[0]
    values = np.broadcast_to((1000.0 + 300 * samples.target)[:, None, None, None], camera.values.shape)
    return replace(samples, sensors=(replace(camera, values=values.astype(np.float32)), *samples.sensors[1:]))


def test_the_band_that_is_read_matters_alone() -> None:
    """Of three classes about equally frequent, two in three samples get another class's value: right 1 time in 3."""
    found, _ = measured(clear_samples(2000))
    assert (found.part, found.samples) == ("test", 400)
    assert [(each.part, each.name) for each in found.found] == [
        (ImportancePart.BAND, name) for name in ("blue", "green", "red", "nir")
    ]
    assert found.found[0].fall == pytest.approx(2 / 3, abs=0.05)
    assert 0 < found.found[0].sd < 0.1
    assert [(each.fall, each.sd) for each in found.found[1:]] == [(0.0, 0.0)] * 3


def test_few_test_samples_leave_nothing_to_measure_it_on() -> None:
    found, sink = measured(clear_samples(), count=19)
    assert found is None
    expected = (
        "importance of bands was not measured: it covers 19 test and 19 validation samples, and 20 of one kind are"
    )
    assert expected in sink.texts()


def test_samples_without_a_score_are_no_want_of_samples(monkeypatch) -> None:
    monkeypatch.setattr(importances, "main_score", lambda *_: float("nan"))
    found, sink = measured(clear_samples())
    assert found is None
    assert "its 60 samples outside training have no score" in sink.texts()


def test_samples_are_few_enough_for_all_shuffles(monkeypatch) -> None:
    monkeypatch.setattr(importances, "MOST_PREDICTIONS", 4 * 5 * 30)
    monkeypatch.setattr(importances, "FEWEST", 10)
    one, _ = measured(clear_samples())
    two, _ = measured(clear_samples())
    assert one == two
    assert one.samples == 30


def test_of_an_average_the_kinds_of_features_of_its_forests_are_measured(monkeypatch) -> None:
    """The pixel alone tells the class, and all around it is noise: means and spreads stand in for little of it."""
    monkeypatch.setattr(sensor_forests, "USUAL_SIZE", ForestSize(8, 100, 30))
    samples = clear_samples(600).only("camera")
    values = np.random.default_rng(1).normal(1300, 300, samples.sensors[0].values.shape).astype(np.float32)
    values[..., CENTRE, CENTRE] = samples.sensors[0].values[..., CENTRE, CENTRE]
    samples = replace(samples, sensors=(replace(samples.sensors[0], values=values),))
    split = fifths(samples)
    settings = settings_for(samples, design=SMALL)
    forests = Experiment(TrainingData(samples), split, settings, lambda epoch: None).forests("camera", co_learned=False)
    results = SimpleNamespace(first=SimpleNamespace(shipped=lambda name: AveragePredictor((), forests)))
    record = TrainingRecord(None, (), (5,), None, samples, None, SplitPlan(((0, split),)), results)
    cost = GraphCost(record, described(samples), 0)
    target = samples.target[split.test]
    score = lambda predicted: float((predicted.argmax(axis=1) == target).mean())  # noqa: E731
    found = importances._of_features(cost, samples.sensors[0].values[split.test], score)
    kinds = [f"{measure} in {window} px" for window in (3, 5) for measure in ("mean", "spread", "slope")]
    assert [each.name for each in found] == ["value of the pixel", *kinds]
    assert {each.part for each in found} == {ImportancePart.FEATURE}
    fall = {each.name: each.fall for each in found}
    assert fall["value of the pixel"] > 0.2
    assert all(abs(fall[kind]) < 0.1 for kind in kinds)
