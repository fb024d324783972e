"""Selection of labelled rows, and interpretation of their labels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...arrays import Indices
from ...contract import ClassColor, ErrorCode, InputError, Task, is_one_of_two
from ...process import Reporter, counted
from .class_names import alike
from .label_columns import LabelColumns, as_text, distinct_texts, infinite, known, with_legend
from .label_space import (
    LabelSpace,
    are_codes,
    classes_by_meaning,
    decide_task,
    encode,
    learn_space,
    names_by_value,
    only_codes,
)
from .no_class import NoClass


@dataclass(frozen=True)
class LabelRows:
    """The rows with a label: their ``index`` among all rows, their ``target``, and their label ``space``."""

    index: Indices
    target: NDArray[np.int64] | NDArray[np.float32]
    space: LabelSpace

    def __len__(self) -> int:
        return len(self.index)

    def take(self, chosen: Indices) -> LabelRows:
        """Some of the rows."""
        return LabelRows(self.index[chosen], self.target[chosen], self.space)


def understand(
    columns: LabelColumns,
    task: Task,
    space: LabelSpace | None,
    colors: tuple[ClassColor, ...],
    reporter: Reporter,
    no_class: NoClass = NoClass(),  # noqa: B008  (frozen)
) -> LabelRows:
    """Interpret labels, in the ``space`` of a model if given; rows without a label are logged and excluded.

    Raises:
        InputError: no label at all, labels that do not suit the task, or no class of the model.
    """
    index = np.flatnonzero(known(columns)).astype(np.int64)
    _log_empty(columns, len(index), reporter)
    columns = with_legend(columns, colors)
    index = index[~_without_class(_rows(columns, index), space, no_class, reporter)]
    kept = _rows(columns, index)
    if not len(index):
        raise no_label(columns.subject, "only labels that mean “no class”")
    decided = decide_task(kept, task if space is None else space.task)
    if space is None and task is Task.AUTO:
        reporter.info("task_recognized", f"Task recognized from the labels: {decided.value}.")
    if space is not None:
        _log_codes(kept, space, reporter)
    if decided.one_class:
        _log_names(kept, learned=space is None, reporter=reporter)
    space = space or learn_space(kept, decided, colors)
    return _without_unknown_classes(LabelRows(index, encode(kept, space), space), columns, reporter)


def _rows(columns: LabelColumns, index: Indices) -> LabelColumns:
    return replace(columns, columns=tuple([column[row] for row in index] for column in columns.columns))


def _without_class(
    columns: LabelColumns, space: LabelSpace | None, no_class: NoClass, reporter: Reporter
) -> NDArray[np.bool_]:
    """Which rows (row,) mean that there is no class; the values are reported.

    Names with that meaning are ignored if the model has a class of that name, or if fewer than two classes would be
    left: then “background” must be one of two classes.
    """
    given = [{value for value in set(column) if _is_given(value, columns, no_class)} for column in columns.columns]
    named = _named(columns, space, no_class, {as_text(value) for value in given[0]}, reporter)
    shown = dict.fromkeys([as_text(value) for values in given for value in values] + sorted(named))
    if not shown:
        return np.zeros(len(columns.columns[0]), dtype=bool)
    reporter.warning(
        "labels_no_class",
        f"{columns.subject}: {', '.join(_called(columns, value) for value in shown)} excluded as “no class”. "
        f"LABEL_NODATA sets the values to exclude (none: only declared nodata).",
    )
    return np.array(
        [
            any(value in values for value, values in zip(row, given, strict=True)) or as_text(row[0]) in named
            for row in zip(*columns.columns, strict=True)
        ],
        dtype=bool,
    )


def _named(
    columns: LabelColumns, space: LabelSpace | None, no_class: NoClass, given: set[str], reporter: Reporter
) -> set[str]:
    """The values whose names mean “no class”, as texts."""
    if len(columns.columns) > 1 or (columns.numeric and not columns.meanings):
        return set()
    texts = distinct_texts(columns)
    named = no_class.named({text: columns.meanings.get(text, text) for text in texts})
    named -= {text for text in named if space and _knows(space, columns.meanings.get(text, text), text)}
    if space is None and is_one_of_two(texts, named, given):
        _log_kept(columns, named, reporter)
        return set()
    return named


def _is_given(value: object, columns: LabelColumns, no_class: NoClass) -> bool:
    text = as_text(value)
    return no_class.given is not None and no_class.is_given(text, columns.meanings.get(text, ""))


def _knows(space: LabelSpace, name: str, value: str) -> bool:
    """Whether the model has a class of that name, or of that value if the labels give it no other name."""
    return any(name == label.name or (name == value and value == label.value) for label in space.classes)


def _called(columns: LabelColumns, value: str) -> str:
    name = columns.meanings.get(value)
    return f"{value} ({name})" if name else value


def _log_kept(columns: LabelColumns, named: set[str], reporter: Reporter) -> None:
    shown = ", ".join(_called(columns, value) for value in sorted(named))
    reporter.warning(
        "labels_no_class",
        f"{columns.subject}: {shown} is kept as a class because there is only one other class. If it means “no "
        f"class”, add it to LABEL_NODATA.",
    )


def _log_names(columns: LabelColumns, learned: bool, reporter: Reporter) -> None:
    """Log texts that differ only in blanks (merged) or in case (kept separate), and repeated names."""
    raw: dict[str, set[str]] = defaultdict(set)
    for value in columns.columns[0]:
        if isinstance(value, str):
            raw[as_text(value)].add(value)
    joined = [f"“{text}” ({len(values)} spellings)" for text, values in sorted(raw.items()) if len(values) > 1]
    if joined:
        reporter.warning(
            "names_joined",
            f"{columns.subject}: labels that differ only in whitespace are merged: {', '.join(joined)}.",
        )
    if not learned:
        return
    names = names_by_value(columns)
    for group in alike(names.values()):
        reporter.warning(
            "names_alike",
            f"{columns.subject}: {', '.join(group)} differ only in case or whitespace and are kept as separate "
            f"classes. If they mean the same, use one spelling in the layer.",
        )
    twice = sorted(name for value, name in names.items() if name not in (value, columns.meanings.get(value)))
    if twice:
        reporter.warning(
            "names_twice",
            f"{columns.subject}: several values have the same name; in the map they are called {', '.join(twice)}.",
        )


def _log_empty(columns: LabelColumns, labelled: int, reporter: Reporter) -> None:
    without = len(columns.columns[0]) - labelled
    if without:
        names = ", ".join(columns.names)
        numbers = infinite(columns)
        why = f" ({numbers} of them infinite, or outside the value range of a map)" if numbers else ""
        reporter.warning(
            "labels_null", f"{columns.subject}: {counted(without, 'label')} without a value in {names} excluded{why}."
        )
    if labelled == 0:
        found = f"{counted(without, 'label')}, none of them with a value in {', '.join(columns.names)}"
        raise no_label(columns.subject, found if without else "no feature")


def no_label(subject: str, found: str) -> InputError:
    """The error for labels without any labelled element."""
    return InputError(
        ErrorCode.LABELS_EMPTY,
        subject=subject,
        found=found,
        expected="labelled points, polygons or pixels",
        remedy="Check the layer, its filter and selection, the label field, or the nodata value of the raster.",
    )


def _log_codes(columns: LabelColumns, space: LabelSpace, reporter: Reporter) -> None:
    """Report numbers that are interpreted as codes of the map, because they may have another meaning."""
    if not space.task.one_class or not columns.numeric or classes_by_meaning(columns, space):
        return
    codes = space.classes if are_codes(columns, space) else only_codes(columns, space)
    if codes:
        read_as = ", ".join(f"{label.code} = {label.name}" for label in codes[:20])
        reporter.warning(
            "labels_are_codes", f"{columns.subject}: the numbers are interpreted as class codes of the map: {read_as}."
        )


def _without_unknown_classes(rows: LabelRows, columns: LabelColumns, reporter: Reporter) -> LabelRows:
    """Exclude the rows of classes that the model does not have."""
    if not rows.space.task.one_class or (rows.target >= 0).all():
        return rows
    unknown = rows.index[rows.target < 0]
    named = sorted({_called(columns, as_text(columns.columns[0][row])) for row in unknown})
    if len(unknown) == len(rows):
        raise _no_known_class(columns, rows.space, named)
    reporter.warning(
        "classes_unknown",
        f"{columns.subject}: {counted(len(unknown), 'label')} of classes that the model does not have excluded: "
        f"{', '.join(named)}.",
    )
    return rows.take(np.flatnonzero(rows.target >= 0))


def _no_known_class(columns: LabelColumns, space: LabelSpace, strange: list[str]) -> InputError:
    return InputError(
        ErrorCode.LABEL_FIELD_UNSUITABLE,
        subject=f"{columns.subject}, {', '.join(columns.names)}",
        found=f"the classes {', '.join(strange[:20])}",
        expected=f"classes of the model: {', '.join(label.name for label in space.classes)}",
        remedy="Choose the field that contains the classes of the model.",
    )
