"""The steps of the training journey, each a verb of ``engine/train.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .all_labels import with_all_labels
    from .copies import with_copies
    from .outcome import finished, log_choices
    from .runs import pace_of, pool_of, settings_of, train_on_splits
    from .samples import TrainingInputs, split_samples, with_unlabelled
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "TrainingInputs",
    "finished",
    "log_choices",
    "pace_of",
    "pool_of",
    "settings_of",
    "split_samples",
    "train_on_splits",
    "with_all_labels",
    "with_copies",
    "with_unlabelled",
]
