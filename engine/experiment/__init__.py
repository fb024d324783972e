"""A training journey: what is compared, on which splits, what it brought, the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .averaging import Averaging, unsaid
    from .comparison import predict_samples, train_all
    from .describe import TrainingRecord, describe_training
    from .fast_copy import fast_copies
    from .methods import AVERAGE, Experiment, MethodResult
    from .pace import Pace
    from .progress import TrainingProgress
    from .quantization import Graphs, with_fast_copies, with_int8
    from .results import TrainingResults
    from .sample_table import sample_columns
    from .scoring import predict_test
    from .split_plan import SplitPlan, plan_splits
    from .units import target_units
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AVERAGE",
    "Averaging",
    "Experiment",
    "Graphs",
    "MethodResult",
    "Pace",
    "SplitPlan",
    "TrainingProgress",
    "TrainingRecord",
    "TrainingResults",
    "describe_training",
    "fast_copies",
    "plan_splits",
    "predict_samples",
    "predict_test",
    "sample_columns",
    "target_units",
    "train_all",
    "unsaid",
    "with_fast_copies",
    "with_int8",
]
