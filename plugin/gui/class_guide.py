"""Fills a table of classes with those of the chosen model: nobody knows its codes by heart."""

from __future__ import annotations

from typing import Any

from qgis.core import NULL, QgsProcessingContext

from ...engine.contract import CoLearnError
from ..model_card import read_manifest


class ClassGuide:
    """Fills the table until the user edits it."""

    def __init__(self, model: Any, table: Any) -> None:
        """Guide a form; both are wrappers."""
        self._model, self._table = model, table
        self._filled: list[str] = []
        self._fill()
        model.widgetValueHasChanged.connect(lambda _wrapper: self._fill())

    def _fill(self) -> None:
        cells = ["" if cell is None or cell == NULL else str(cell) for cell in self._table.parameterValue() or []]
        if any(cells) and cells != self._filled:
            return
        try:
            classes = read_manifest(str(self._model.parameterValue() or "")).classes
        except CoLearnError:
            classes = ()
        self._filled = [text for each in classes for text in (str(each.code), each.name, each.color)]
        self._table.setParameterValue(self._filled, QgsProcessingContext())
