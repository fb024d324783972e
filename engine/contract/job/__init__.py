"""Jobs, their choices and defaults, and the rasters and labels they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .job import (
        IDLE_S,
        JOURNEYS,
        LEAST_FOLDS,
        LEAST_TILE_PX,
        MOST_FOLDS,
        MOST_REPEATS,
        MOST_TILE_PX,
        SERVE,
        THOROUGH_FOLDS,
        Device,
        EvaluateJob,
        ExportSensorJob,
        Job,
        PredictJob,
        TrainJob,
        default_of,
        journey_of,
    )
    from .job_file import job_from_text, job_to_line, job_to_text
    from .map_choices import POLYGON_ENDINGS, Confidence, Precision, ProbabilityType, Quality, ValueType
    from .method import (
        FEW_TRAINING_SAMPLES,
        FEWEST_EPOCHS,
        MOST_EPOCHS,
        ClassWeight,
        Effort,
        ImageEncoder,
        LossWeights,
        Method,
        Optimize,
        SeriesEncoder,
        Spectral,
        SplitBy,
        UnlabelledUse,
        usual_copy_epochs,
        usual_epochs,
        weights_of_loss,
    )
    from .quality import NO_MASK, PRESETS, QualityRule, QualityTest, mask_rules, mask_text
    from .sources import (
        ClassColor,
        Extent,
        Labels,
        Layout,
        RasterLabels,
        RasterSource,
        SensorSpec,
        VectorLabels,
        VectorSource,
    )
    from .task import Task
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "FEWEST_EPOCHS",
    "FEW_TRAINING_SAMPLES",
    "IDLE_S",
    "JOURNEYS",
    "LEAST_FOLDS",
    "LEAST_TILE_PX",
    "MOST_EPOCHS",
    "MOST_FOLDS",
    "MOST_REPEATS",
    "MOST_TILE_PX",
    "NO_MASK",
    "POLYGON_ENDINGS",
    "PRESETS",
    "SERVE",
    "THOROUGH_FOLDS",
    "ClassColor",
    "ClassWeight",
    "Confidence",
    "Device",
    "Effort",
    "EvaluateJob",
    "ExportSensorJob",
    "Extent",
    "ImageEncoder",
    "Job",
    "Labels",
    "Layout",
    "LossWeights",
    "Method",
    "Optimize",
    "Precision",
    "PredictJob",
    "ProbabilityType",
    "Quality",
    "QualityRule",
    "QualityTest",
    "RasterLabels",
    "RasterSource",
    "SensorSpec",
    "SeriesEncoder",
    "Spectral",
    "SplitBy",
    "Task",
    "TrainJob",
    "UnlabelledUse",
    "ValueType",
    "VectorLabels",
    "VectorSource",
    "default_of",
    "job_from_text",
    "job_to_line",
    "job_to_text",
    "journey_of",
    "mask_rules",
    "mask_text",
    "usual_copy_epochs",
    "usual_epochs",
    "weights_of_loss",
]
