"""A model is introduced in sentences: its scores, what the file holds, what the other sensors brought."""

from dataclasses import replace

import pytest
from colearn.engine.contract.errors import ModelError
from colearn.engine.contract.scores import Choice, Estimate, FusedScore, Quantized, SensorScore, Training, Verdict
from colearn.plugin.model_card import card_lines

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
        "optical: trained with the others 0.710 [0.650, 0.770], trained alone 0.660 [0.600, 0.720], "
        "random forest 0.600 [0.550, 0.650] (balanced accuracy). Training with the other sensors helped. "
        "The model file holds the network trained with the others: 0.720 on validation samples, the other 0.680."
    )
    assert radar == "radar: trained alone 0.500 [0.400, 0.600] (balanced accuracy)."


def test_the_better_one_that_was_trained_alone_is_said_to_be_in_the_file():
    line = card_lines(with_scores(shipped=Training.ALONE, choice=Choice(0.6, 0.7), verdict=Verdict.HARMED))[0]
    assert "Training with the other sensors harmed." in line
    assert "holds the network trained alone: 0.700 on validation samples, the other 0.600." in line


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (Estimate(-0.1, -0.2, -0.01), True),
        (Estimate(-0.1, -0.2, 0.01), False),
        (Estimate(-0.1), False),
        (None, False),
    ],
)
def test_a_forest_that_is_surely_better_is_recommended(gap, said):
    assert ("A random forest does better" in card_lines(with_scores(forest_gap=gap))[0]) is said


def test_scores_without_intervals_are_plain():
    line = card_lines(with_scores(colearned=Estimate(0.7), forest=None, verdict=Verdict.NO_DIFFERENCE))[0]
    assert "trained with the others 0.700, trained alone" in line
    assert "forest" not in line
    assert "made no clear difference" in line


def test_all_sensors_together_stand_last():
    fused = FusedScore("balanced accuracy", Estimate(0.8, 0.7, 0.9))
    manifest = replace(a_manifest(), fused=fused)
    assert card_lines(manifest)[-1] == "All sensors together: 0.800 [0.700, 0.900] (balanced accuracy)."


def test_one_sensor_may_be_asked_for():
    assert len(card_lines(a_manifest(), "radar")) == 1
    with pytest.raises(ModelError):
        card_lines(a_manifest(), "lidar")


@pytest.mark.parametrize(("low", "said"), [(-0.002, "“auto” uses that"), (-0.02, "only if asked for")])
def test_what_8_bits_cost_is_told_in_short(low, said):
    manifest = a_manifest()
    int8 = Quantized("sensors/1.int8.onnx", 0.9972, Estimate(0.5), Estimate(low / 2, low, low + 0.003), 300)
    line = card_lines(replace(manifest, sensors=(replace(manifest.sensors[0], quantized=int8),)))[0]
    assert "In int8 it agrees with fp32 to 99.72 %" in line
    assert said in line
