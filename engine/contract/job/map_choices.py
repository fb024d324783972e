"""How a map is computed and stored: choices of a prediction job."""

from __future__ import annotations

from enum import Enum

POLYGON_ENDINGS = (".gpkg", ".geojson")  # of the files that areas of classes are written to


class Confidence(str, Enum):
    """How sure a map is of a pixel's class, 0 to 1."""

    MAXIMUM = "maximum"  # the probability of the class given
    MARGIN = "margin"  # that minus the largest other, 0 at least
    ENTROPY = "entropy"  # 1 − H / log K: 1 where one class is certain, 0 where all are alike


class ProbabilityType(str, Enum):
    """How probabilities are stored."""

    FLOAT32 = "float32"
    UINT8 = "uint8"  # in steps of 1/254, a quarter of the size


class ValueType(str, Enum):
    """How the values of a regression are stored."""

    FLOAT32 = "float32"
    INT16 = "int16"  # with a scale and an offset that the file declares, half the size


class Quality(str, Enum):
    """Which of a sensor's predictors maps: an average of networks and forests, or one network that learned from it."""

    AUTO = "auto"  # fast where the model's own test shows no loss by it
    BEST = "best"
    FAST = "fast"


class Precision(str, Enum):
    """In which numbers the network runs."""

    AUTO = "auto"  # int8 where the CPU has fast int8 instructions and the model's own test says that it costs nothing
    FP32 = "fp32"
    INT8 = "int8"
