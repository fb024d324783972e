"""What a decision does to areas, worked out by hand, and how the report says it."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import Estimate
from colearn.engine.report.content.wording import NO_INTERVALS, uncertainty_remark
from colearn.engine.report.pages.training_page import training_report
from colearn.engine.report.tables.share_table import mapped_shares, share_rows, share_sentence


@pytest.fixture(scope="module")
def classified(make_complete):
    return make_complete(Task.CLASSIFICATION, samples=300)


def with_shares(manifest, *shares):
    """The manifest, its classes with these shares; the others have what is left, in equal parts."""
    rest = (1 - sum(shares)) / max(len(manifest.classes) - len(shares), 1)
    every = [*shares, *[rest] * (len(manifest.classes) - len(shares))]
    classes = tuple(replace(label, share=share) for label, share in zip(manifest.classes, every, strict=True))
    return replace(manifest, classes=classes)


def two_classes(manifest):
    return with_shares(replace(manifest, classes=manifest.classes[:2]), 0.9, 0.1)


def test_the_mapped_share_of_each_class(classified) -> None:
    """Of the common class (.9) a quarter is called rare, of the rare (.1) all: .9 · .25 + .1 = .325 is mapped."""
    manifest = two_classes(classified[0])
    target = np.array([0, 0, 0, 0, 1, 1])
    # .5 over .9 is less than .5 over .1: the fourth goes to the rare class, though neither is more probable
    probabilities = np.array([[0.99, 0.01]] * 3 + [[0.5, 0.5]] + [[0.2, 0.8]] * 2, np.float32)
    assert mapped_shares(manifest, target, probabilities) == pytest.approx((0.675, 0.325))
    rows = share_rows(manifest, target, probabilities)
    assert [row.times for row in rows] == ["0.75 ×", "3.25 ×"]


def test_the_effect_of_the_decision_is_logged(classified) -> None:
    manifest = two_classes(classified[0])
    assert "over-mapped" in share_sentence(manifest)
    assert "most probable class" in share_sentence(replace(manifest, optimize="accuracy"))
    assert share_sentence(classified[0]) == ""  # an older model, whose labels' shares are not known


def test_the_report_shows_shares_calibration_by_class_and_what_intervals_hold(classified) -> None:
    manifest, evidence = classified
    assert "In the labels" not in training_report(manifest, evidence)
    page = training_report(with_shares(manifest, 0.05), evidence)
    for words in (
        "In the labels",
        "class by class",
        "weighted to the class proportions",
        "cover the choice of test locations only",
    ):
        assert words in page


def test_with_repeats_the_interval_holds_training_again(classified) -> None:
    manifest = replace(classified[0], repeats=3, folds=2)
    assert "between the 6 trainings" in uncertainty_remark(manifest)
    assert "a further 3 to 5 points (measured by REPEATS or FOLDS)" in uncertainty_remark(classified[0])


def test_without_intervals_none_is_spoken_of(classified) -> None:
    manifest = classified[0]
    bare = tuple(
        replace(
            sensor,
            score=replace(
                sensor.score,
                alone=Estimate(sensor.score.alone.value),
                colearned=sensor.score.colearned and Estimate(sensor.score.colearned.value),
            ),
        )
        for sensor in manifest.sensors
    )
    assert uncertainty_remark(replace(manifest, sensors=bare)) == NO_INTERVALS
    assert "fewer than 6 groups" in NO_INTERVALS
