"""On which splits, with which seeds, everything is trained and tested, and what is logged of it."""

import re
from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task, TrainJob
from colearn.engine.contract.job.sources import RasterSource, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.wire.codec import CodecError
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.contract.wire.events import Level
from colearn.engine.experiment.splits.split_plan import SplitPlan, plan_splits, require_every_sensor
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.labels.label_space import LabelSpace
from colearn.engine.samples.points.label_points import LabelPoints
from colearn.engine.samples.sample_set import SampleSet, Split

from journeys import Listening
from synthetic_samples import IMAGE, SERIES, make_samples

NAMES = ("bare", "crop", "heath")


def job(**changes) -> TrainJob:
    sensors = (SensorSpec(IMAGE, (RasterSource("camera.tif"),)), SensorSpec(SERIES, (RasterSource("radar.tif"),)))
    labels = VectorLabels(VectorSource("fields.gpkg"), ("kind",))
    return TrainJob(sensors, labels, "model.colearn", **changes)


def planned(samples: SampleSet, **changes) -> tuple[SplitPlan, Listening]:
    classes = tuple(LabelClass(at + 1, name, "#000000") for at, name in enumerate(NAMES))
    space = LabelSpace(samples.task, ("kind",), classes if samples.task is Task.CLASSIFICATION else (), 255)
    nowhere, rows = np.zeros(len(samples)), np.arange(len(samples))
    points = LabelPoints("fields", "", nowhere, nowhere, rows, space, samples.target, samples.groups, "field plot")
    sink = Listening()
    return plan_splits(job(**changes), points, samples, Reporter(sink)), sink


def grouped(count: int = 90, groups: int = 30) -> SampleSet:
    return replace(make_samples(count=count), groups=np.arange(count) % groups)


def parts(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


@pytest.mark.parametrize(("folds", "repeats"), [(1, 1), (1, 3), (3, 1), (4, 2)])
def test_every_seed_has_its_folds(folds: int, repeats: int) -> None:
    samples = grouped()
    plan, _ = planned(samples, folds=folds, repeats=repeats, seed=7)
    assert [seed for seed, _ in plan.splits] == [7 + repeat for repeat in range(repeats) for _ in range(folds)]
    assert plan.first is plan.splits[0][1]
    for _, split in plan.splits:
        assert sorted(np.concatenate(parts(split)).tolist()) == list(range(90))
        groups = [set(samples.groups[part].tolist()) for part in parts(split)]
        assert not (groups[0] & groups[1] or groups[0] & groups[2] or groups[1] & groups[2])
    if folds > 1:
        for repeat in range(repeats):
            own = [split.test for _, split in plan.splits[repeat * folds : (repeat + 1) * folds]]
            assert sorted(np.concatenate(own).tolist()) == list(range(90))


def test_seeds_split_differently_and_one_seed_the_same() -> None:
    plan, _ = planned(grouped(), repeats=2, seed=3)
    again, _ = planned(grouped(), seed=4)
    tests = [split.test.tolist() for _, split in (*plan.splits, *again.splits)]
    assert tests[0] != tests[1]
    assert tests[1] == tests[2]


def test_held_out_is_all_that_any_run_validates_or_tests_on() -> None:
    plan, _ = planned(grouped())
    held = np.concatenate([plan.first.validation, plan.first.test])
    assert plan.held_out().tolist() == sorted(held.tolist())
    every, _ = planned(grouped(), folds=3)
    assert every.held_out().tolist() == list(range(90))
    two = SplitPlan(
        (
            (0, Split(np.array([0, 1]), np.array([2]), np.array([3]))),
            (1, Split(np.array([3, 1]), np.array([2]), np.array([0]))),
        )
    )
    assert two.held_out().tolist() == [0, 2, 3]


class TestMessages:
    def test_one_split(self) -> None:
        plan, sink = planned(grouped(300, 100))
        sizes = [len(part) for part in parts(plan.first)]
        expected = (
            f"Split by field plot: {sizes[0]} training samples, {sizes[1]} validation samples, {sizes[2]} test samples."
        )
        assert sink.texts(Level.INFO) == expected
        assert sink.texts(Level.WARNING) == ""

    def test_parts_of_few_groups_are_reported(self) -> None:
        _, sink = planned(grouped(90, 30))
        few = r"Few groups: \d validation, \d test. Reliable conclusions usually need at least 10 groups in each part"
        assert re.search(few, sink.texts(Level.INFO))

    def test_folds_and_repeats(self) -> None:
        _, sink = planned(grouped(), folds=3, repeats=2)
        assert "test samples, in 3 folds." in sink.texts()
        assert "Training is run 6 times (3 folds × 2 seeds)" in sink.texts()
        assert "the model file contains what learns from all labels afterwards" in sink.texts()

    def test_a_class_of_one_group_is_reported_as_untested(self) -> None:
        samples = grouped()
        samples = replace(samples, target=np.where(samples.groups == 4, 2, samples.groups % 2))
        _, sink = planned(samples)
        assert "No test samples of heath" in sink.texts(Level.WARNING)

    @pytest.mark.parametrize(("groups", "word"), [(1, "never trained on"), (2, "fewer than the 4 folds")])
    def test_a_class_of_fewer_groups_than_folds_is_reported(self, groups: int, word: str) -> None:
        samples = grouped()
        samples = replace(samples, target=np.where(samples.groups < groups, 2, samples.groups % 2))
        _, sink = planned(samples, folds=4)
        assert "heath" in sink.texts(Level.WARNING)
        assert word in sink.texts(Level.WARNING)

    @pytest.mark.parametrize("task", [Task.REGRESSION, Task.MULTILABEL])
    def test_tasks_without_classes_have_none_untested(self, task: Task) -> None:
        _, sink = planned(make_samples(task, count=60))
        assert sink.texts(Level.WARNING) == ""


class TestSensors:
    def with_radar_at(self, covered: np.ndarray) -> SampleSet:
        samples = grouped()
        samples.present[:, 1] = covered
        return samples

    def test_a_sensor_of_some_groups_in_every_part_is_enough(self) -> None:
        planned(self.with_radar_at(np.arange(90) % 30 < 15))

    @pytest.mark.parametrize("part", ["train", "validation", "test"])
    def test_a_sensor_that_lacks_a_part_is_named_with_it(self, part: str) -> None:
        plan, _ = planned(grouped())
        covered = np.ones(90, bool)
        covered[getattr(plan.first, part)] = False
        with pytest.raises(InputError) as caught:
            require_every_sensor(self.with_radar_at(covered), plan.first, "fields")
        error = caught.value
        assert error.code is ErrorCode.TOO_FEW_SAMPLES
        assert error.subject == f"fields and {SERIES}"
        name = {"train": "training"}.get(part, part)
        assert f"0 samples covered by {SERIES} in the {name} part (of {covered.sum()} in total)" in error.found
        assert f"at least {2 if part == 'train' else 1} in every part" in error.expected
        assert SERIES in error.remedy

    def test_one_sample_to_train_on_is_not_enough(self) -> None:
        plan, _ = planned(grouped())
        covered = np.ones(90, bool)
        covered[plan.first.train[1:]] = False
        with pytest.raises(InputError, match=r"found 1 sample covered"):
            require_every_sensor(self.with_radar_at(covered), plan.first, "fields")

    @pytest.mark.parametrize("seed", range(10))
    def test_a_sensor_of_few_groups_is_spread_over_the_folds(self, seed: int) -> None:
        planned(self.with_radar_at(np.arange(90) % 30 < 6), folds=5, seed=seed)

    def test_every_fold_and_repeat_is_looked_at(self) -> None:
        samples = self.with_radar_at(np.arange(90) % 30 < 2)  # two groups cannot be in three folds
        with pytest.raises(InputError, match=SERIES):
            planned(samples, folds=3)


class TestRefused:
    @pytest.mark.parametrize("folds", [0, 2, 21, -3])
    def test_two_folds_leave_nothing_to_learn_from(self, folds: int) -> None:
        with pytest.raises(CodecError, match=r"folds.*1 \(a single split\), or 3 to 20"):
            job(folds=folds)

    @pytest.mark.parametrize("repeats", [0, 21])
    def test_repeats(self, repeats: int) -> None:
        with pytest.raises(CodecError, match=r"repeats.*1 to 20"):
            job(repeats=repeats)

    def test_fewer_groups_than_folds(self) -> None:
        with pytest.raises(InputError) as caught:
            planned(grouped(groups=4), folds=5)
        assert "4 groups" in caught.value.found
        assert "FOLDS" in caught.value.remedy

    @pytest.mark.parametrize("folds", [1, 3])
    def test_groups_that_all_share_one_class(self, folds: int) -> None:
        """All but one: that class can be learned or tested, not both."""
        samples = grouped()
        samples = replace(samples, target=(samples.groups == 4).astype(np.int64))
        with pytest.raises(InputError) as caught:
            planned(samples, folds=folds)
        assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES
        assert "only one class" in caught.value.found
        assert "at least three groups" in caught.value.expected


def test_a_sensor_that_shows_one_class_only_is_refused() -> None:
    samples = grouped()
    samples.present[:, 1] = samples.target == 0
    with pytest.raises(InputError, match="only one class") as error:
        planned(samples)
    assert SERIES in error.value.subject
