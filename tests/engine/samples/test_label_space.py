"""Labels of every kind get the task, the classes and the codes that are promised."""

import numpy as np
import pytest
from colearn.engine.contract.errors import ErrorCode, InputError
from colearn.engine.contract.job import ClassColor, Task
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.label_rows import understand
from colearn.engine.samples.label_space import LabelColumns, decide_task, encode, known, learn_space
from colearn.engine.samples.palette import colors_for

from journeys import Listening


def columns(*values, kind="string", names=None) -> LabelColumns:
    names = names or tuple(f"field{at}" for at in range(len(values)))
    return LabelColumns(names, (kind,) * len(values), tuple(list(column) for column in values), "labels")


@pytest.mark.parametrize(
    ("labels", "task"),
    [
        (columns(["a", "b"]), Task.CLASSIFICATION),
        (columns([1, 2, 7], kind="integer"), Task.CLASSIFICATION),
        (columns([1.0, 2.0], kind="real"), Task.CLASSIFICATION),
        (columns([1.5, 2.0], kind="real"), Task.REGRESSION),
        (columns(list(range(100)), kind="integer"), Task.REGRESSION),
        (columns([True, False], kind="bool"), Task.CLASSIFICATION),
        (columns([0, 1], [1, 1], kind="integer"), Task.MULTILABEL),
        (columns([0, 1], [1.5, 1], kind="real"), Task.REGRESSION),
    ],
)
def test_the_task_is_recognized(labels, task) -> None:
    assert decide_task(labels, Task.AUTO) is task


@pytest.mark.parametrize(
    ("labels", "task"),
    [
        (columns(["a", "b"]), Task.REGRESSION),
        (columns([1.5, 2.0], kind="real"), Task.CLASSIFICATION),
        (columns(["a"], ["b"]), Task.CLASSIFICATION),
        (columns([0, 2], [1, 1], kind="integer"), Task.MULTILABEL),
    ],
)
def test_labels_that_do_not_suit_the_task_are_refused(labels, task) -> None:
    with pytest.raises(InputError) as caught:
        decide_task(labels, task)
    assert caught.value.code is ErrorCode.LABEL_FIELD_UNSUITABLE


@pytest.mark.parametrize(
    ("values", "kind", "codes", "nodata"),
    [
        (["oak", "ash", "oak"], "string", {"ash": 1, "oak": 2}, 255),
        ([0, 7, 254], "integer", {"0": 0, "7": 7, "254": 254}, 255),
        ([0, 255], "integer", {"0": 0, "255": 255}, 65535),
        ([10, 3000], "integer", {"10": 10, "3000": 3000}, 65535),
        ([-1, 5], "integer", {"-1": 1, "5": 2}, 255),
        ([5, 70000], "integer", {"5": 1, "70000": 2}, 255),
        ([2.0, 10.0, 9.0], "real", {"2": 2, "9": 9, "10": 10}, 255),
        ([True, False], "bool", {"0": 0, "1": 1}, 255),
        ([f"c{at:03d}" for at in range(300)], "string", {f"c{at:03d}": at + 1 for at in range(300)}, 65535),
    ],
)
def test_codes_keep_numbers_and_count_texts(values, kind, codes, nodata) -> None:
    space = learn_space(columns(values, kind=kind), Task.CLASSIFICATION, ())
    assert {label.name: label.code for label in space.classes} == codes
    assert space.nodata == nodata


def test_class_indices_follow_the_classes() -> None:
    labels = columns(["oak", "ash", "elm"])
    space = learn_space(labels, Task.CLASSIFICATION, ())
    assert encode(labels, space).tolist() == [2, 0, 1]
    assert encode(columns(["elm", "pine"]), space).tolist() == [1, -1]


def test_colours_of_the_layer_are_kept() -> None:
    space = learn_space(columns(["oak", "ash"]), Task.CLASSIFICATION, (ClassColor("oak", "#123456"),))
    assert space.classes[1].color == "#123456"
    assert len({label.color for label in space.classes}) == 2


@pytest.mark.parametrize("values", [["a", "a"], ["a"]])
def test_one_class_is_refused(values) -> None:
    with pytest.raises(InputError) as caught:
        learn_space(columns(values), Task.CLASSIFICATION, ())
    assert caught.value.code is ErrorCode.LABEL_ONE_CLASS


def test_null_nan_infinite_and_empty_labels_are_no_labels() -> None:
    labels = columns([1.0, None, float("nan"), float("inf"), 2.0], kind="real")
    assert known(labels).tolist() == [True, False, False, False, True]
    assert known(columns(["a", "", "  ", None])).tolist() == [True, False, False, False]


def test_several_targets_become_columns() -> None:
    labels = columns([1, 2], [0.5, 0.25], kind="real")
    space = learn_space(labels, Task.REGRESSION, ())
    target = encode(labels, space)
    assert target.dtype == np.float32
    assert target.tolist() == [[1, 0.5], [2, 0.25]]
    assert (space.outputs, space.nodata) == (2, -9999)


def test_the_legend_names_codes_but_never_renames_texts() -> None:
    legend = (ClassColor("1", "#0000ff", "water"), ClassColor("2", "#00ff00", "forest"))
    space = learn_space(columns([1, 2], kind="integer"), Task.CLASSIFICATION, legend)
    assert [(label.code, label.name, label.color) for label in space.classes] == [
        (1, "water", "#0000ff"),
        (2, "forest", "#00ff00"),
    ]
    assert encode(columns([2, 1], kind="integer"), space).tolist() == [1, 0]
    texts = learn_space(columns(["f", "w"]), Task.CLASSIFICATION, (ClassColor("f", "#00ff00", "forest"),))
    assert [label.name for label in texts.classes] == ["f", "w"]


def test_common_land_cover_gets_the_colours_of_maps() -> None:
    colors = colors_for(["water", "coniferous forest", "broadleaved forest", "A", "B"])
    assert colors[:2] == ["#2b7bba", "#1b7837"]
    assert len(set(colors)) == 5


def test_class_values_codes_and_names_are_never_mixed_up() -> None:
    texts = learn_space(columns(["0", "1", "2"]), Task.CLASSIFICATION, ())  # codes 1, 2, 3
    assert encode(columns(["0", "3"]), texts).tolist() == [0, -1]
    swapped = (ClassColor("1", "#0000ff", "2"), ClassColor("2", "#00ff00", "1"))
    space = learn_space(columns([1, 2], kind="integer"), Task.CLASSIFICATION, swapped)
    assert encode(columns([1, 2], kind="integer"), space).tolist() == [0, 1]


def test_a_label_raster_of_map_codes_is_understood_by_a_model_of_texts() -> None:
    space = learn_space(columns(["ash", "oak"]), Task.CLASSIFICATION, ())
    assert encode(columns([2, 1, 3], kind="integer"), space).tolist() == [1, 0, -1]


@pytest.mark.parametrize(
    ("labels", "task"),
    [(columns([4.5, 4.5], kind="real"), Task.REGRESSION), (columns([1, 1], [0, 1], kind="integer"), Task.MULTILABEL)],
)
def test_labels_that_never_vary_are_refused(labels, task) -> None:
    with pytest.raises(InputError, match="field0") as caught:
        learn_space(labels, task, ())
    assert caught.value.code is ErrorCode.LABEL_ONE_CLASS


def test_infinite_labels_are_no_labels_and_counted() -> None:
    labels = columns([1.5, np.inf, 2.5, -np.inf, np.nan, 1e39], kind="real")
    assert known(labels).tolist() == [True, False, True, False, False, False]
    sink = Listening()
    rows = understand(labels, Task.AUTO, None, (), Reporter(sink))
    assert rows.target.tolist() == [[1.5], [2.5]]
    assert "4 label(s) without a value in field0 left out (3 of them infinite" in sink.texts()
