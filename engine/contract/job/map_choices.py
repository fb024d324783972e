"""Options of a prediction job: how a map is computed and stored."""

from __future__ import annotations

from enum import Enum

POLYGON_ENDINGS = (".gpkg", ".geojson")  # of the files with polygons of classes


class Confidence(str, Enum):
    """The confidence in a pixel's class, 0 to 1."""

    MAXIMUM = "maximum"  # the probability of the predicted class
    MARGIN = "margin"  # that minus the largest other, at least 0
    ENTROPY = "entropy"  # 1 − H / log K: 1 if one class is certain, 0 if all are equal


class ProbabilityType(str, Enum):
    """How probabilities are stored."""

    FLOAT32 = "float32"
    UINT8 = "uint8"  # in steps of 1/254, a quarter of the size


class ValueType(str, Enum):
    """How the values of a regression are stored."""

    FLOAT32 = "float32"
    INT16 = "int16"  # with scale and offset declared in the file, half the size


class Quality(str, Enum):
    """Which of a sensor's predictors is used: an average of networks and forests, or one network distilled from it."""

    AUTO = "auto"  # fast if the model's test shows no loss
    BEST = "best"
    FAST = "fast"


class Precision(str, Enum):
    """The numeric precision of the network."""

    AUTO = "auto"  # int8 if the CPU has fast int8 instructions and the model's test shows no loss
    FP32 = "fp32"
    INT8 = "int8"
