"""Whether an image's values resemble the training's: a quick check on a few pixels."""

from __future__ import annotations

import math
from enum import Enum

from ....engine.contract import Band

MOST_SD = 4.0


class Likeness(str, Enum):
    """How the values of a band compare with the training's."""

    ALIKE = "alike"
    STRANGE = "strange"
    UNKNOWN = "unknown"


def likeness(band: Band, mean: float, minimum: float, maximum: float) -> Likeness:
    """Compare a band's mean and range with the training's: values in another unit or scale lie far outside."""
    if not all(math.isfinite(value) for value in (mean, minimum, maximum)):
        return Likeness.UNKNOWN
    apart = abs(mean - band.mean) > MOST_SD * max(band.sd, 1e-12)
    beyond = maximum < band.minimum or minimum > band.maximum
    return Likeness.STRANGE if apart or beyond else Likeness.ALIKE
