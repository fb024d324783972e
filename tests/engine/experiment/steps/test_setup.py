"""Where networks are trained: side by side only where there are many, and where it changes no result."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.experiment.steps import setup
from colearn.engine.learning.fit.data import TrainingData

from journeys import train_job
from synthetic_samples import IMAGE, make_samples, settings_for

WORLD = SimpleNamespace(camera="camera.tif", radar="radar.tif", polygons="polygons.gpkg")


@pytest.fixture
def threads(monkeypatch) -> list[int]:
    """The numbers of threads that torch is set to, on four cores."""
    found: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", found.append)
    monkeypatch.setattr("colearn.engine.learning.fit.device.usable_cores", lambda: 4)
    return found


def workers_of(samples, device: str = "cpu", **changes) -> int:
    job = train_job(WORLD, Path("folder"), **{"method": Method.AUTO, **changes})
    return setup.pool_of(job, TrainingData(samples), settings_for(samples, device=device)).workers


@pytest.mark.parametrize("effort", [Effort.STANDARD, Effort.THOROUGH])
def test_the_networks_of_auto_are_trained_side_by_side_with_one_thread_each(threads, effort) -> None:
    assert workers_of(make_samples(), effort=effort) == 4
    assert threads == [1]  # and so are predictions: the same bytes on any number of cores


@pytest.mark.parametrize(
    "changes",
    [
        {"method": Method.MDICO},
        {"effort": Effort.QUICK},
        {"time_budget_min": 5.0},
        {"device": "cuda"},
    ],
)
def test_all_else_is_trained_in_turn_on_all_cores(threads, changes) -> None:
    assert workers_of(make_samples(), **changes) == 1
    assert threads == []


def test_one_sensor_has_too_few_networks(threads) -> None:
    assert workers_of(make_samples().only(IMAGE)) == 1
    assert threads == []
