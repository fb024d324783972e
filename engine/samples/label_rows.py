"""Which rows of the labels carry a label, and what each says."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import ErrorCode, InputError
from ..contract.job import ClassColor, Task
from ..process.reporting import Reporter
from .label_space import LabelColumns, LabelSpace, are_codes, decide_task, encode, infinite, known, learn_space
from .sample_set import Indices


@dataclass(frozen=True)
class LabelRows:
    """The rows with a label: their ``index`` among all rows, the ``target`` of each, and the ``space`` they live in."""

    index: Indices
    target: NDArray[np.int64] | NDArray[np.float32]
    space: LabelSpace

    def __len__(self) -> int:
        return len(self.index)

    def take(self, chosen: Indices) -> LabelRows:
        """Some of the rows."""
        return LabelRows(self.index[chosen], self.target[chosen], self.space)


def understand(
    columns: LabelColumns, task: Task, space: LabelSpace | None, colors: tuple[ClassColor, ...], reporter: Reporter
) -> LabelRows:
    """Understand labels, in the ``space`` of a model where one is given; rows without a label are told and left out.

    Raises:
        InputError: no label at all, labels that do not suit the task, or none that the model knows.
    """
    index = np.flatnonzero(known(columns)).astype(np.int64)
    _tell_empty(columns, len(index), reporter)
    kept = replace(columns, columns=tuple([column[row] for row in index] for column in columns.columns))
    decided = decide_task(kept, task if space is None else space.task)
    if space is None and task is Task.AUTO:
        reporter.info("task_recognized", f"Task recognized from the labels: {decided.value}.")
    if space is not None:
        _tell_codes(columns, space, reporter)
    space = space or learn_space(kept, decided, colors)
    return _without_strangers(LabelRows(index, encode(kept, space), space), columns, reporter)


def _tell_empty(columns: LabelColumns, labelled: int, reporter: Reporter) -> None:
    without = len(columns.columns[0]) - labelled
    if without:
        names = ", ".join(columns.names)
        numbers = infinite(columns)
        why = f" ({numbers} of them infinite, or beyond what a map can hold)" if numbers else ""
        reporter.warning(
            "labels_null", f"{columns.subject}: {without} label(s) without a value in {names} left out{why}."
        )
    if labelled == 0:
        found = f"{without} label(s), none of them with a value in {', '.join(columns.names)}"
        raise no_label(columns.subject, found if without else "no feature")


def no_label(subject: str, found: str) -> InputError:
    """The error for labels that say nothing."""
    return InputError(
        ErrorCode.LABELS_EMPTY,
        subject=subject,
        found=found,
        expected="labelled points, polygons or pixels",
        remedy="Check the layer, its filter and selection, the label field, or the raster's nodata value.",
    )


def _tell_codes(columns: LabelColumns, space: LabelSpace, reporter: Reporter) -> None:
    """Numbers against classes of text are read as codes of the map: said, because they may be meant otherwise."""
    if are_codes(columns, space):
        read_as = ", ".join(f"{label.code} = {label.name}" for label in space.classes[:20])
        reporter.warning("labels_are_codes", f"{columns.subject}: the numbers are read as codes of the map: {read_as}.")


def _without_strangers(rows: LabelRows, columns: LabelColumns, reporter: Reporter) -> LabelRows:
    """Leave out the rows of classes that the model does not know."""
    if rows.space.task is not Task.CLASSIFICATION or (rows.target >= 0).all():
        return rows
    strangers = rows.index[rows.target < 0]
    named = sorted({str(columns.columns[0][row]) for row in strangers})
    if len(strangers) == len(rows):
        raise _no_known_class(columns, rows.space, named)
    reporter.warning(
        "classes_unknown",
        f"{columns.subject}: {len(strangers)} label(s) of classes unknown to the model left out: {', '.join(named)}.",
    )
    return rows.take(np.flatnonzero(rows.target >= 0))


def _no_known_class(columns: LabelColumns, space: LabelSpace, strange: list[str]) -> InputError:
    return InputError(
        ErrorCode.LABEL_FIELD_UNSUITABLE,
        subject=f"{columns.subject}, {', '.join(columns.names)}",
        found=f"the classes {', '.join(strange[:20])}",
        expected=f"classes of the model: {', '.join(label.name for label in space.classes)}",
        remedy="Choose the field that holds the model's classes.",
    )
