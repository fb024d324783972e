"""What a model file says about itself, and how it is opened and read."""

from __future__ import annotations

from .label_classes import LabelClass, Target, decision_weights, known_shares
from .manifest import (
    HASH_BYTES,
    MANIFEST_ENTRY,
    REGRESSION_NODATA,
    REPORT_ENTRY,
    WEIGHTS_ENTRY,
    Band,
    Candidate,
    Combination,
    Manifest,
    SampleCounts,
    SensorManifest,
    TrainedPlaces,
    TrainingArea,
)
from .manifest_text import manifest_to_text
from .model_reader import damaged, manifest_of, no_model, opened_model
from .sample_shape import Axes, SampleShape, SensorKind
from .scores import (
    LEAST_AGREEMENT,
    CalibrationError,
    Choice,
    Estimate,
    FastCopy,
    FusedScore,
    MetricScore,
    Quantized,
    QuantizedTest,
    SensorScore,
    Substitute,
    Variant,
    Verdict,
)
from .unsure import UNSURE_NAMES, unsure_beside, unsure_class

__all__ = [
    "HASH_BYTES",
    "LEAST_AGREEMENT",
    "MANIFEST_ENTRY",
    "REGRESSION_NODATA",
    "REPORT_ENTRY",
    "UNSURE_NAMES",
    "WEIGHTS_ENTRY",
    "Axes",
    "Band",
    "CalibrationError",
    "Candidate",
    "Choice",
    "Combination",
    "Estimate",
    "FastCopy",
    "FusedScore",
    "LabelClass",
    "Manifest",
    "MetricScore",
    "Quantized",
    "QuantizedTest",
    "SampleCounts",
    "SampleShape",
    "SensorKind",
    "SensorManifest",
    "SensorScore",
    "Substitute",
    "Target",
    "TrainedPlaces",
    "TrainingArea",
    "Variant",
    "Verdict",
    "damaged",
    "decision_weights",
    "known_shares",
    "manifest_of",
    "manifest_to_text",
    "no_model",
    "opened_model",
    "unsure_beside",
    "unsure_class",
]
