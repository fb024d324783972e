"""Graphs in 8 bits among what a training leaves: which sensors get one, what is measured, what is refused."""

import shutil
import tempfile
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Method, SeriesEncoder
from colearn.engine.contract.manifest.manifest import SensorKind, SensorManifest
from colearn.engine.contract.wire.events import Level
from colearn.engine.experiment.comparison import train_all
from colearn.engine.experiment.describe import TrainingRecord
from colearn.engine.experiment.graphs import quantization
from colearn.engine.experiment.graphs.quantization import Graphs, with_int8
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.results import TrainingResults
from colearn.engine.experiment.scoring import predict_test
from colearn.engine.experiment.splits.split_plan import SplitPlan
from colearn.engine.export import graph as graph_module
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.metrics.cluster_bootstrap import bootstrap
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.mapping.block_map import score_samples
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.sample_set import SampleSet

from journeys import Listening
from synthetic_samples import IMAGE, SERIES, few_trees, fifths, half_covered, make_samples, settings_for
from training_records import described

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]


@pytest.fixture(scope="module", autouse=True)
def small_and_quick():
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch, 3)
        patch.setattr("colearn.engine.experiment.graphs.graph_cost.bootstrap", partial(bootstrap, resamples=200))
        yield


class Trained:
    """A record of a training on made-up samples, as far as graphs in 8 bits look at it, and its exported graphs."""

    def __init__(self, samples: SampleSet, epochs: int = 6, **design) -> None:
        split = fifths(samples)
        made = NetworkDesign(width=16, hidden=16, **design)
        settings = settings_for(samples, epochs=epochs, design=made)
        comparison = train_all(Experiment(TrainingData(samples), split, settings, lambda epoch: None), Method.ALONE)
        results = TrainingResults(comparison, (predict_test(comparison, samples, split, 0),))
        self.samples = samples
        self.record = TrainingRecord(None, (), (5, 1), None, samples, None, SplitPlan(((0, split),)), results)
        self.graphs = Graphs(described(samples), {})
        self.graphs = replace(self.graphs, entries={each.graph: self.exported(each) for each in self.sensors()})

    def sensors(self) -> tuple[SensorManifest, ...]:
        return self.graphs.manifest.sensors

    def exported(self, sensor: SensorManifest) -> bytes:
        codes = (1, 2, 3) if self.samples.task is Task.CLASSIFICATION else ()
        return self.record.results.first.shipped(sensor.name).to_onnx(codes, self.graphs.manifest.nodata)

    def quantized(self) -> tuple[Graphs, Listening]:
        sink = Listening()
        return with_int8(self.record, self.graphs, Reporter(sink)), sink


@cache
def trained_on(task: Task) -> Trained:
    """Trained once, for whoever asks."""
    return Trained(make_samples(task))


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.value)
def trained(request) -> Trained:
    return trained_on(request.param)


@pytest.fixture(scope="module")
def classifier() -> Trained:
    return trained_on(Task.CLASSIFICATION)


def test_every_sensor_gets_one_beside_the_other(trained: Trained) -> None:
    found, sink = trained.quantized()
    names = {"sensors/1.onnx", "sensors/2.onnx", "sensors/1.int8.onnx", "sensors/2.int8.onnx"}
    assert set(found.entries) == names == {name for each in found.manifest.sensors for name in each.graphs}
    assert all(found.entries[name] == trained.graphs.entries[name] for name in trained.graphs.entries)
    for sensor in found.manifest.sensors:
        reported = f"{sensor.name}: the model file also contains an int8 graph"
        assert reported in sink.texts(Level.INFO)
        assert replace(sensor, quantized=None) in trained.sensors()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_it_is_selected_on_validation_samples_and_reported_on_test_samples(trained: Trained, part: str) -> None:
    found, _ = trained.quantized()
    held_out = trained.samples.take(getattr(trained.record.plan.first, part))
    for at, (sensor, samples) in enumerate(zip(found.manifest.sensors, held_out.sensors, strict=True)):
        int8, fp32 = (
            score_samples(Session(found.entries[name]), sensor, samples.values) for name in sensor.graphs[::-1]
        )
        assert sensor.quantized.part == "validation"
        reported = sensor.quantized if part == "validation" else sensor.quantized.tested
        population = trained.record.results.first.shipped(trained.sensors()[at].name).population
        main = partial(main_score, trained.samples.task, held_out.target, population=population)
        assert reported.samples == len(held_out)
        assert reported.score.value == pytest.approx(main(int8))
        assert reported.change.value == pytest.approx(main(int8) - main(fp32), abs=1e-9)
        assert reported.change.low <= reported.change.value <= reported.change.high
        assert 0.9 <= reported.agreement <= 1


def test_it_is_calibrated_on_training_samples_alone(classifier: Trained, monkeypatch) -> None:
    seen = []

    def watched(exported: bytes, kind: SensorKind, samples: np.ndarray) -> bytes:
        seen.append(samples)
        return exported

    monkeypatch.setattr(quantization, "quantize_graph", watched)
    classifier.quantized()
    train = classifier.record.plan.first.train
    for found, sensor in zip(seen, classifier.samples.sensors, strict=True):
        np.testing.assert_array_equal(found, sensor.values[train])


def test_whether_it_costs_nothing_is_no_matter_of_the_test_part(trained: Trained) -> None:
    """The test part is looked at once: the same answers there, all wrong, change nothing that is chosen."""
    honest, _ = trained.quantized()
    samples, test = trained.samples, trained.record.plan.first.test
    target = samples.target.copy()
    target[test] = (target[test] + 1) % 2 if trained.samples.task is not Task.REGRESSION else -target[test]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "record", replace(trained.record, samples=replace(samples, target=target)))
        lied, _ = trained.quantized()
    for one, other in zip(honest.manifest.sensors, lied.manifest.sensors, strict=True):
        assert replace(one.quantized, tested=None) == replace(other.quantized, tested=None)
        assert one.quantized.tested != other.quantized.tested


def test_samples_a_sensor_does_not_cover_are_neither_calibrated_nor_tested_on() -> None:
    trained = Trained(half_covered(make_samples(count=120)), epochs=2)
    found, _ = trained.quantized()
    for part in ("validation", "test"):
        held_out = trained.samples.take(getattr(trained.record.plan.first, part))
        reported = [each.quantized for each in found.manifest.sensors]
        counted = [(each if part == "validation" else each.tested).samples for each in reported]
        assert counted == [int(column.sum()) for column in held_out.present.T]


def test_networks_that_attend_to_dates_get_none() -> None:
    found, sink = Trained(make_samples(), epochs=1, series_encoder=SeriesEncoder.LTAE).quantized()
    assert [bool(sensor.quantized) for sensor in found.manifest.sensors] == [True, False]
    assert f"{SERIES}: no int8 graph, because attention over dates is not faster" in sink.texts(Level.INFO)


def test_without_a_validation_sample_there_is_nothing_to_ship_it_by() -> None:
    trained = Trained(make_samples(), epochs=1)
    present = trained.samples.present.copy()
    present[fifths(trained.samples).validation, 1] = False
    trained.record = replace(trained.record, samples=replace(trained.samples, present=present))
    found, sink = trained.quantized()
    assert [bool(sensor.quantized) for sensor in found.manifest.sensors] == [True, False]
    assert f"{SERIES}: no int8 graph, because no validation sample" in sink.texts()


def test_without_a_test_sample_it_is_shipped_and_untested() -> None:
    samples = make_samples()
    present = samples.present.copy()
    present[fifths(samples).test, 1] = False
    found, _ = Trained(replace(samples, present=present), epochs=1).quantized()
    assert [sensor.quantized.tested is None for sensor in found.manifest.sensors] == [False, True]


def test_one_that_agrees_on_little_is_not_shipped(classifier: Trained, monkeypatch) -> None:
    other = Trained(make_samples(seed=5), epochs=1)
    wrong = {sensor.kind: other.graphs.entries[sensor.graph] for sensor in other.sensors()}
    monkeypatch.setattr(quantization, "quantize_graph", lambda exported, shape, samples: wrong[shape.kind])
    found, sink = classifier.quantized()
    assert found == classifier.graphs
    assert f"{IMAGE}: no int8 graph: on 12 validation samples it agrees with fp32 at" in sink.texts(Level.WARNING)


def test_one_that_takes_other_pixels_for_nodata_is_not_shipped(classifier: Trained, monkeypatch) -> None:
    class Filled(graph_module.MapGraph):
        def forward(self, raster):
            scores, label = super().forward(raster)
            return scores.where(~scores.isnan(), 0), label

    with monkeypatch.context() as patch:
        patch.setattr(graph_module, "MapGraph", Filled)
        patch.setattr(graph_module, "_check_parity", lambda *_: None)
        filled = {sensor.kind: classifier.exported(sensor) for sensor in classifier.sensors()}
    monkeypatch.setattr(quantization, "quantize_graph", lambda exported, shape, samples: filled[shape.kind])
    found, sink = classifier.quantized()
    assert found == classifier.graphs
    assert f"{SERIES}: no int8 graph, because it treated different pixels as nodata" in sink.texts(Level.WARNING)


def test_a_full_temporary_folder_costs_the_graph_and_not_the_training(classifier: Trained, monkeypatch) -> None:
    monkeypatch.setattr(quantization.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 100, 0))
    found, sink = classifier.quantized()
    assert found == classifier.graphs
    assert f"{SERIES}: no int8 graph, because {tempfile.gettempdir()} is full" in sink.texts(Level.WARNING)
