"""What small jobs make is the same to the byte every time, so that digests of two revisions can be compared."""

from colearn.tools.digests import ROOT, differences, digests_of

QUICK = {"epochs": 1, "max_samples": 60, "folds": 1, "method": "alone"}


def test_a_job_run_twice_gives_the_same_bytes() -> None:
    once, again = (digests_of(ROOT, ("series",), **QUICK) for _ in range(2))
    assert differences(once, again) == []
    assert {"series/series.tif", "series/sensors/1.onnx", "series/report.html"} <= set(once)


def test_what_differs_or_is_missing_is_reported() -> None:
    assert differences({"a": "1", "b": "2", "d": "4"}, {"b": "2", "c": "3", "d": "5"}) == ["a", "c", "d"]
