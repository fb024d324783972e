"""Options of a map: how confidence is measured, its minimum, how probabilities are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from ..contract import (
    Confidence,
    ErrorCode,
    JobError,
    LabelClass,
    Manifest,
    PredictJob,
    ProbabilityType,
    Task,
    ValueType,
    unsure_class,
)

CONFIDENCE_WORDS = {
    Confidence.MAXIMUM: "probability of the class given",
    Confidence.MARGIN: "probability of the class given minus the largest other",
    Confidence.ENTROPY: "1 - entropy / log(number of classes)",
}


@dataclass(frozen=True)
class MapOptions:
    """``unsure`` is the class of pixels below ``minimum_confidence``; None if every pixel keeps its class.

    ``packed`` stores the values of a regression as integers. Nothing is computed that is not requested.
    """

    confidence: Confidence = PredictJob.confidence
    minimum_confidence: float = PredictJob.minimum_confidence
    unsure: LabelClass | None = None
    probability_type: ProbabilityType = PredictJob.probability_type
    packed: bool = False
    with_confidence: bool = True

    @property
    def needs_confidence(self) -> bool:
        """Whether confidence is computed: as an output, or to find unsure pixels."""
        return self.with_confidence or self.unsure is not None


def options_of(job: PredictJob, manifest: Manifest) -> MapOptions:
    """The options that a job requests.

    Raises:
        JobError: JOB_INVALID, an option that this model does not support.
    """
    _REFUSED[manifest.task](job)
    return MapOptions(
        confidence=job.confidence,
        minimum_confidence=job.minimum_confidence,
        unsure=_unsure(manifest) if job.minimum_confidence > 0 else None,
        probability_type=job.probability_type,
        packed=job.value_type is ValueType.INT16,
        with_confidence=bool(job.output_confidence),
    )


def _unsure(manifest: Manifest) -> LabelClass:
    unsure = unsure_class(manifest)
    if unsure is None:
        raise _refused(
            "MINIMUM_CONFIDENCE",
            f"{len(manifest.classes)} classes, which use all codes of a {manifest.class_dtype} map",
            "a free code for unsure pixels",
            "Set the minimum confidence to 0, and use OUTPUT_CONFIDENCE.",
        )
    return unsure


def _refuse_of_values(job: PredictJob) -> None:
    """Refuse options of classes and probabilities for a regression."""
    outputs = [each.name for each in fields(job) if each.name.startswith("output_")]
    asked = [name.upper() for name in outputs if getattr(job, name)]
    found, expected = "a regression model, which has neither classes nor probabilities", "a classification model"
    if asked:
        raise _refused(" and ".join(asked), found, expected, "Leave these outputs empty.")
    if job.minimum_confidence > 0:
        raise _refused("MINIMUM_CONFIDENCE", found, expected, "Set it to 0.")


def _refuse_of_labels(job: PredictJob) -> None:
    """Refuse options of competing classes: labels of a multilabel map are independent (no margin, no unsure class)."""
    found, expected = "a multi-label model", "a model with one class per pixel"
    if job.minimum_confidence > 0:
        raise _refused("MINIMUM_CONFIDENCE", found, expected, "Set it to 0, and use OUTPUT_PROBABILITIES.")
    if job.output_polygons:
        raise _refused("OUTPUT_POLYGONS", found, expected, "Leave this output empty.")
    if job.confidence is not Confidence.MAXIMUM:
        raise _refused("CONFIDENCE", f"{job.confidence.value} for {found}", expected, "Choose maximum.")
    _refuse_of_classes(job)


def _refuse_of_classes(job: PredictJob) -> None:
    """Refuse packing for maps of class codes, or of 0 and 1, which are integers already."""
    if job.value_type is not ValueType.FLOAT32:
        raise _refused(
            "VALUE_TYPE",
            f"{job.value_type.value} for a classification model, whose map contains class codes",
            "a regression model",
            f"Choose {ValueType.FLOAT32.value}; the data type of probabilities is PROBABILITY_TYPE.",
        )


# Options that a map of each task does not support.
_REFUSED: dict[Task, Callable[[PredictJob], None]] = {
    Task.CLASSIFICATION: _refuse_of_classes,
    Task.MULTILABEL: _refuse_of_labels,
    Task.REGRESSION: _refuse_of_values,
}


def _refused(subject: str, found: str, expected: str, remedy: str) -> JobError:
    return JobError(ErrorCode.JOB_INVALID, subject=subject, found=found, expected=expected, remedy=remedy)
