"""Values that mean nodata though no file says so: NODATA, SENSOR_X_NODATA."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from ...engine.contract.errors import ErrorCode, JobError
from ..messages import tr
from . import definitions

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .values import ParameterValues

NONE = "none"


def add_nodata(algorithm: EngineAlgorithm) -> None:
    """Declare NODATA of a raster that a model is used on."""
    algorithm.add(
        definitions.text("NODATA", tr("Nodata values")),
        tr(
            "Values that mean nodata in every band, beside those that the files declare; for example 0 or 0; -9999. "
            "Empty: those of the sensor's training. none: none but the files' own."
        ),
        advanced=True,
    )


def nodata_help() -> str:
    """What SENSOR_X_NODATA means."""
    return tr(
        "Values that mean nodata in every band, beside those that the files declare; for example 0 or 0; -9999. A "
        "pixel that has one of them in any used band is left out. Empty: none but the files' own."
    )


def read_nodata(values: ParameterValues, name: str) -> Optional[tuple[float, ...]]:
    """The values given; None where the parameter is empty, nothing for the word none.

    Raises:
        JobError: something that is no list of numbers.
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
            expected=tr("numbers with semicolons between them, a point before decimals, or the word none"),
            remedy=tr("Correct the value, for example 0; -9999. (NaN and infinity are nodata anyway.)"),
        )
    return number
