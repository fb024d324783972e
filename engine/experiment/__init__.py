"""A training journey: the methods compared, the splits, the results, the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .averaging import Averaging
    from .chosen import Chosen
    from .comparison import Comparison, predict_samples, train_all
    from .describe import TrainingRecord, describe_training
    from .methods import AVERAGE, Experiment, MethodResult
    from .overlap import spread, usual_draw
    from .pace import EndedEarly, Pace
    from .progress import FOREST_SHARE, GROWING, TrainingProgress
    from .results import TrainingResults
    from .sample_table import sample_columns, split_columns
    from .scoring import Scorer, predict_test
    from .units import target_units
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AVERAGE",
    "FOREST_SHARE",
    "GROWING",
    "Averaging",
    "Chosen",
    "Comparison",
    "EndedEarly",
    "Experiment",
    "MethodResult",
    "Pace",
    "Scorer",
    "TrainingProgress",
    "TrainingRecord",
    "TrainingResults",
    "calibrated",
    "describe_training",
    "predict_samples",
    "predict_test",
    "sample_columns",
    "split_columns",
    "spread",
    "target_units",
    "train_all",
    "usual_draw",
]
