"""The part plan and how shards share it."""

import numpy as np
import pytest
from colearn.engine.parts.plan.execution import Shard
from colearn.engine.parts.plan.plan import plan_parts
from colearn.engine.raster.geo.blocks import BlockPlan
from colearn.engine.raster.geo.grid import Window
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from block_plans import plan_blocks

windows = st.builds(Window, st.integers(0, 30), st.integers(0, 30), st.integers(1, 40), st.integers(1, 40))


@st.composite
def block_plans(draw) -> BlockPlan:
    """Square, flat, in swaths: whatever a reading plan may look like."""
    rows, cols = draw(st.integers(2, 12)), draw(st.integers(2, 12))
    return BlockPlan(draw(windows), (rows, cols), cols * draw(st.integers(1, 6)), rows * draw(st.integers(1, 4)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block_plans(), st.integers(1, 30), st.booleans())
def test_parts_cover_the_window_exactly_once_and_are_made_of_whole_blocks(blocks, part_px, strips):
    plan = plan_parts(blocks, part_px, strips)
    covered = np.zeros((70, 70), int)
    of_parts = []
    for part in plan.parts:
        covered[part.slices()] += 1
        of_parts += plan.blocks_of(part)
    inside = np.zeros_like(covered)
    inside[blocks.window.slices()] = 1
    np.testing.assert_array_equal(covered, inside)
    assert len(of_parts) == len(blocks)
    assert set(of_parts) == set(blocks)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block_plans(), st.integers(1, 30), st.booleans())
def test_every_block_finds_its_part(blocks, part_px, strips):
    plan = plan_parts(blocks, part_px, strips)
    parts = set(plan.parts)
    for block in blocks:
        part = plan.part_of(block)
        assert part in parts
        assert part.intersection(block) == block


def test_parts_of_the_usual_size():
    plan = plan_parts(plan_blocks(Window(100, 200, 3000, 2100), 256))
    assert plan.parts.shape == (1024, 1024)
    assert list(plan.parts)[:3] == [
        Window(100, 200, 1024, 1024),
        Window(100, 1224, 1024, 1024),
        Window(100, 2248, 1024, 52),
    ]


def test_strips_give_flat_parts_of_the_whole_width():
    """Else each of the parts beside each other would decode every strip once more."""
    plan = plan_parts(plan_blocks(Window(0, 0, 11_000, 11_000), 64), strips=True)
    rows, cols = plan.parts.shape
    assert cols >= 11_000
    assert rows == 64
    assert len(plan.parts) == 172


def test_the_plan_of_a_country_takes_no_memory():
    plan = plan_parts(plan_blocks(Window(0, 0, 200_000, 200_000), 256, 8192))
    assert len(plan.parts) == 196 * 196
    assert plan.parts[-1] == Window(199_680, 199_680, 320, 320)
    assert plan.part_of(Window(199_936, 199_936, 64, 64)) == plan.parts[-1]
    assert len(plan.blocks_of(plan.parts[0])) == 16


@given(st.integers(0, 5000), st.integers(1, 300))
def test_shards_share_all_parts_evenly_in_runs(parts, count):
    shares = [Shard(number, count).of(parts) for number in range(1, count + 1)]
    assert [at for share in shares for at in share] == list(range(parts))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "-1/3", "1/0", "a/b", "1/3/5", "1.0/3", "²/3"])
def test_an_invalid_shard_is_refused_with_a_message(text):
    with pytest.raises(ValueError, match="expected"):
        Shard.parse(text)


def test_a_shard_is_read():
    assert Shard.parse("2/12") == Shard(2, 12)
