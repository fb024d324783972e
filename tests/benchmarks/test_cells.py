"""What cells hold: the same split for every method, predictions of all test samples, what auto ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.benchmarks.method import cells
from colearn.benchmarks.method.cells import (
    ALONE,
    AUTO,
    CONTROL,
    COPY,
    EVERYTHING,
    FOREST,
    FUSED,
    run_cell,
    settings_for,
)
from colearn.benchmarks.method.dataset import Dataset
from colearn.engine.experiment.averaging import Averaging
from colearn.engine.samples.split.parts import split_by_group
from colearn.engine.trees import ForestSize

from synthetic_samples import IMAGE, SERIES, SMALL, few_trees, make_samples

MADE = Dataset("made", make_samples(), ("a", "b", "c"), "made up")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    quick = replace(settings_for(MADE, 7, len(MADE.samples)), epochs=1, design=SMALL)
    monkeypatch.setattr(cells, "settings_for", lambda dataset, seed, training_samples, device: quick)
    few_trees(monkeypatch, 5)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))


@pytest.mark.parametrize(
    ("method", "sensors"),
    [
        (ALONE, [IMAGE, SERIES]),
        ("mdico", [IMAGE, SERIES]),
        ("sensor_dropout", [IMAGE, SERIES]),
        (FOREST, [IMAGE, SERIES, EVERYTHING]),
        (FUSED, [EVERYTHING]),
        (CONTROL, [IMAGE, SERIES]),
        (AUTO, [IMAGE, SERIES]),
        (COPY, [IMAGE, SERIES]),
    ],
)
def test_contenders_of_a_cell(method: str, sensors: list[str]) -> None:
    result = run_cell(MADE, method, 7)
    test = split_by_group(MADE.samples, 7, "made up").test
    np.testing.assert_array_equal(result.groups, MADE.samples.groups[test])
    np.testing.assert_array_equal(result.target, MADE.samples.target[test])
    assert [each.sensor for each in result.contenders] == sensors
    for each in result.contenders:
        assert each.prediction.shape == (len(test), 3)
        np.testing.assert_allclose(each.prediction.sum(axis=1), 1, atol=1e-5)
        assert 0 <= each.validation <= 1


def test_samples_a_sensor_does_not_see_have_no_prediction() -> None:
    present = MADE.samples.present.copy()
    present[::4, 0] = False
    samples = replace(MADE.samples, present=present)
    result = run_cell(replace(MADE, samples=samples), ALONE, 7)
    unseen = ~present[split_by_group(samples, 7, "made up").test, 0]
    np.testing.assert_array_equal(np.isnan(result.contender(IMAGE).prediction).any(axis=1), unseen)
    assert unseen.any()
    assert np.isfinite(result.contender(SERIES).prediction).all()


def test_an_unknown_method() -> None:
    with pytest.raises(KeyError, match="magic"):
        run_cell(MADE, "magic", 7)


def test_an_average_and_its_control_come_of_one_training(monkeypatch) -> None:
    runs = []
    run = Averaging.run
    monkeypatch.setattr(Averaging, "run", lambda self: (runs.append(1), run(self))[1])
    one, other = (run_cell(MADE, method, 8) for method in (CONTROL, AUTO))
    assert len(runs) == 1
    assert [each.sensor for each in one.contenders] == [each.sensor for each in other.contenders]
    assert not np.array_equal(one.contenders[0].prediction, other.contenders[0].prediction)
    run_cell(MADE, CONTROL, 9)
    assert len(runs) == 2
