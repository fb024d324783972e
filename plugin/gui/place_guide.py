"""Proposes where a form's main output goes: a file that is kept, not the temporary one that QGIS would take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsProcessing, QgsProcessingContext, QgsProcessingOutputLayerDefinition
from qgis.PyQt.QtWidgets import QLineEdit

from ..messages import tr
from .form_labels import label_of


class PlaceGuide:
    """Proposes a file until the person chooses one, and warns of a temporary file."""

    def __init__(
        self,
        output: Any,
        propose: Callable[[], str],
        follows: Iterable[Any],
        on_chosen: Callable[[str], None] = lambda _path: None,
    ) -> None:
        """Guide a form.

        Args:
            output: the wrapper of the output's parameter.
            propose: the file to propose now; empty where nothing is known yet.
            follows: the wrappers on whose values that depends.
            on_chosen: is given a file that the person chose, once it is typed.
        """
        self._output, self._propose_now, self._on_chosen = output, propose, on_chosen
        self._proposed = QgsProcessing.TEMPORARY_OUTPUT
        self._propose()
        for wrapper in follows:
            wrapper.widgetValueHasChanged.connect(lambda _wrapper: self._propose())
        self._output.widgetValueHasChanged.connect(lambda _wrapper: self._note())
        line = self._line()
        if line is not None:
            line.editingFinished.connect(self._show_chosen)

    def _propose(self) -> None:
        if self._value() != self._proposed:
            return
        self._proposed = self._propose_now() or QgsProcessing.TEMPORARY_OUTPUT
        self._output.setParameterValue(self._proposed, QgsProcessingContext())

    def _value(self) -> str:
        value = self._output.parameterValue()
        if isinstance(value, QgsProcessingOutputLayerDefinition):  # of outputs that QGIS loads
            value = value.sink.staticValue()
        return str(value or "")

    def _note(self) -> None:
        line = self._line()
        if line is None or not line.hasFocus():
            self._show_chosen()
        label = label_of(self._output)
        if label is not None:
            temporary = self._value() == QgsProcessing.TEMPORARY_OUTPUT
            name = self._output.parameterDefinition().description()
            label.setText(tr("{name} ⚠ deleted when QGIS closes").format(name=name) if temporary else name)

    def _show_chosen(self) -> None:
        if self._value() not in ("", self._proposed, QgsProcessing.TEMPORARY_OUTPUT):
            self._on_chosen(self._value())

    def _line(self) -> Optional[QLineEdit]:
        """The line in which a path is typed."""
        return self._output.wrappedWidget().findChild(QLineEdit)


def beside_model(model: Any, word: Callable[[], str], ending: str) -> str:
    """``MODEL_WORD.ENDING`` beside the model that a form has chosen, with a number where there is one; empty without.

    Args:
        model: the wrapper of the model's parameter.
    """
    path = Path(str(model.parameterValue() or ""))
    if not path.is_file():
        return ""
    stem = "_".join(each for each in (path.stem, re.sub(r"[^\w.-]+", "_", word()).strip("_")) if each)
    free, number = path.with_name(f"{stem}{ending}"), 2
    while free.exists():
        free = path.with_name(f"{stem}_{number}{ending}")
        number += 1
    return str(free)
