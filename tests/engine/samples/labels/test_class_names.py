"""Names of classes: what looks the same is one, and what means “no class” is none."""

from dataclasses import replace

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.labels.label_rows import understand
from colearn.engine.samples.labels.label_space import learn_space
from colearn.engine.samples.labels.no_class import NoClass

from journeys import Listening
from label_columns import columns


def understood(values, kind="string", space=None, meanings=None, given=None):
    """Class names of the rows that are left, their numbers, the log."""
    sink = Listening()
    labels = replace(columns(values, kind=kind), meanings=meanings or {})
    rows = understand(labels, Task.AUTO, space, (), Reporter(sink), NoClass(given))
    return [rows.space.classes[at].name for at in rows.target], rows.index.tolist(), sink.texts(Level.WARNING)


def test_blank_texts_are_no_class() -> None:
    names, _, logged = understood(["oak", " oak", "oak\u00a0", "winter  wheat", "winter wheat", "\ufeffoak"])
    assert names == ["oak", "oak", "oak", "winter wheat", "winter wheat", "oak"]
    assert "differ only in whitespace are merged: “oak” (4 spellings), “winter wheat” (2 spellings)" in logged


def test_composed_and_decomposed_letters_are_one_class() -> None:
    names, _, logged = understood(["for\u00eat", "fore\u0302t", "lac"])
    assert names == ["forêt", "forêt", "lac"]
    assert "“forêt” (2 spellings)" in logged


def test_case_makes_a_class_and_is_reported() -> None:
    names, _, logged = understood(["Oak", "oak", "ash", "Winter Wheat", "winterwheat"])
    assert names == ["Oak", "oak", "ash", "Winter Wheat", "winterwheat"]
    assert "Oak, oak differ only in case or whitespace and are kept as separate classes" in logged
    assert "Winter Wheat, winterwheat differ only in case" in logged


def test_names_that_differ_otherwise_are_not_spoken_of() -> None:
    assert understood(["oak", "ash", "oak 2"])[2] == ""


def test_names_in_a_map_are_unique() -> None:
    names, _, logged = understood([1, 2, 3], "integer", meanings={"1": "forest", "2": "forest", "3": "water"})
    assert names == ["forest (1)", "forest (2)", "water"]
    assert "several values have the same name; in the map they are called forest (1), forest (2)" in logged


@pytest.mark.parametrize(
    "name", ["Unclassified", "no data", "NO_DATA", "Background", "unbekannt", "Sin datos", "Tło", "背景"]
)
def test_labels_called_no_class_are_left_out_and_reported(name) -> None:
    names, index, logged = understood(["oak", name, "ash", name])
    assert (names, index) == (["oak", "ash"], [0, 2])
    assert f"labels: {name} excluded as “no class”. LABEL_NODATA" in logged


@pytest.mark.parametrize("name", ["backgrounds", "unknown species", "no data centre", "none", "other", "Fondo Valle"])
def test_only_whole_names_mean_no_class(name) -> None:
    assert understood(["oak", name, "ash"])[0] == ["oak", name, "ash"]


def test_none_keeps_what_is_called_no_class() -> None:
    assert understood(["oak", "Background", "ash"], given=())[0] == ["oak", "Background", "ash"]


def test_background_is_a_class_where_it_is_one_of_two() -> None:
    names, _, logged = understood(["house", "Background", "house"])
    assert names == ["house", "Background", "house"]
    assert "Background is kept as a class because there is only one other class" in logged


def test_values_and_names_given_are_left_out_beside_those_that_mean_it() -> None:
    names, index, logged = understood(["oak", "x", "ash", "unknown", " x"], given=("x",))
    assert (names, index) == (["oak", "ash"], [0, 2])
    assert "x, unknown excluded" in logged
    assert understood([0, 1, 2, 0], "integer", given=("0",))[1] == [1, 2]
    assert understood([0.0, 1.0, 2.0], "real", given=("0.0",))[1] == [1, 2]
    meanings = {"0": "rest", "1": "oak", "2": "ash"}
    assert understood([0, 1, 2], "integer", meanings=meanings, given=("rest",))[1] == [1, 2]


def test_codes_whose_legend_says_no_class_are_left_out() -> None:
    names, index, logged = understood([0, 1, 2], "integer", meanings={"0": "Unclassified", "1": "oak", "2": "ash"})
    assert (names, index) == (["oak", "ash"], [1, 2])
    assert "0 (Unclassified) excluded" in logged


def test_a_model_that_knows_a_class_of_that_name_is_asked_about_it() -> None:
    space = learn_space(columns(["house", "Background"]), Task.CLASSIFICATION)
    assert understood(["house", "Background", "unknown"], space=space)[1] == [0, 1]


def test_measurements_given_as_no_label_are_left_out() -> None:
    sink = Listening()
    labels = columns([1.5, -9999.0, 2.5], kind="real")
    rows = understand(labels, Task.AUTO, None, (), Reporter(sink), NoClass(("-9999",)))
    assert rows.target.tolist() == [[1.5], [2.5]]
    assert "-9999 excluded" in sink.texts(Level.WARNING)


def test_nothing_but_no_class_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        understood(["unknown", "no data"])
    assert caught.value.code is ErrorCode.LABELS_EMPTY
