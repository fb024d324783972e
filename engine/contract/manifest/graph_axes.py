"""What a sensor's graph gives: named once for those who write graphs and for those who check an untrusted one."""

from __future__ import annotations

from ..job import Task
from .sample_shape import Axes, SampleShape

LABEL, PROBABILITIES, VALUES = "label", "probabilities", "values"


def graph_outputs(task: Task, shape: SampleShape, outputs: int) -> dict[str, Axes]:
    """The axes of everything a graph of so many classes, labels or targets gives, by its name; scores come first."""
    scores = shape.graph_output(outputs)
    if not task.has_probabilities:
        return {VALUES: scores}
    return {PROBABILITIES: scores, LABEL: shape.graph_output() if task.one_class else scores}
