"""The steps of the training journey, each a verb of ``engine/train.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .all_labels import with_all_labels
    from .copies import with_copies
    from .outcome import finished, log_choices
    from .runs import train_on_splits
    from .samples import TrainingInputs, split_samples, with_unlabelled
    from .setup import TrainingSetup
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "TrainingInputs",
    "TrainingSetup",
    "finished",
    "log_choices",
    "split_samples",
    "train_on_splits",
    "with_all_labels",
    "with_copies",
    "with_unlabelled",
]
