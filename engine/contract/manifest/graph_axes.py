"""The outputs of a sensor's graph: defined once for the export and for checking untrusted graphs."""

from __future__ import annotations

from ..job import Task
from .sample_shape import Axes, SampleShape

LABEL, PROBABILITIES, VALUES = "label", "probabilities", "values"


def graph_outputs(task: Task, shape: SampleShape, outputs: int) -> dict[str, Axes]:
    """The axes of all outputs of a graph with so many classes, labels or targets, by output name; scores first."""
    scores = shape.graph_output(outputs)
    if not task.has_probabilities:
        return {VALUES: scores}
    return {PROBABILITIES: scores, LABEL: shape.graph_output() if task.one_class else scores}
