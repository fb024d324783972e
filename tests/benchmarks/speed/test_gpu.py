"""The GPU's subject needs neither GDAL nor a GPU to be there, and measures the session that prediction opens."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from colearn.benchmarks.speed import names
from colearn.benchmarks.speed.command import main
from colearn.benchmarks.speed.measured import Measured
from colearn.benchmarks.speed.rounds import in_rounds
from colearn.benchmarks.speed.size import QUICK
from colearn.benchmarks.speed.subjects import gpu

from made_speed import result

ROOT = Path(gpu.__file__).resolve().parents[3]
WITHOUT_GDAL = """
import sys
sys.modules["osgeo"] = None
sys.path.insert(0, "benchmarks")
from root import load_root
load_root()
import colearn.benchmarks.speed.subjects.gpu, colearn.benchmarks.speed.run
assert colearn.benchmarks.speed.run.this_machine().versions["GDAL"] == "not installed"
"""


def test_it_needs_no_gdal() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_GDAL], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def few_pixels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu, "BENCH", tmp_path)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_everything_is_missing_with_its_reason(few_pixels: None) -> None:
    ready = gpu.prepare(QUICK)
    assert ready.contestants == ()
    assert set(ready.missing) == {*names.GPU_PRODUCTS, names.GPU_IMAGE, names.GPU_SERIES}
    assert all(reason.startswith("not measured: ") for reason in ready.missing.values())


def test_pixels_a_second_against_the_cards_products(few_pixels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor stands in for the card."""
    monkeypatch.setattr(gpu, "open_on_gpu", lambda model, name: model.session())
    ready = gpu.prepare(QUICK)
    assert {each.name: each.amount for each in ready.contestants} == {names.GPU_IMAGE: 512.0, names.GPU_SERIES: 512.0}
    runs = in_rounds(ready.contestants, rounds=1)
    logged = replace(result("gpu", {**runs, names.GPU_FP32: runs[names.GPU_IMAGE]}), facts=ready.facts())
    measured, flops = Measured({"gpu": logged}), logged.facts[names.GPU_FLOPS.format(names.GPU_IMAGE)]
    share = measured.share_by_wall("gpu", names.GPU_IMAGE, flops, ("gpu", (names.GPU_FP32,)))
    assert share is not None
    assert share.middle == pytest.approx(flops)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_an_error_is_printed_and_no_page_is_written(tmp_path: Path, capsys) -> None:
    page = tmp_path / "page.md"
    assert main(["--only", "gpu", "--page", str(page), "--results", str(tmp_path)]) == 1
    assert "No GPU: " in capsys.readouterr().out
    assert not page.exists()


def test_the_whole_runs_on_a_processor_where_that_is_asked_for(tmp_path: Path, monkeypatch) -> None:
    """By the program that a card would use: torch runs the graph. All rows are measured, none in the real page."""
    page = tmp_path / "page.md"
    assert main(["--only", "gpu", "--on-cpu", "--page", str(page), "--results", str(tmp_path)]) == 0
    rows = page.read_text(encoding="utf-8").partition("## GPU")[2].partition("\n## ")[0].splitlines()
    for name in (*names.GPU_PRODUCTS, names.GPU_IMAGE, names.GPU_SERIES):
        (row,) = [each for each in rows if each.startswith(f"| {name} |")]
        assert "not measured" not in row
