"""What shares a pixel of any sensor is one group, unless that would swallow the split."""

import numpy as np
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.extract.patches import extract
from colearn.engine.samples.positions.positions import Positions
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.split.shared_pixels import components, join_shared_pixels
from hypothesis import given
from hypothesis import strategies as st

from journeys import Listening, source
from world import EPSG, NORTH, WEST, write_raster

labels = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=30)


@given(labels)
def test_components_are_what_a_walk_reaches(pairs) -> None:
    one, other = np.array(pairs).T
    found = components(one, other)
    for start in range(len(pairs)):
        reached = {start}
        while True:
            more = {
                at
                for at in range(len(pairs))
                if any(one[at] == one[seen] or other[at] == other[seen] for seen in reached)
            }
            if more == reached:
                break
            reached = more
        assert set(np.flatnonzero(found == found[start]).tolist()) == reached


def samples_at(tmp_path, x, groups) -> SampleSet:
    """Samples in one row of a 10 m and a 60 m raster, ``x`` metres from their western edge."""
    x = np.asarray(x, float)
    fine = write_raster(tmp_path / "fine.tif", np.ones((1, 6, 1200), np.uint8))
    coarse = write_raster(tmp_path / "coarse.tif", np.ones((1, 1, 200), np.uint8), 60.0)
    positions = Positions(f"EPSG:{EPSG}", WEST + x, np.full(len(x), NORTH - 5.0))
    read = [
        extract(open_sensor(SensorSpec(path.stem, (source(path),))), positions, side, lambda _: None)
        for path, side in ((fine, 3), (coarse, 1))
    ]
    return SampleSet(
        Task.CLASSIFICATION,
        tuple(one.samples for one in read),
        np.column_stack([one.covered for one in read]),
        np.arange(len(x)) % 2,
        np.asarray(groups),
        *positions.degrees(),
    )


def joined(samples) -> tuple[list[int], str]:
    sink = Listening()
    return join_shared_pixels(samples, Reporter(sink)).groups.tolist(), sink.texts(Level.INFO)


def test_groups_that_share_a_coarse_pixel_are_joined_and_counted(tmp_path) -> None:
    """Forty samples 120 m apart, and one 50 m beside the first: the same pixel of 60 m, another of 10 m."""
    x = [5.0, *(5.0 + 120 * at for at in range(1, 40)), 55.0]
    groups, messages = joined(samples_at(tmp_path, x, np.arange(41)))
    assert groups[40] == groups[0]
    assert len(set(groups)) == 40
    assert "Groups that share pixels of coarse with others: 1, kept together by the split" in messages


def test_groups_chained_by_coarse_pixels_are_not_merged_into_one(tmp_path) -> None:
    """Groups of 100 m side by side from 10 m on: no border falls on one of pixels of 60 m, all hang together."""
    x = 15.0 + 10 * np.arange(1000)
    groups, messages = joined(samples_at(tmp_path, x, np.arange(1000) // 10))
    assert len(set(groups)) == 100
    assert "are not merged: 99. Merged groups would exceed a tenth" in messages


def test_labels_in_one_fine_pixel_are_joined_whatever_grouped_them(tmp_path) -> None:
    x = np.concatenate([5 + 60 * np.arange(30), 8 + 60 * np.arange(30)])
    groups, messages = joined(samples_at(tmp_path, x, np.arange(60)))
    assert groups[:30] == groups[30:]
    assert "Groups that share pixels of fine with others: 30, kept together" in messages
