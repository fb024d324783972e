"""What small jobs make is the same to the byte every time, so that digests of two revisions can be compared."""

from pathlib import Path

import pytest
from colearn.engine.contract import JOURNEYS
from colearn.tools.digests import ROOT, compared, differences, digests_of
from colearn.tools.small_jobs import jobs_after, train_jobs

QUICK = {"epochs": 1, "max_samples": 60, "folds": 1, "method": "alone"}
FORESTS = {"max_samples": 60}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "changes", "made"),
    [
        ("series", QUICK, {"series.tif", "sensors/1.onnx", "report.html", "evaluation.html", "samples.geojson"}),
        ("quick", FORESTS, {"series.tif", "series probabilities.tif", "sensors/1.onnx", "report.html"}),
    ],
)
def test_a_job_run_twice_gives_the_same_bytes(name: str, changes: dict[str, object], made: set[str]) -> None:
    once, again = (digests_of(ROOT, (name,), **changes) for _ in range(2))
    assert differences(once, again) == []
    assert {f"{name}/{each}" for each in made} <= set(once)


def test_every_task_label_and_journey_is_among_the_jobs(world) -> None:
    jobs = train_jobs(world)
    after = [made for name, job in jobs.items() for made in jobs_after(name, job, world, Path("/made")).values()]
    assert {journey for journey, _ in after} == set(JOURNEYS) - {"train"}
    assert {"rasters" in job["labels"] for job in jobs.values()} == {False, True}
    fields = {tuple(job["labels"].get("fields", ())) for job in jobs.values()}
    assert {("kind",), ("biomass",), ("wet", "green")} <= fields
    assert {job.get("effort") for job in jobs.values()} == {None, "quick"}
    assert {job.get("method", "auto") for job in jobs.values()} >= {"auto", "mdico", "distillation"}


def test_what_differs_or_is_missing_is_reported() -> None:
    assert differences({"a": "1", "b": "2", "d": "4"}, {"b": "2", "c": "3", "d": "5"}) == ["a", "c", "d"]


def test_a_job_that_one_revision_does_not_know_is_named_with_the_reason() -> None:
    lines = compared({"a/map": "1", "b/map": "2"}, {"a/map": "1", "b/": "not run: no such field"}, "v1")
    assert lines == ["differs: b/ (not run: no such field)", "differs: b/map", "1 of 3 are the same as at v1"]
