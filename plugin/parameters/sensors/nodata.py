"""Nodata values that no file declares: NODATA, SENSOR_X_NODATA."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from ....engine.contract import ErrorCode, JobError
from ...messages import tr
from ..types import definitions

if TYPE_CHECKING:
    from ...algorithms.base import EngineAlgorithm
    from ..types.values import ParameterValues

NONE = "none"


def add_nodata(algorithm: EngineAlgorithm) -> None:
    """Declare NODATA for a raster to which a model is applied."""
    algorithm.add(
        definitions.text("NODATA", tr("Nodata values")),
        tr(
            "Nodata values in addition to those declared in the files, for all bands, separated by semicolons: 0, or "
            "0; -9999. Empty: those of the sensor's training. none: only those declared in the files."
        ),
        advanced=True,
    )


def nodata_help() -> str:
    """The help text of SENSOR_X_NODATA."""
    return tr(
        "Nodata values in addition to those declared in the files, for all bands, separated by semicolons: 0, or "
        "0; -9999. A pixel with one of them in any used band is nodata. Empty: only those declared in the files."
    )


def read_nodata(values: ParameterValues, name: str) -> Optional[tuple[float, ...]]:
    """The nodata values; None if the parameter is empty, an empty tuple for the word none.

    Raises:
        JobError: not a list of numbers.
    """
    text = values.text(name)
    if not text:
        return None
    if text.lower() == NONE:
        return ()
    return tuple(dict.fromkeys(_number(word, name, text) for word in re.split(r"[;,\s]+", text) if word))


def _number(word: str, name: str, text: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = float("nan")
    if number - number != 0:  # NaN, infinity
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=name,
            found=text,
            expected=tr("numbers separated by semicolons, with a decimal point, or the word none"),
            remedy=tr("Correct the value, for example 0; -9999. (NaN and infinity are nodata anyway.)"),
        )
    return number
