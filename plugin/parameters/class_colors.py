"""CLASS_COLORS: custom colours for the classes of a training, and names for numeric classes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import NULL, QgsProcessingParameterMatrix

from ...engine.contract import ClassColor, CodecError, ErrorCode, JobError, Labels, shown_text
from .. import sentences
from ..messages import tr

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .types.values import ParameterValues

NAME = "CLASS_COLORS"
CELLS = 3  # value, colour, name


def add_class_colors(algorithm: EngineAlgorithm) -> None:
    """Declare the table."""
    headers = [tr("Value"), tr("Colour"), tr("Name")]
    table = QgsProcessingParameterMatrix(NAME, tr("Class colours"), 1, False, headers, None, True)
    algorithm.add(
        table,
        tr(
            "Rows of label value, colour (such as #1e8449) and name, which override the style of the label layer. "
            "The name is used where values are integers; empty: the name in the legend of the layer. Classes without "
            "a row keep the colour of the layer, or get one that suits their name."
        ),
        advanced=True,
    )


def check_class_colors(values: ParameterValues) -> None:
    """Refuse an invalid table.

    Raises:
        JobError: incomplete rows, or invalid colours.
    """
    found = [color.value for color in _rows(values.matrix(NAME))]
    twice = sorted({value for value in found if found.count(value) > 1})
    if twice:
        raise _refused(tr("{values} more than once").format(values=", ".join(twice)), tr("one row per value"))


def read_class_colors(values: ParameterValues) -> tuple[ClassColor, ...]:
    """The rows of the table.

    Raises:
        JobError: as :func:`check_class_colors`.
    """
    check_class_colors(values)
    return tuple(_rows(values.matrix(NAME)))


def with_class_colors(labels: Labels, values: ParameterValues) -> Labels:
    """The labels with the colours of the table instead of those of the label layer.

    Raises:
        JobError: as :func:`check_class_colors`.
    """
    given = read_class_colors(values)
    legend = {color.value: color for color in labels.colors}
    named = {color.value: replace(color, name=color.name or _name_in(legend, color.value)) for color in given}
    return replace(labels, colors=tuple({**legend, **named}.values()))


def _name_in(legend: dict[str, ClassColor], value: str) -> str:
    return legend[value].name if value in legend else ""


def _rows(cells: list[Any]) -> list[ClassColor]:
    texts = ["" if cell is None or cell == NULL else str(cell).strip() for cell in cells]
    rows = [texts[at : at + CELLS] for at in range(0, len(texts), CELLS)]
    rows = [row for row in rows if any(row)]
    if any(len(row) != CELLS or not row[0] for row in rows):
        raise _refused(", ".join(texts), tr("rows of value, colour and name"))
    try:
        return [ClassColor(value, color.lower(), name) for value, color, name in rows]
    except CodecError as error:
        raise _refused(error.found, sentences.example_colour()) from error


def _refused(found: str, expected: str) -> JobError:
    return JobError(
        ErrorCode.JOB_INVALID,
        subject=NAME,
        found=shown_text(found),
        expected=expected,
        remedy=sentences.correct_table(),
    )
