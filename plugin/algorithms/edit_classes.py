"""colearn:editclasses — other names and colours for a model's classes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterMatrix,
)

from ...engine.contract import CoLearnError, ErrorCode, JobError, OutputError
from .. import sentences
from ..messages import sentence, temporary_words, tr
from ..parameters.types import definitions
from .model_tool import ModelTool

if TYPE_CHECKING:
    from ..model_edit import ClassEdit


class EditClasses(ModelTool):
    """A model file in, a copy with other names and colours out."""

    def name(self) -> str:
        """Part of the id ``colearn:editclasses``."""
        return "editclasses"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("Edit the classes of a model")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("model,classes,names,colours,colors,legend,rename").split(",")

    def shortHelpString(self) -> str:
        """The short help shown next to the parameters."""
        return tr(
            "Writes a copy of a model with other class names and colours, which its maps then use. Class codes, "
            "networks and scores stay the same, and labels with the old names are still recognized. The table lists "
            "the classes of the chosen model: change their names and colours (such as #1e8449). Empty cells, and "
            "classes that are not listed, keep what they have. The report inside the model keeps the old names."
        )

    def declare(self) -> None:
        """Add the table of classes and the output file."""
        headers = [tr("Code"), tr("Name"), tr("Colour")]
        table = QgsProcessingParameterMatrix("CLASSES", tr("Classes"), 1, False, headers)
        table.setHelp(tr("Rows of code, name and colour. “Inspect a model” and the map's legend list the codes."))
        self.addParameter(table)
        copy = definitions.output_file("OUTPUT_MODEL", tr("Edited model"), definitions.model_filter())
        copy.setHelp(tr("The copy; must be a different file from the model."))
        self.addParameter(copy)

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Edit the manifest and write the copy."""
        from ..model_card import read_manifest
        from ..model_edit import with_classes, write_edited
        from ..parameters.types.values import ParameterValues

        values = ParameterValues(self, parameters, context)
        model, copy = values.file("MODEL"), values.output_file("OUTPUT_MODEL") or ""
        try:
            if _identity(model) == _identity(copy):
                raise OutputError(
                    ErrorCode.OUTPUT_IS_INPUT,
                    subject="OUTPUT_MODEL",
                    found=copy,
                    expected=tr("a file other than the model"),
                    remedy=tr("Choose another name for the copy."),
                )
            cells = self.parameterAsMatrix(parameters, "CLASSES", context)
            edited = with_classes(read_manifest(model), _edits(cells))
            write_edited(model, copy, edited)
        except CoLearnError as error:
            raise QgsProcessingException(sentence(error)) from error
        if "OUTPUT_MODEL" not in values.named_outputs():
            feedback.pushWarning(temporary_words(tr("edited model")))
        for label in edited.classes:
            feedback.pushInfo(f"{label.code}: {label.name} {label.color}")
        return {"OUTPUT_MODEL": copy}


def _identity(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _edits(cells: list[Any]) -> tuple[ClassEdit, ...]:
    """The edits in a table with three cells per row.

    Raises:
        JobError: the table has no rows of three cells, or a code is not a number.
    """
    from ..model_edit import ClassEdit

    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    rows = [texts[at : at + 3] for at in range(0, len(texts), 3)]
    rows = [row for row in rows if any(row)]
    if any(len(row) != 3 or not row[0].isdecimal() for row in rows):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="CLASSES",
            found=", ".join(texts),
            expected=tr("rows of code (a number), name and colour"),
            remedy=sentences.correct_table(),
        )
    return tuple(ClassEdit(int(code), name, color) for code, name, color in rows)
