"""Texts of reports, one object per task: quality of a map, meaning of scores, correct and wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ...contract import THIN_SPACE, Manifest, Task
from ...learning.tasks import Population, regression_scores
from .evidence import Scores, Target
from .numbers import FormattedEstimate, decimals_for, fixed, joined_by_and
from .results import commonest_class


class TaskWords(Protocol):
    """``plain_score`` is the one used in sentences: the simplest one, which need not be the optimized one.

    ``answer`` is the predicted item, ``surest`` that of the highest probabilities, ``good`` and ``bad`` samples on the
    map of errors.
    """

    @property
    def plain_score(self) -> str:
        """A score's name."""

    @property
    def answer(self) -> str:
        """A noun."""

    @property
    def surest(self) -> str:
        """A noun with its article."""

    @property
    def good(self) -> str:
        """In a legend."""

    @property
    def bad(self) -> str:
        """In a legend."""

    def how_good(
        self, manifest: Manifest, score: FormattedEstimate, target: Target, prediction: Scores, samples: str
    ) -> str:
        """The clause after ``the model``: ``predicts the genus correctly for 62 % [55, 69] of test samples``."""

    def explanation(self, manifest: Manifest, target: Target) -> str:
        """What a reader must know to judge the findings."""


@dataclass(frozen=True)
class ClassWords:
    """Single-label classification."""

    plain_score: str = "accuracy"
    answer: str = "class"
    surest: str = "the mapped class"
    good: str = "correct"
    bad: str = "incorrect"

    def how_good(
        self, manifest: Manifest, score: FormattedEstimate, target: Target, prediction: Scores, samples: str
    ) -> str:
        """The share of correct predictions."""
        return f"predicts the {_named_thing(manifest)} correctly for {score} of {samples} (overall accuracy)"

    def explanation(self, manifest: Manifest, target: Target) -> str:
        """The score of predicting one class everywhere."""
        return commonest(manifest, target, Population.of_model(manifest))


@dataclass(frozen=True)
class LabelWords:
    """Multilabel classification."""

    plain_score: str = "average precision"
    answer: str = "label"
    surest: str = "a label"
    good: str = "all labels correct"
    bad: str = "at least one label incorrect"

    def how_good(
        self, manifest: Manifest, score: FormattedEstimate, target: Target, prediction: Scores, samples: str
    ) -> str:
        """The precision of the most confident predictions."""
        return f"predicts the labels of {samples} with a mean average precision of {score}"

    def explanation(self, manifest: Manifest, target: Target) -> str:
        """The meaning of average precision."""
        return "Average precision: area under the precision–recall curve; 100 % is perfect."


@dataclass(frozen=True)
class ValueWords:
    """Values in their own units."""

    plain_score: str = "R²"
    answer: str = "value"
    surest: str = "a value"
    good: str = "error up to the RMSE"
    bad: str = "larger error"

    def how_good(
        self, manifest: Manifest, score: FormattedEstimate, target: Target, prediction: Scores, samples: str
    ) -> str:
        """R², and the mean error."""
        names = joined_by_and([item.name for item in manifest.targets])
        errors = _errors(manifest, target, prediction)
        return f"predicts {names} of {samples} with an R² of {score} and a mean absolute error of {errors}"

    def explanation(self, manifest: Manifest, target: Target) -> str:
        """The score of predicting one value everywhere."""
        return "For comparison, predicting the mean everywhere has an R² of 0."


_WORDS: dict[Task, TaskWords] = {
    Task.CLASSIFICATION: ClassWords(),
    Task.MULTILABEL: LabelWords(),
    Task.REGRESSION: ValueWords(),
}


def words_of(task: Task) -> TaskWords:
    """The texts of the task; the only place in the report that distinguishes tasks."""
    return _WORDS[task]


def commonest(manifest: Manifest, target: Target, population: Population) -> str:
    """The score of predicting the most frequent class everywhere: ``Predicting Pinus everywhere: 45 % correct.``"""
    at, part = commonest_class(target, population)
    share = fixed(100 * part, 1) + THIN_SPACE + "%"
    return f"For comparison, predicting {manifest.classes[at].name} everywhere would be correct for {share}."


def _named_thing(manifest: Manifest) -> str:
    """What a classification predicts: the label field's name if it is readable, else “class”."""
    words = manifest.label.replace("_", " ").strip()
    if len(manifest.label_fields) > 1 or not words.replace(" ", "").isalpha():
        return "class"
    return words.lower() if words.isupper() else words


def _errors(manifest: Manifest, target: Target, prediction: Scores) -> str:
    """The mean absolute error of each target, in its own unit."""
    errors = [score.mae for score in regression_scores(target, prediction).targets]
    error_texts = [
        fixed(error, decimals_for(error)) + (THIN_SPACE + item.unit if item.unit else "")
        for error, item in zip(errors, manifest.targets, strict=True)
    ]
    if len(error_texts) == 1:
        return error_texts[0] if manifest.unit else f"{error_texts[0]} in the unit of the field"
    return joined_by_and([f"{error} ({item.name})" for error, item in zip(error_texts, manifest.targets, strict=True)])
