"""Forests: the reference for networks, members of averages, and the teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .feature_choice import design_of, rich_features
    from .forest import Forest
    from .privileged_teacher import FOLDS, out_of_fold, teacher
    from .sensor_forests import SensorForests
    from .teacher_choice import TeachersCompared, compare_teachers
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "FOLDS",
    "Forest",
    "SensorForests",
    "TeachersCompared",
    "compare_teachers",
    "design_of",
    "out_of_fold",
    "rich_features",
    "teacher",
]
