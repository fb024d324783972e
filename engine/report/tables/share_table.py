"""The effect of the decision rule on areas: the share of each class in the labels, and in a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract import LabelClass, Manifest
from ...learning.tasks import Population, classification_scores
from ..content import NONE, Scores, Target, fixed, share


@dataclass(frozen=True)
class ShareRow:
    """One class, as text: its share in the labels, its share in a map, and their ratio."""

    label: LabelClass
    labels: str
    mapped: str
    times: str


def share_rows(manifest: Manifest, target: Target, prediction: Scores) -> tuple[ShareRow, ...]:
    """Every class; none if the labels' shares are unknown, as in older models.

    The mapped share is estimated from the test samples, weighted to represent the labels: the sum over
    classes of their share times the share of their samples predicted as this class.
    """
    if not manifest.shares:
        return ()
    mapped = mapped_shares(manifest, target, prediction)
    return tuple(
        ShareRow(label, share(own, 1), share(shown, 1), f"{fixed(shown / own, 2)} ×" if own else NONE)
        for label, own, shown in zip(manifest.classes, manifest.shares, mapped, strict=True)
    )


def mapped_shares(manifest: Manifest, target: Target, prediction: Scores) -> tuple[float, ...]:
    """The share (class,) of each class in a map, from test samples that represent the labels' population."""
    population = Population.of_model(manifest)
    confusion = classification_scores(target, prediction, population).confusion
    tested = confusion.sum(axis=1)
    known = np.where(tested > 0, population.shares, 0.0)
    rows = confusion / np.maximum(tested, 1)[:, np.newaxis]
    return tuple((known @ rows / known.sum()).tolist())


def share_sentence(manifest: Manifest) -> str:
    """The effect of the decision rule on areas; empty if shares are unknown."""
    if not manifest.shares:
        return ""
    if not manifest.decision:
        return (
            "Each pixel is assigned its most probable class (OPTIMIZE=accuracy). This maximizes overall accuracy, "
            "but rare classes that are hard to separate are under-mapped."
        )
    return (
        "Each pixel is assigned the class with the largest ratio of probability to share of the labels "
        "(OPTIMIZE=balanced accuracy). Rare classes are detected more often but over-mapped. Do not use pixel counts "
        "of such a map as area estimates: get error-adjusted areas from “Evaluate on labels” with MAP, or train with "
        "OPTIMIZE=accuracy."
    )
