"""The loss functions of each task."""

from __future__ import annotations

from torch import Tensor

from ...contract import Task
from .affinity import near_values, same_class, shared_labels
from .distillation import soft_binary_cross_entropy, soft_cross_entropy, soft_squared_error
from .task import binary_cross_entropy, cross_entropy, squared_error
from .term import Criteria


def criteria_of(task: Task, class_weights: Tensor | None) -> Criteria:
    """Losses against labels and against soft targets, and the affinity of labels.

    Args:
        class_weights: (class,) weights in classification; None: equal weights.
    """
    return {
        Task.CLASSIFICATION: Criteria(cross_entropy(class_weights), soft_cross_entropy(class_weights), same_class),
        Task.MULTILABEL: Criteria(binary_cross_entropy(), soft_binary_cross_entropy, shared_labels),
        Task.REGRESSION: Criteria(squared_error(), soft_squared_error, near_values),
    }[task]
