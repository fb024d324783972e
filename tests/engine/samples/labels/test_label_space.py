"""Labels of every kind get the task, the classes and the codes that are promised."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import ClassColor
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.unsure import unsure_beside
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.labels.label_columns import as_text, known
from colearn.engine.samples.labels.label_rows import understand
from colearn.engine.samples.labels.label_space import LabelSpace, decide_task, encode, learn_space
from hypothesis import given
from hypothesis import strategies as st

from journeys import Listening
from label_columns import columns


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
        ([-1, 5], "integer", {"-1": 1, "5": 5}, 255),
        ([-1, 0, 1], "integer", {"-1": 2, "0": 0, "1": 1}, 255),
        ([5, 70000], "integer", {"5": 5, "70000": 1}, 255),
        (["1", "10", "2"], "string", {"1": 1, "2": 2, "10": 10}, 255),
        (["1", "01", "2"], "string", {"01": 3, "1": 1, "2": 2}, 255),
        (["0", "1", "300"], "string", {"0": 0, "1": 1, "300": 300}, 65535),
        (["2", "oak", "1"], "string", {"1": 1, "2": 2, "oak": 3}, 255),
        (["oak", "2019"], "string", {"2019": 1, "oak": 2}, 255),
        (["1.0", "2.0"], "string", {"1.0": 1, "2.0": 2}, 255),
        (["65534", "65535"], "string", {"65534": 65534, "65535": 1}, 65535),
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


def test_class_values_codes_and_names_are_never_mixed_up() -> None:
    texts = learn_space(columns(["0", "1", "oak"]), Task.CLASSIFICATION, ())  # codes 0, 1, 2
    assert encode(columns(["0", "2"]), texts).tolist() == [0, -1]
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
    assert "4 labels without a value in field0 excluded (3 of them infinite" in sink.texts()


WHOLE_NUMBERS = st.integers(-5, 300) | st.sampled_from([65534, 65535, 70000])
WORDS = st.sampled_from(["01", "007", "1.0", "oak", "ash", "+3", "-0"])


@given(st.sets(WHOLE_NUMBERS.map(str) | WORDS, min_size=2, max_size=40))
def test_codes_are_codes_of_a_map_and_a_code_is_never_another_classs_value(texts) -> None:
    space = learn_space(columns(sorted(texts)), Task.CLASSIFICATION)
    codes = {label.value: label.code for label in space.classes}
    assert set(codes) == texts
    assert len(set(codes.values())) == len(codes)
    assert all(0 <= code < space.nodata for code in codes.values())
    assert all(value == str(code) for value, code in codes.items() if str(code) in texts)
    unsure = unsure_beside(space.classes, space.nodata)
    assert unsure is None or unsure.code not in {*codes.values(), space.nodata}


@given(
    st.sets(WHOLE_NUMBERS | WORDS | st.floats(0, 300).map(lambda number: float(int(number))), min_size=2, max_size=40)
)
def test_codes_of_a_map_given_as_labels_are_its_classes(values) -> None:
    """Whatever the labels of the training were, with the map's legend or without it."""
    numeric = all(not isinstance(value, str) for value in values)
    learned = columns([value if numeric else as_text(value) for value in values], kind="real" if numeric else "string")
    if len(set(map(as_text, values))) < 2:
        return
    space = learn_space(learned, Task.CLASSIFICATION)
    codes = [label.code for label in space.classes]
    plain = columns(codes, kind="integer")
    named = replace(plain, meanings={str(label.code): label.name for label in space.classes})
    assert encode(plain, space).tolist() == list(range(len(codes)))
    assert encode(named, space).tolist() == list(range(len(codes)))


def test_an_older_models_map_is_read_by_its_legend() -> None:
    """Its codes count texts, so that the code 2 is the class 10 and the value 2 another."""
    classes = tuple(LabelClass(code, name, "#000000", name) for code, name in ((1, "1"), (2, "10"), (3, "2")))
    space = LabelSpace(Task.CLASSIFICATION, ("field0",), classes, 255)
    legend = {"1": "1", "2": "10", "3": "2"}
    assert encode(replace(columns([1, 2, 3], kind="integer"), meanings=legend), space).tolist() == [0, 1, 2]


def test_names_in_the_labels_own_file_go_before_codes() -> None:
    space = learn_space(columns(["oak", "ash"]), Task.CLASSIFICATION)  # ash 1, oak 2
    other = replace(columns([1, 2], kind="integer"), meanings={"1": "oak", "2": "ash"})
    sink = Listening()
    assert understand(other, Task.AUTO, space, (), Reporter(sink)).target.tolist() == [1, 0]
    assert "codes of the map" not in sink.texts()


def test_numbers_read_as_codes_are_reported() -> None:
    space = learn_space(columns([-1, 5], kind="integer"), Task.CLASSIFICATION)
    sink = Listening()
    assert understand(columns([1, 5], kind="integer"), Task.AUTO, space, (), Reporter(sink)).target.tolist() == [0, 1]
    assert "the numbers are interpreted as class codes of the map: 1 = -1" in sink.texts(Level.WARNING)
