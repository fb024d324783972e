"""How many folds a training has that was not asked for any: five of a thorough one, if the labels allow it."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract import CodecError, Effort, InputError, Level, Method
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.split import Separation

from synthetic_samples import SERIES, make_samples
from tests.engine.experiment.splits.test_split_plan import grouped, job, parts, planned

THOROUGH = {"effort": Effort.THOROUGH}


@pytest.mark.parametrize(
    ("changes", "tries"),
    [
        ({}, (1,)),
        ({"effort": Effort.QUICK}, (1,)),
        (THOROUGH, (5, 4, 3, 1)),
        ({**THOROUGH, "method": Method.MDICO}, (1,)),
        ({**THOROUGH, "folds": 1}, (1,)),
        ({**THOROUGH, "folds": 7}, (7,)),
        ({"folds": 3}, (3,)),
    ],
)
def test_who_asks_for_folds_gets_them_and_thorough_ones_have_five(changes: dict, tries: tuple[int, ...]) -> None:
    assert job(**changes).folds_to_try == tries


def test_two_folds_are_refused_of_a_thorough_one_as_well() -> None:
    with pytest.raises(CodecError, match="folds"):
        job(**THOROUGH, folds=2)


def test_every_sample_is_tested_by_one_fold_and_no_group_is_split() -> None:
    samples = grouped(100, 25)
    plan, sink = planned(samples, **THOROUGH)
    assert (plan.folds, plan.repeats, len(plan.splits)) == (5, 1, 5)
    times = np.zeros(100, int)
    for _, split in plan.splits:
        times[split.test] += 1
        groups = [set(samples.groups[part].tolist()) for part in parts(split)]
        assert not (groups[0] & groups[1] or groups[0] & groups[2] or groups[1] & groups[2])
    assert (times == 1).all()
    assert sink.texts(Level.WARNING) == ""
    assert "test samples, in 5 folds." in sink.texts()
    assert "the model file contains what learns from all labels afterwards" in sink.texts()


def test_what_is_shipped_without_all_labels_is_of_the_first_run() -> None:
    for changes in ({"use_all_labels": False}, {"method": Method.MDICO, "folds": 5}):
        assert "contains the first run's networks" in planned(grouped(100, 25), **{**THOROUGH, **changes})[1].texts()


def test_the_buffer_is_kept_in_every_fold(monkeypatch) -> None:
    """Each split is what the law of splits leaves of the groups' folds."""
    asked = []
    whole = Separation.keep

    def keep(self, train, validation, test):
        asked.append((len(train), len(validation), len(test)))
        return whole(self, train, validation, test)

    monkeypatch.setattr(Separation, "keep", keep)
    planned(grouped(100, 25), **THOROUGH, split_buffer_m=5.0)
    assert len(asked) >= 5
    assert all(sum(sizes) == 100 for sizes in asked)


@pytest.mark.parametrize(("groups", "folds"), [(4, 4), (3, 3)])
def test_fewer_groups_give_fewer_folds_and_that_is_logged(groups: int, folds: int) -> None:
    samples = make_samples(count=90)
    samples = replace(samples, groups=np.arange(90) % groups)
    plan, sink = planned(samples, **THOROUGH)
    assert plan.folds == folds
    warnings = sink.texts(Level.WARNING)
    assert f"The labels allow no cross-validation in 5 folds (found {groups} groups" in warnings
    assert f"so {folds} folds are used" in warnings


def test_a_sensor_that_not_all_folds_can_show_ends_in_a_single_split() -> None:
    """It shows four groups: of five folds one has none. Of four, each trains on two neighbours in the circle of folds,
    of three some on one group: as only one of its groups is of the first class, some train on one class only.
    """
    samples = _with_few(grouped(120, 30))
    for folds in (3, 4, 5):
        with pytest.raises(InputError, match=SERIES):
            planned(samples, folds=folds, seed=1)
    plan, sink = planned(samples, **THOROUGH, seed=1)
    assert (plan.folds, len(plan.splits)) == (1, 1)
    assert "so a single split is used: scores are of a fifth of the labels" in sink.texts(Level.WARNING)


def _with_few(samples: SampleSet) -> SampleSet:
    present, target = samples.present.copy(), samples.target.copy()
    kinds = {0: 0, 1: 1, 2: 1, 3: 1}
    present[:, 1] = np.isin(samples.groups, list(kinds))
    for group, kind in kinds.items():
        target[samples.groups == group] = kind
    return replace(samples, present=present, target=target)


def test_what_no_split_can_do_is_refused_as_ever() -> None:
    with pytest.raises(InputError, match="2 group"):
        planned(replace(make_samples(count=90), groups=np.arange(90) % 2), **THOROUGH)
