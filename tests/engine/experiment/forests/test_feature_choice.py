"""Which features a series' trees are shown: more than usual only where that is better out of fold, beyond chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.wire.events import Message
from colearn.engine.experiment.comparison import train_all
from colearn.engine.experiment.forests import feature_choice
from colearn.engine.experiment.forests.feature_choice import rich_features
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.pace import Pace
from colearn.engine.experiment.refit import refitted
from colearn.engine.learning.fit import TrainingData
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.trees import RICH, USUAL, ForestSize

from synthetic_samples import IMAGE, SERIES, SMALL, few_trees, fifths, make_samples, settings_for

COUNT = 300


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    few_trees(monkeypatch, 10)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
    monkeypatch.setattr(feature_choice, "SMALL", ForestSize(trees=10))


def steps() -> SampleSet:
    """Of a series only the step between the third and the fourth date tells the class; its level is anything."""
    samples = make_samples(count=COUNT)
    random = np.random.default_rng(5)
    values = random.normal(size=(COUNT, 1, 2)) * 50 + random.normal(size=(COUNT, 6, 2))
    values[:, 3:, 0] += 12.0 * (samples.target[:, np.newaxis] - 1)
    image, series = samples.sensors
    return replace(samples, sensors=(image, replace(series, values=values.astype(np.float32))))


def chosen(samples: SampleSet) -> dict:
    return dict(rich_features(TrainingData(samples), fifths(samples), settings_for(samples)))


def test_a_series_whose_steps_tell_the_class_is_shown_steps() -> None:
    """With them trees are right nearly always; spread over all dates tells but whether there is a step."""
    ((name, (rich, usual)),) = chosen(steps()).items()
    assert name == SERIES
    assert rich > 0.9
    assert usual < 0.8


def test_a_series_whose_level_tells_the_class_and_an_image_are_shown_the_usual() -> None:
    """With either set trees are always right: a tie."""
    samples = make_samples(count=COUNT)
    image, series = samples.sensors
    values = np.broadcast_to(10.0 * samples.target[:, np.newaxis, np.newaxis], series.values.shape).astype(np.float32)
    level = replace(samples, sensors=(image, replace(series, values=values.copy())))
    assert chosen(level) == {}


def test_validation_and_test_labels_have_no_part_in_it() -> None:
    samples = steps()
    split = fifths(samples)
    target = samples.target.copy()
    others = np.concatenate([split.validation, split.test])
    target[others] = (target[others] + 1) % 3
    assert chosen(replace(samples, target=target)) == chosen(samples)


def test_of_one_group_nothing_is_held_out_and_nothing_chosen() -> None:
    samples = steps()
    assert chosen(replace(samples, groups=np.zeros(COUNT, np.int64))) == {}


def test_of_many_samples_some_decide(monkeypatch) -> None:
    monkeypatch.setattr(feature_choice, "MOST_ROWS", 120)
    looked_at = []
    folds = feature_choice.teacher_folds
    monkeypatch.setattr(
        feature_choice,
        "teacher_folds",
        lambda samples, rows, *given: looked_at.append(rows) or folds(samples, rows, *given),
    )
    assert list(chosen(steps())) == [SERIES]
    (rows,) = looked_at
    assert len(np.unique(rows)) == 120
    assert set(rows.tolist()) < set(fifths(steps()).train.tolist())


def test_all_forests_of_a_sensor_share_the_choice_and_what_is_retrained_takes_it_over(monkeypatch) -> None:
    samples, said = steps(), []
    settings = settings_for(samples, design=SMALL, epochs=1)
    experiment = Experiment(TrainingData(samples), fifths(samples), settings, lambda epoch: None)
    comparison = train_all(experiment, Method.AUTO, Pace(Effort.QUICK), said.append)
    monkeypatch.setattr("colearn.engine.experiment.methods.rich_features", lambda *_: pytest.fail("chosen once more"))
    again = refitted(comparison, experiment).predictors
    for averages in (comparison.together.predictors, comparison.alone.predictors, again):
        for name, design in ((IMAGE, USUAL), (SERIES, RICH)):
            assert [each.forest.features.design for each in averages[name].of_forests] == [design, design]
    (message,) = [each for each in said if isinstance(each, Message) and each.code == "features_rich"]
    assert f"{SERIES}: out of fold, a forest that also uses differences between dates" in message.text
