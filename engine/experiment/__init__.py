"""A training journey: what is compared, on which splits, what it brought, the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .comparison import averages, calibrated, predict_samples, train_all
    from .describe import TrainingRecord, describe_training
    from .methods import AVERAGE, AVERAGED, Experiment, MethodResult
    from .progress import TrainingProgress
    from .quantization import Graphs, with_int8
    from .results import TrainingResults
    from .sample_table import sample_columns
    from .scoring import predict_test
    from .split_plan import SplitPlan, plan_splits
    from .units import target_units
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AVERAGE",
    "AVERAGED",
    "Experiment",
    "Graphs",
    "MethodResult",
    "SplitPlan",
    "TrainingProgress",
    "TrainingRecord",
    "TrainingResults",
    "averages",
    "calibrated",
    "describe_training",
    "plan_splits",
    "predict_samples",
    "predict_test",
    "sample_columns",
    "target_units",
    "train_all",
    "with_int8",
]
