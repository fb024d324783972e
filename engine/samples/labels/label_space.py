"""The label space: the task, with its classes and codes, or its regression targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from ...contract import (
    REGRESSION_NODATA,
    ClassColor,
    ErrorCode,
    InputError,
    LabelClass,
    Task,
    colors_for,
    known_shares,
)
from .class_names import clean, unique_names
from .label_columns import (
    NUMBERS,
    LabelColumns,
    all_whole,
    as_text,
    distinct_texts,
    distinct_values,
    is_whole_number,
    with_legend,
)

MOST_CLASSES_GUESSED = 30  # integers with more distinct values are treated as measurements
UINT8_NODATA = 255
UINT16_NODATA = 65535


@dataclass(frozen=True)
class LabelSpace:
    """The task, and what its labels mean.

    ``names`` are the label fields, or the label raster; in regression they are the targets. ``classes`` are in the
    order of class indices (classification), or one per field with code 1 (multilabel); empty in regression. ``nodata``
    is the nodata value of the map.
    """

    task: Task
    names: tuple[str, ...]
    classes: tuple[LabelClass, ...] = ()
    nodata: float = REGRESSION_NODATA

    @property
    def outputs(self) -> int:
        """The number of outputs of a network: classes, labels or targets."""
        return len(self.classes) if self.classes else len(self.names)

    @property
    def shares(self) -> tuple[float, ...]:
        """The proportion of each class (or label) in the labels; empty if it was not counted."""
        return known_shares(self.classes)


def decide_task(columns: LabelColumns, asked: Task) -> Task:
    """The requested task, or for ``AUTO`` the one that the values suggest.

    Text, booleans and integers with few distinct values are classes; other numbers are regression targets. Several
    fields are multilabel if all values are 0 or 1, otherwise regression targets.

    Raises:
        InputError: values that do not suit the requested task.
    """
    task = _guess(columns) if asked is Task.AUTO else asked
    _KINDS[task].require(columns)
    return task


def learn_space(columns: LabelColumns, task: Task, colors: tuple[ClassColor, ...] = ()) -> LabelSpace:
    """The label space of rows without missing values; classes that are numbers are named by the columns' meanings.

    Raises:
        InputError: only one class, or more classes than a map can hold.
    """
    return _KINDS[task].learn(columns, colors)


@dataclass(frozen=True)
class _LabelKind:
    """What the labels of one task must be, and how their label space is derived."""

    require: Callable[[LabelColumns], None]
    learn: Callable[[LabelColumns, tuple[ClassColor, ...]], LabelSpace]


def _require_classes(columns: LabelColumns) -> None:
    if len(columns.names) > 1:
        raise _unsuitable(columns, f"{len(columns.names)} fields", "one field for classification")
    if columns.kinds[0] == "real" and not all_whole(columns.columns[0]):
        raise _unsuitable(columns, "numbers with decimals", "text or integers for classification")


def _learn_classes(columns: LabelColumns, colors: tuple[ClassColor, ...]) -> LabelSpace:
    codes, columns = class_codes(columns), with_legend(columns, colors)
    nodata = UINT8_NODATA if max(codes.values()) < UINT8_NODATA else UINT16_NODATA
    classes = _classes(codes, names_by_value(columns), colors)
    return LabelSpace(Task.CLASSIFICATION, columns.names, classes, nodata)


def _require_labels(columns: LabelColumns) -> None:
    if not _are_flags(columns):
        raise _unsuitable(columns, "values other than 0 and 1", "0 or 1 in every field for multilabel")


def _learn_labels(columns: LabelColumns, colors: tuple[ClassColor, ...]) -> LabelSpace:
    _require_varying(columns)
    labels = _classes(dict.fromkeys(columns.names, 1), {}, colors)
    return LabelSpace(Task.MULTILABEL, columns.names, labels, UINT8_NODATA)


def _require_values(columns: LabelColumns) -> None:
    if not set(columns.kinds) <= NUMBERS:
        raise _unsuitable(columns, "text values", "numbers in every field for regression")


def _learn_values(columns: LabelColumns, colors: tuple[ClassColor, ...]) -> LabelSpace:
    _require_varying(columns)
    return LabelSpace(Task.REGRESSION, columns.names)


_KINDS: dict[Task, _LabelKind] = {
    Task.CLASSIFICATION: _LabelKind(_require_classes, _learn_classes),
    Task.MULTILABEL: _LabelKind(_require_labels, _learn_labels),
    Task.REGRESSION: _LabelKind(_require_values, _learn_values),
}


def _are_flags(columns: LabelColumns) -> bool:
    numbers = set(columns.kinds) <= NUMBERS
    return numbers and all(distinct_values(column) <= {0, 1} for column in columns.columns)


def names_by_value(columns: LabelColumns) -> dict[str, str]:
    """Unique class names by value: the value itself or, if it is an integer with a name in the source, that name."""
    meanings = columns.meanings
    return unique_names(
        {value: (is_whole_number(value) and meanings.get(value)) or value for value in distinct_texts(columns)}
    )


def _classes(codes: dict[str, int], names: Mapping[str, str], colors: tuple[ClassColor, ...]) -> tuple[LabelClass, ...]:
    """Classes by value, with colours from the layer's legend if it has them."""
    legend = {as_text(color.value): color for color in colors}
    called = [names.get(value, value) for value in codes]
    return tuple(
        LabelClass(code, name, legend[value].color if value in legend else color, value)
        for (value, code), name, color in zip(codes.items(), called, colors_for(called), strict=True)
    )


def _require_varying(columns: LabelColumns) -> None:
    for name, column in zip(columns.names, columns.columns, strict=True):
        values = distinct_values(column)
        if len(values) == 1:
            raise InputError(
                ErrorCode.LABEL_ONE_CLASS,
                subject=_subject(columns.subject, name),
                found=f"the value {as_text(values.pop())} in every label",
                expected="at least two different values",
                remedy="Add labels with other values, or remove this field.",
            )


def class_codes(columns: LabelColumns) -> dict[str, int]:
    """Map code by class value (as text), in the order of class indices.

    Integers, also as text, are their own codes if the map's data type can hold them (0-65534; 0-254 if there are other
    texts). Other classes get codes from 1 that are not the value of any class.

    Raises:
        InputError: only one class, or more than 65534.
    """
    texts = distinct_texts(columns)
    if len(texts) < 2:
        raise InputError(
            ErrorCode.LABEL_ONE_CLASS,
            subject=columns.subject,
            found=f"only one class ({', '.join(texts) or 'none'}) in {columns.names[0]}",
            expected="at least two classes",
            remedy="Add labels of at least one other class, or choose another label field. If a class was excluded "
            "as “no class”, LABEL_NODATA=none keeps it.",
        )
    if len(texts) > UINT16_NODATA - 1:
        raise _unsuitable(columns, f"{len(texts)} distinct values", "at most 65534 classes")
    numbers = {int(text) for text in texts if is_whole_number(text)}
    end = UINT16_NODATA if len(numbers) == len(texts) else UINT8_NODATA
    free = (code for code in count(1) if code not in numbers)
    return {text: int(text) if is_whole_number(text) and 0 <= int(text) < end else next(free) for text in texts}


def encode(columns: LabelColumns, space: LabelSpace) -> NDArray[np.int64] | NDArray[np.float32]:
    """Targets of rows without missing values: int64 class indices (row,), −1 if unknown, or float32 (row, target)."""
    if space.task.one_class:
        index = _class_index(columns, space)
        return np.array([index.get(as_text(value), -1) for value in columns.columns[0]], dtype=np.int64)
    return np.array(columns.columns, dtype=np.float32).T.reshape(-1, len(columns.names))


def _class_index(columns: LabelColumns, space: LabelSpace) -> dict[str, int]:
    """Class index by label text.

    If the labels' source names its numbers like the model's classes, names decide. Otherwise labels of the same kind as
    in training are matched by value. Other numbers are map codes, other texts are class names.
    """
    by_name = {clean(label.name): at for at, label in enumerate(space.classes)}
    by_value = {clean(label.value or label.name): at for at, label in enumerate(space.classes)}
    if not columns.numeric:
        return by_name | by_value
    by_code = {str(label.code): at for at, label in enumerate(space.classes)}
    by_meaning = classes_by_meaning(columns, space)
    if by_meaning:
        return by_meaning
    return by_code if are_codes(columns, space) else by_code | by_value


def classes_by_meaning(columns: LabelColumns, space: LabelSpace) -> dict[str, int]:
    """Class index by label text if the labels' source gives every number the name of a class; otherwise empty."""
    by_name = {clean(label.name): at for at, label in enumerate(space.classes)}
    called = {text: columns.meanings.get(text, "") for text in distinct_texts(columns)} if columns.meanings else {}
    known_all = all(name in by_name for name in called.values())
    return {text: by_name[name] for text, name in called.items()} if known_all else {}


def only_codes(columns: LabelColumns, space: LabelSpace) -> tuple[LabelClass, ...]:
    """Classes whose codes occur in the labels without being the value of any class."""
    texts, values = set(distinct_texts(columns)), {label.value or label.name for label in space.classes}
    return tuple(label for label in space.classes if str(label.code) in texts - values)


def are_codes(columns: LabelColumns, space: LabelSpace) -> bool:
    """Whether labels are map codes: they are numbers although the classes are text."""
    texts = space.task.one_class and not all(is_whole_number(c.value or c.name) for c in space.classes)
    return texts and columns.numeric


def _guess(columns: LabelColumns) -> Task:
    if len(columns.names) > 1:
        return Task.MULTILABEL if _are_flags(columns) else Task.REGRESSION
    if columns.kinds[0] == "bool" or columns.kinds[0] not in NUMBERS:
        return Task.CLASSIFICATION
    few = len(distinct_values(columns.columns[0])) <= MOST_CLASSES_GUESSED
    return Task.CLASSIFICATION if few and all_whole(columns.columns[0]) else Task.REGRESSION


def _unsuitable(columns: LabelColumns, found: str, expected: str) -> InputError:
    return InputError(
        ErrorCode.LABEL_FIELD_UNSUITABLE,
        subject=_subject(columns.subject, *columns.names),
        found=found,
        expected=expected,
        remedy="Choose another label field (or, in training, another TASK).",
    )


def _subject(layer: str, *fields: str) -> str:
    """The layer and its fields for a message; a label raster has no fields."""
    return ", ".join(dict.fromkeys((layer, *fields)))
