"""Errors and messages of the engine in the terms of an algorithm's form.

The engine knows sensors only by name, not by the letter of their parameters: it writes ``SENSOR_X_…``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Optional

from ...messages import sentence

if TYPE_CHECKING:
    from qgis.core import QgsProcessingAlgorithm

    from ....engine.contract import CoLearnError

_PLACEHOLDER = "SENSOR_X_"


def with_letter(text: str, letters: Mapping[str, str], about: str = "") -> str:
    """The text with the letter of the sensor it refers to: the first one named in ``about`` or in the text itself."""
    if _PLACEHOLDER not in text:
        return text
    letter = _letter_in(about, letters) or _letter_in(text, letters)
    return text.replace(_PLACEHOLDER, f"SENSOR_{letter}_") if letter else text


def _letter_in(text: str, letters: Mapping[str, str]) -> Optional[str]:
    """The letter of the sensor named first, as a whole word; if one name contains another, the longest."""
    found = []
    for name, letter in letters.items():
        place = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        if place:
            found.append((place.start(), -len(name), letter))
    return min(found)[2] if found else None


def error_words(error: CoLearnError, algorithm: QgsProcessingAlgorithm, letters: Mapping[str, str]) -> str:
    """The error in the form's terms: fields by their labels, with their parameter names next to the code at the end."""
    text = with_letter(sentence(error), letters, about=error.subject)
    names = [name.strip() for name in error.subject.split(",")]
    definitions = [algorithm.parameterDefinition(name) for name in names]
    if not all(definitions):
        return text
    labels = ", ".join(f"“{definition.description()}”" for definition in definitions)
    title, _colon, rest = text.partition(f": {error.subject}.")
    code = f"[{error.code.value}]"
    worded = f"{title}: {labels}.{rest}" if rest else text
    return worded.replace(code, f"({', '.join(names)}) {code}")
