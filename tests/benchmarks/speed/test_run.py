"""A run measures subjects together, goes on without what cannot be had, and ends in a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from colearn.benchmarks.speed import command, names, run
from colearn.benchmarks.speed.entries import Entry, MissingError, Prepared, prepared
from colearn.benchmarks.speed.folders import DataMissingError
from colearn.benchmarks.speed.results import Store
from colearn.benchmarks.speed.size import QUICK


def absent() -> object:
    raise MissingError("nobody is at home")


@pytest.fixture
def subjects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two subjects that count what they do, one without data."""
    ran: list[str] = []

    def prepare(name: str, size: object) -> Prepared:
        if name == "dense":
            raise DataMissingError("no data")
        entries = [Entry(f"{name} {letter}", 5.0, lambda letter=letter: lambda: ran.append(letter)) for letter in "ab"]
        return prepared([*entries, Entry("gone", 1.0, absent)], lambda: {"figure": 2.0})

    monkeypatch.setattr(run, "prepare", prepare)
    return ran


def test_subjects_share_their_rounds(tmp_path: Path, subjects: list[str]) -> None:
    failed = run.run(["series", "dense", "memory"], QUICK, Store(tmp_path), lambda text: None)
    assert failed == {"dense": "no data"}
    found = Store(tmp_path).all()
    assert set(found) == {"series", "memory"}
    assert len(subjects) == 4 * (QUICK.rounds + 1)
    assert {len(runs.seconds) for result in found.values() for runs in result.runs.values()} == {QUICK.rounds}
    assert set(found["memory"].runs) == {"memory a", "memory b"}
    assert found["series"].missing == {"gone": "nobody is at home"}
    assert found["series"].facts == {"figure": 2.0}
    assert found["series"].run == found["memory"].run


def test_the_command_writes_the_page(tmp_path: Path, subjects: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    logged = ["--only", "series", "--rounds", "1", "--quick", "--results", str(tmp_path / "r"), "--page", str(page)]
    assert command.main(logged) == 0
    assert "# Benchmarks" in page.read_text(encoding="utf-8")
    assert "rounds: 1, after" in page.read_text(encoding="utf-8")
    page.unlink()
    assert command.main([*logged, "--page-only"]) == 0
    assert page.exists()
    assert len(subjects) == 2 * 2  # the second time nothing was measured
    assert "page.md is written" in capsys.readouterr().out


def test_what_cannot_be_measured_is_no_success(tmp_path: Path, subjects: list[str]) -> None:
    logged = ["--only", "dense", "--quick", "--results", str(tmp_path / "r"), "--page", str(tmp_path / "page.md")]
    assert command.main(logged) == 1


def test_every_subject_can_be_prepared_by_its_name() -> None:
    root = Path(run.__file__).parent / "subjects"
    assert {path.stem for path in root.glob("*.py")} - {"__init__"} == set(run.SUBJECTS)


def test_training_for_real(data_folder: Path) -> None:
    """The smallest of the real subjects, from pixels to figures: the losses of both loops are one."""
    pytest.importorskip("pytorch_metric_learning")
    pytest.importorskip("xarray")
    ready = run.prepare("training", QUICK)
    for contestant in ready.contestants:
        contestant.work()
    assert ready.facts()[names.LOSS_DIFFERENCE] < 1e-5
