"""Where checkpoints are kept, and which of them belong to a job."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.learning.fit.checkpoint import (
    KEPT_DAYS,
    Checkpoints,
    cache_folder,
    checkpoints_of,
    identity_of,
)
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.samples.unlabelled import Unlabelled

from checkpointed import data
from synthetic_samples import USUAL, fifths, make_samples, settings_for


class TestCache:
    def test_no_folder_keeps_nothing(self) -> None:
        assert Checkpoints().within("0").of("t") is None
        Checkpoints().remove()

    def test_a_job_that_is_done_leaves_nothing(self) -> None:
        kept = checkpoints_of("0" * 32)
        kept.within("0").of("t").save({})
        assert [path.name for path in cache_folder().rglob("*.pt")] != []
        kept.remove()
        assert list((cache_folder() / "checkpoints").iterdir()) == []
        kept.remove()

    def test_what_was_not_used_for_weeks_is_removed(self) -> None:
        for name, days in (("old", KEPT_DAYS + 1), ("young", KEPT_DAYS - 1)):
            own = checkpoints_of(name).of("t")
            own.save({})
            then = time.time() - days * 86400
            os.utime(own.path, (then, then))
        (cache_folder() / "checkpoints" / "a stray file").write_text("not ours")
        checkpoints_of("mine")
        names = sorted(path.name for path in (cache_folder() / "checkpoints").iterdir())
        assert names == ["a stray file", "young"]

    def test_tests_keep_away_from_the_users(self, tmp_path_factory) -> None:
        assert cache_folder().is_relative_to(tmp_path_factory.getbasetemp())

    @pytest.mark.parametrize(
        ("system", "variables", "expected"),
        [
            ("linux", {}, "home/.cache/colearn"),
            ("linux", {"XDG_CACHE_HOME": "caches"}, "caches/colearn"),
            ("linux", {"COLEARN_CACHE": "there"}, "there"),
            ("darwin", {}, "home/Library/Caches/colearn"),
            ("win32", {"LOCALAPPDATA": "local"}, "local/colearn"),
            ("win32", {}, "home/AppData/Local/colearn"),
        ],
    )
    def test_it_is_where_the_system_keeps_what_can_be_made_again(self, monkeypatch, system, variables, expected):
        for name in ("COLEARN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(Path, "home", lambda: Path("home"))
        monkeypatch.setattr(sys, "platform", system)
        assert cache_folder() == Path(expected)


class TestIdentity:
    def identity(self, what: TrainingData | None = None, splits=None, **changes) -> str:
        what = what or data(unlabelled=True)
        settings = settings_for(what.samples, **changes)
        return identity_of(what, splits or [(0, fifths(what.samples))], settings)

    def test_what_is_the_same_is_the_same(self) -> None:
        assert self.identity() == self.identity()
        assert len(self.identity()) == 32

    def test_whatever_is_learned_from_makes_it_another(self) -> None:
        what = data(unlabelled=True)
        samples, more = what.samples, what.unlabelled
        image, series = samples.sensors
        value, target, present = image.values.copy(), samples.target.copy(), samples.present.copy()
        value[3, 2, 1, 1] += 1
        target[5] = (target[5] + 1) % 3
        present[1, 0] = not present[1, 0]
        later = replace(series, days=(1.0, 2.0, 3.0, 4.0, 5.0, 7.0))
        others = [
            replace(what, samples=replace(samples, sensors=(replace(image, values=value), series))),
            replace(what, samples=replace(samples, sensors=(replace(image, name="other"), series))),
            replace(what, samples=replace(samples, sensors=(image, later))),
            replace(what, samples=replace(samples, target=target)),
            replace(what, samples=replace(samples, present=present)),
            replace(what, unlabelled=None),
            replace(what, unlabelled=Unlabelled(more.sensors, ~more.present)),
        ]
        identities = {self.identity(), *map(self.identity, others)}
        assert len(identities) == len(others) + 1

    def test_however_it_is_learned_makes_it_another(self) -> None:
        samples = data().samples
        split = fifths(samples)
        swapped = replace(split, validation=split.test, test=split.validation)
        identities = {
            self.identity(),
            self.identity(epochs=9),
            self.identity(design=USUAL),
            self.identity(splits=[(1, split)]),
            self.identity(splits=[(0, swapped)]),
            self.identity(splits=[(0, split), (1, split)]),
        }
        assert len(identities) == 6

    def test_values_and_missing_ones_of_any_task_are_described(self) -> None:
        for task in Task:
            if task is not Task.AUTO:
                assert self.identity(TrainingData(make_samples(task))) == self.identity(
                    TrainingData(make_samples(task))
                )
