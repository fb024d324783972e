"""Samples that some sensors do not see take part, and the coverage is logged."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.manifest import Combination, SensorKind
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.extract.gathering import without_empty_classes
from colearn.engine.samples.extract.sensor_coverage import combinations, log_constant_bands, log_coverage, seen_by_any
from colearn.engine.samples.labels.label_space import LabelSpace
from colearn.engine.samples.sample_set import SampleSet, SensorSamples
from colearn.engine.samples.unlabelled import Unlabelled

from journeys import Listening

CLASSES = (LabelClass(1, "a", "#000000"), LabelClass(2, "b", "#ffffff"))
SPACE = LabelSpace(Task.CLASSIFICATION, ("kind",), CLASSES)
PRESENT = np.array([[1, 1, 1], [1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 1, 1]], dtype=bool)


def samples_of(present, target=None, task=Task.CLASSIFICATION):
    """Three sensors: two images of two bands, a series of three dates and one band."""
    count, sensors = present.shape
    shapes = [(2, 3, 3), (2, 1, 1), (3, 1)]
    kinds = [SensorKind.IMAGE, SensorKind.IMAGE, SensorKind.SERIES]
    random = np.random.default_rng(0)
    made = []
    for at in range(sensors):
        values = random.normal(size=(count, *shapes[at])).astype(np.float32)
        values[~present[:, at]] = np.nan
        made.append(SensorSamples(("rgb", "radar", "series")[at], kinds[at], values))
    target = np.arange(count) % 2 if target is None else np.asarray(target)
    zeros = np.zeros(count)
    return SampleSet(task, tuple(made), present, target, np.arange(count), zeros, zeros)


def messages_of(tell, *arguments):
    sink = Listening()
    tell(*arguments, Reporter(sink))
    return sink


def test_only_samples_without_coverage_are_excluded() -> None:
    samples = seen_by_any(samples_of(PRESENT), "points")
    assert samples.groups.tolist() == [0, 1, 2, 3, 5]
    assert np.array_equal(samples.present, PRESENT[[0, 1, 2, 3, 5]])
    assert np.isnan(samples.sensors[2].values[1:4]).all()


def test_a_sensor_without_coverage_is_named_with_the_others_coverage() -> None:
    blind = PRESENT.copy()
    blind[:, 2] = False
    with pytest.raises(CoLearnError, match="rgb covers 4, radar covers 4, series covers 0") as caught:
        seen_by_any(samples_of(blind), "points")
    assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert caught.value.subject == "points and series"


def test_combinations_are_counted_the_largest_first() -> None:
    assert combinations(seen_by_any(samples_of(PRESENT), "points")) == (
        Combination(("rgb", "radar"), 2, 0),
        Combination(("rgb", "radar", "series"), 1, 0),
        Combination(("radar", "series"), 1, 0),
        Combination(("rgb",), 1, 0),
    )


def test_combinations_include_unlabelled_samples() -> None:
    samples = samples_of(PRESENT[:3])
    positions = np.array([[1, 1, 0], [0, 1, 1], [0, 1, 1]], dtype=bool)
    unlabelled = Unlabelled(samples_of(positions).sensors, positions)
    assert combinations(samples, unlabelled) == (
        Combination(("rgb", "radar"), 2, 1),
        Combination(("rgb", "radar", "series"), 1, 0),
        Combination(("radar", "series"), 0, 2),
    )


def test_every_sensor_and_combination_is_reported() -> None:
    sink = messages_of(log_coverage, seen_by_any(samples_of(PRESENT), "points"), SPACE)
    assert "5 samples: rgb covers 4, radar covers 4, series covers 2." in sink.texts(Level.INFO)
    assert "rgb + radar 2, rgb + radar + series 1, radar + series 1, rgb 1." in sink.texts(Level.INFO)


@pytest.mark.parametrize(("count", "warned"), [(19, True), (20, False)])
def test_a_sensor_with_few_samples_causes_a_warning(count, warned) -> None:
    present = np.ones((40, 2), dtype=bool)
    present[count:, 1] = False
    sink = messages_of(log_coverage, samples_of(present), SPACE)
    assert (f"radar covers only {count} samples" in sink.texts(Level.WARNING)) is warned
    assert "rgb covers only" not in sink.texts()


def test_a_class_that_one_sensor_never_covers_is_reported() -> None:
    present = np.ones((40, 2), dtype=bool)
    target = np.arange(40) % 2
    present[target == 1, 1] = False
    sink = messages_of(log_coverage, samples_of(present, target), SPACE)
    assert "radar covers no sample of b" in sink.texts(Level.WARNING)
    assert "rgb covers no" not in sink.texts()


def test_sensors_that_never_see_the_same_sample_are_expected_to_learn_little() -> None:
    present = np.zeros((40, 2), dtype=bool)
    present[:20, 0] = present[20:, 1] = True
    assert "No sample is covered by two sensors" in messages_of(log_coverage, samples_of(present), SPACE).texts(
        Level.WARNING
    )
    assert "No sample" not in messages_of(log_coverage, samples_of(present[:20, :1]), SPACE).texts(Level.WARNING)


def test_bands_of_one_value_are_named() -> None:
    samples = samples_of(np.ones((10, 3), dtype=bool))
    samples.sensors[0].values[:, 1] = 7
    samples.sensors[0].values[3, 1, 0, 0] = np.nan
    samples.sensors[2].values[:, 1] = 0  # one date of a series may well be constant
    bands = (("red", "green"), ("VV", "VH"), ("ndvi",))
    assert (
        "rgb: bands with the same value in every sample carry no information: green."
        in messages_of(log_constant_bands, samples, bands).texts()
    )
    assert len(messages_of(log_constant_bands, samples, bands).events) == 1


def test_a_class_is_kept_if_one_sensor_covers_it() -> None:
    present = np.ones((6, 2), dtype=bool)
    present[3:, 0] = False
    samples = samples_of(present, [0, 0, 0, 1, 1, 1])
    space, kept = without_empty_classes(SPACE, samples, Reporter(Listening()))
    assert space is SPACE
    assert kept is samples


@pytest.mark.parametrize(
    ("task", "target", "found"),
    [
        (Task.CLASSIFICATION, [1, 1, 1], "b in all 3 samples"),
        (Task.REGRESSION, np.full((3, 1), 2.5, np.float32), "2.5 in all 3 samples"),
    ],
)
def test_labels_that_are_all_the_same_where_sensors_see_are_refused(task, target, found) -> None:
    samples = samples_of(np.ones((3, 2), dtype=bool), target, task)
    space = SPACE if task is Task.CLASSIFICATION else LabelSpace(task, ("kind",))
    with pytest.raises(CoLearnError, match=found) as caught:
        without_empty_classes(space, samples, Reporter(Listening()))
    assert caught.value.code is ErrorCode.LABEL_ONE_CLASS
