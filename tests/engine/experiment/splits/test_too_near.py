"""What is logged of samples too near to another part, and which patches would do."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import SplitBy
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.contract.wire.events import Level
from colearn.engine.samples.sample_set import Footprints, Lattice, SampleSet, SensorSamples

from .test_split_plan import planned

UTM = "EPSG:32633"


def in_a_row(cols, side_px, names=("camera",), pixels_m=(10.0,), patch_sizes_px=None) -> SampleSet:
    """One sample in each of some columns of 10 m; every sensor sees all of them, in pixels of its own size."""
    count = len(cols)
    sensors = []
    for name, pixel_m, side in zip(names, pixels_m, patch_sizes_px or (side_px,), strict=True):
        grid = Lattice(UTM, (400_000.0, pixel_m, 0.0, 5_800_000.0, 0.0, -pixel_m), 100, 10_000, pixel_m)
        pixel = np.column_stack([np.full(count, 50), np.asarray(cols) * 10 // int(pixel_m)])
        footprints = Footprints((grid,), np.zeros(count, np.int64), pixel, side)
        values = np.zeros((count, 1, 1, 1), np.float32)
        sensors.append(SensorSamples(name, SensorKind.IMAGE, values, footprints=footprints))
    present = np.ones((count, len(sensors)), bool)
    longitude = 13.5 + np.asarray(cols) * 1e-4
    return SampleSet(
        Task.CLASSIFICATION,
        tuple(sensors),
        present,
        np.arange(count) % 2,
        np.arange(count),
        longitude,
        np.full(count, 52.0),
    )


def test_a_patch_that_leaves_too_little_is_refused_with_one_that_does() -> None:
    """Ninety samples, one every 3rd pixel. Patches of 1, 3 or 5 px reach the pixel itself, one or two beside it: no
    other sample. Those of 501 px reach all others within 250 px, on nearly all of the area."""
    samples = in_a_row(3 * np.arange(90), 501)
    with pytest.raises(InputError) as caught:
        planned(samples)
    error = caught.value
    assert error.code is ErrorCode.CONTEXT_TOO_LARGE
    assert "501 × 501 px" in error.found
    asked_m = float(error.remedy.split("CONTEXT_M to ")[1].split(" ")[0])
    side_px = int(error.remedy.split("camera ")[1].split(" ")[0])
    assert 50 <= asked_m == 10 * side_px < 5010
    planned(in_a_row(3 * np.arange(90), side_px))
    with pytest.raises(InputError):
        planned(in_a_row(3 * np.arange(90), side_px + 2))


def test_the_patches_of_all_sensors_are_logged() -> None:
    cols = 3 * np.arange(90)
    samples = in_a_row(cols, 0, ("camera", "radar"), (10.0, 20.0), (501, 251))
    with pytest.raises(InputError, match=r"camera \d+ × \d+ px, radar \d+ × \d+ px\), with which the split works"):
        planned(samples)


def test_what_no_patch_can_mend_keeps_its_own_error() -> None:
    samples = in_a_row(np.arange(90), 501)
    with pytest.raises(InputError) as caught:
        planned(replace(samples, groups=np.arange(90) % 2))
    assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES


def test_what_is_left_out_is_counted() -> None:
    plan, sink = planned(in_a_row(np.arange(300), 5))
    lost = len(plan.first.too_near)
    assert 0 < lost < 100
    assert f"Excluded in addition to these: {lost} samples of training and validation" in sink.texts(Level.INFO)
    assert f"{100 * plan.rims:.1f} % of the test samples have a patch whose edge overlaps" in sink.texts(Level.INFO)
    assert "More than half" not in sink.texts(Level.WARNING)


def test_losing_most_is_warned_of() -> None:
    """A row of 400, patches that reach a hundred samples far: of 240 in the middle 40 are far enough from both ends."""
    _, sink = planned(in_a_row(2 * np.arange(400), 401))
    assert "More than half of the samples for training and validation (" in sink.texts(Level.WARNING)


def test_a_buffer_keeps_rims_apart_in_every_fold() -> None:
    samples = in_a_row(np.arange(400), 5)
    without, _ = planned(samples, folds=4)
    plan, _ = planned(samples, folds=4, split_buffer_m=1.0)
    assert without.rims > 0
    assert plan.rims == 0


def test_a_buffer_has_no_effect_on_a_random_split_and_that_is_logged() -> None:
    plan, sink = planned(in_a_row(np.arange(300), 5), split_by=SplitBy.RANDOM, split_buffer_m=1.0)
    assert len(plan.first.too_near) == 0
    assert "SPLIT_BUFFER_M has no effect" in sink.texts(Level.WARNING)
