"""Proposes a path for a form's main output: a permanent file, not the temporary one that QGIS uses by default."""

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
    """Proposes a file until the user chooses one, and warns of a temporary file."""

    def __init__(
        self,
        output: Any,
        propose: Callable[[], str],
        follows: Iterable[Any],
        on_chosen: Callable[[str], None] = lambda _path: None,
    ) -> None:
        """Guide a form.

        Args:
            output: the wrapper of the output parameter.
            propose: returns the file to propose now; empty while too little is known.
            follows: the wrappers whose values the proposal depends on.
            on_chosen: called with a file that the user chose or typed.
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
        if isinstance(value, QgsProcessingOutputLayerDefinition):  # the value type of outputs that QGIS loads
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
        """The line edit for the path."""
        return self._output.wrappedWidget().findChild(QLineEdit)


def beside_model(model: Any, word: Callable[[], str], ending: str) -> str:
    """``MODEL_WORD.ENDING`` next to the chosen model, numbered if that file exists; empty without a model.

    Args:
        model: the wrapper of the model parameter.
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
