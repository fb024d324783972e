"""Results come back as they were, and count as done only when they are whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from colearn.benchmarks.method.results import Store

from made_results import made_result


def test_results_come_back(tmp_path: Path) -> None:
    store, result = Store(tmp_path), made_result("mdico", {"RGB": 0.8, "HSI été": 0.6})
    store.write(result)
    found = store.read(result.cell)
    assert (found.cell, found.task, found.code) == (result.cell, result.task, result.code)
    np.testing.assert_array_equal(found.target, result.target)
    np.testing.assert_array_equal(found.groups, result.groups)
    assert [each.sensor for each in found.contenders] == ["RGB", "HSI été"]
    np.testing.assert_array_equal(found.contender("HSI été").prediction, result.contender("HSI été").prediction)


def test_results_with_few_labels_stand_beside_those_with_all(tmp_path: Path) -> None:
    store, whole, few = Store(tmp_path), made_result("mdico", 0.8), made_result("mdico", 0.6, labels=0.25)
    store.write(whole)
    store.write(few)
    found = {each.cell.labels: each.contender("RGB").prediction for each in store.all()}
    np.testing.assert_array_equal(found[1.0], whole.contender("RGB").prediction)
    np.testing.assert_array_equal(found[0.25], few.contender("RGB").prediction)
    assert store.read(few.cell).cell == few.cell


def test_arrays_without_json_are_no_result(tmp_path: Path) -> None:
    """As a run leaves them that ended between the two files."""
    store, result = Store(tmp_path), made_result("mdico", 0.8)
    store.write(result)
    (tmp_path / "idtrees_genus" / "mdico-101.json").unlink()
    assert not store.has(result.cell)
    assert store.all() == ()


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    Store(tmp_path).write(made_result("mdico", 0.8))
    names = sorted(path.name for path in (tmp_path / "idtrees_genus").iterdir())
    assert names == ["mdico-101.json", "mdico-101.npz"]


def test_json_tells_test_scores(tmp_path: Path) -> None:
    Store(tmp_path).write(made_result("mdico", 0.8))
    logged = json.loads((tmp_path / "idtrees_genus" / "mdico-101.json").read_text())
    assert logged["contenders"][0]["test"]["balanced accuracy"] == 0.8


def test_samples_a_sensor_does_not_see_are_not_scored(tmp_path: Path) -> None:
    result = made_result("mdico", 0.8)
    contender = result.contenders[0]
    prediction = contender.prediction.copy()
    prediction[:5] = np.nan  # five that were right
    Store(tmp_path).write(replace(result, contenders=(replace(contender, prediction=prediction),)))
    logged = json.loads((tmp_path / "idtrees_genus" / "mdico-101.json").read_text())
    assert logged["contenders"][0]["test"]["accuracy"] == 155 / 195
