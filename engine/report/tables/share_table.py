"""What a decision does to areas: the share of each class in the labels, and the share a map would give it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract import LabelClass, Manifest
from ...learning.tasks import Population, classification_scores
from ..content import NONE, Scores, Target, fixed, share


@dataclass(frozen=True)
class ShareRow:
    """One class, as text: its share of the labels, what a map would show of it, and how many times as much."""

    label: LabelClass
    labels: str
    mapped: str
    times: str


def share_rows(manifest: Manifest, target: Target, prediction: Scores) -> tuple[ShareRow, ...]:
    """Every class; none where the labels' shares are not known, as in older models.

    What would be mapped is worked out from the test samples, weighted so that they show the labels: the sum over
    classes of their share times the share of their samples that is given this class.
    """
    if not manifest.shares:
        return ()
    mapped = mapped_shares(manifest, target, prediction)
    return tuple(
        ShareRow(label, share(own, 1), share(shown, 1), f"{fixed(shown / own, 2)} ×" if own else NONE)
        for label, own, shown in zip(manifest.classes, manifest.shares, mapped, strict=True)
    )


def mapped_shares(manifest: Manifest, target: Target, prediction: Scores) -> tuple[float, ...]:
    """The share (class,) a map would give each class, by test samples that show the labels' population."""
    population = Population.of_model(manifest)
    confusion = classification_scores(target, prediction, population).confusion
    tested = confusion.sum(axis=1)
    known = np.where(tested > 0, population.shares, 0.0)
    rows = confusion / np.maximum(tested, 1)[:, np.newaxis]
    return tuple((known @ rows / known.sum()).tolist())


def share_sentence(manifest: Manifest) -> str:
    """What the way of deciding does to areas; empty where shares are not known."""
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
