"""A model is introduced in sentences: its scores, what the file holds, what the other sensors brought."""

from dataclasses import replace

import pytest
from colearn.engine.contract.manifest.scores import (
    Choice,
    Estimate,
    FastCopy,
    FusedScore,
    SensorScore,
    Variant,
    Verdict,
)
from colearn.engine.contract.wire.errors import ModelError
from colearn.plugin.model_card import brief_lines, card_lines

from .manifests import a_manifest

FULL = SensorScore(
    metric="balanced accuracy",
    colearned=Estimate(0.71, 0.65, 0.77),
    alone=Estimate(0.66, 0.6, 0.72),
    gain=Estimate(0.05, 0.01, 0.09),
    verdict=Verdict.HELPED,
    choice=Choice(0.72, 0.68),
    forest=Estimate(0.6, 0.55, 0.65),
    forest_gap=Estimate(0.11, 0.05, 0.17),
)


def with_scores(**changes):
    manifest = a_manifest()
    optical = replace(manifest.sensors[0], score=replace(FULL, **changes))
    return replace(manifest, sensors=(optical, manifest.sensors[1]))


def test_each_sensor_has_its_line_with_all_scores_the_verdict_and_what_is_shipped():
    optical, radar = card_lines(with_scores())
    assert optical == (
        "optical: balanced accuracy 71.0 % [65.0, 77.0] (trained alone 66.0 % [60.0, 72.0], "
        "random forest 60.0 % [55.0, 65.0]). Co-learning helped. "
        "The model file contains the co-learned network, which has the better validation score (72.0 %, the "
        "other 68.0 %)."
    )
    assert radar == "radar: balanced accuracy 50.0 % [40.0, 60.0] (trained alone)."


def test_the_short_card_leaves_out_what_the_file_holds():
    optical, radar = brief_lines(with_scores())
    assert optical == (
        "optical: balanced accuracy 71.0 % [65.0, 77.0] (trained alone 66.0 % [60.0, 72.0], "
        "random forest 60.0 % [55.0, 65.0]). Co-learning helped."
    )
    assert (radar,) == brief_lines(with_scores(), "radar") == card_lines(with_scores(), "radar")


def test_the_better_one_that_was_trained_alone_is_reported_as_in_the_file():
    line = card_lines(with_scores(shipped=Variant.ALONE, choice=Choice(0.6, 0.7), verdict=Verdict.HARMED))[0]
    assert line.startswith("optical: balanced accuracy 66.0 % [60.0, 72.0] (co-learned 71.0 % [65.0, 77.0], ")
    assert "Co-learning reduced the test score" in line
    assert (
        "contains the network trained alone, which has the better validation score (70.0 %, the other 60.0 %)." in line
    )
    assert "selected on validation samples only" not in line


def test_a_choice_that_the_test_samples_contradict_is_explained():
    """The test part is looked at once: what is in the file was decided before."""
    line = card_lines(with_scores(verdict=Verdict.HARMED))[0]
    assert "contains the co-learned network" in line
    assert line.endswith("selected on validation samples only, which keeps the test scores unbiased.")


@pytest.mark.parametrize(
    ("gap", "shown"),
    [
        (Estimate(-0.1, -0.2, -0.01), True),
        (Estimate(-0.1, -0.2, 0.01), False),
        (Estimate(-0.1), False),
        (None, False),
    ],
)
def test_a_significantly_better_forest_is_recommended(gap, shown):
    assert ("The random forest is better" in card_lines(with_scores(forest_gap=gap))[0]) is shown


def test_scores_without_intervals_are_plain():
    line = card_lines(with_scores(colearned=Estimate(0.7), forest=None, verdict=Verdict.NO_DIFFERENCE))[0]
    assert line.startswith("optical: balanced accuracy 70.0 % (trained alone 66.0 %")
    assert "forest" not in line
    assert "made no significant difference" in line


def test_all_sensors_together_stand_last():
    fused = FusedScore("balanced accuracy", Estimate(0.8, 0.7, 0.9))
    manifest = replace(a_manifest(), fused=fused)
    assert card_lines(manifest)[-1] == "All sensors fused: balanced accuracy 80.0 % [70.0, 90.0]."


def test_one_sensor_may_be_asked_for():
    assert len(card_lines(a_manifest(), "radar")) == 1
    with pytest.raises(ModelError):
        card_lines(a_manifest(), "lidar")


def test_an_average_is_shown_with_the_score_of_a_single_network():
    line = card_lines(
        with_scores(choice=None, network=Estimate(0.64, 0.58, 0.7), network_gap=Estimate(0.07, 0.02, 0.12))
    )[0]
    assert (
        "The model file contains an average of networks and forests; a single network alone: 64.0 % [58.0, 70.0]."
        in line
    )
    assert "validation score" not in line


@pytest.mark.parametrize("refit", [False, True])
def test_a_fast_copy_that_was_trained_further_after_its_scores_is_reported_as_such(refit):
    manifest = with_scores(choice=None, network=Estimate(0.64))
    fast = FastCopy("sensors/1.fast.onnx", 0.953, Estimate(0.68), Estimate(-0.03), 100, refit=refit)
    line = card_lines(replace(manifest, sensors=(replace(manifest.sensors[0], fast=fast), manifest.sensors[1])))[0]
    assert "Its fast copy (Quality: Fast) agrees with it at 95.3 % of the samples and scores 68.0 %." in line
    assert ("That copy was then trained further on the average that learned all labels." in line) is refit
