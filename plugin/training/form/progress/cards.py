"""A model's results as cards, one per sensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .....engine.contract import Estimate, Manifest, SensorManifest, Variant, Verdict


@dataclass(frozen=True)
class Card:
    """How co-learning with the other sensors changed one sensor's score.

    ``score`` is that of co-learning, or of training alone if there is no other; ``shipped_alone``: the model file
    contains the network trained alone, which was better on validation samples.
    """

    sensor: str
    pixel_m: float
    metric: str
    verdict: Verdict
    score: Estimate
    alone: Optional[Estimate]
    reference: Optional[Estimate]
    gain: Optional[Estimate]
    shipped_alone: bool


def cards_of(manifest: Manifest) -> tuple[Card, ...]:
    """The cards of a model."""
    return tuple(_card(sensor) for sensor in manifest.sensors)


def in_percent(manifest: Manifest) -> bool:
    """Whether scores are shown in percent; R² is not."""
    return manifest.task.in_percent


def _card(sensor: SensorManifest) -> Card:
    score = sensor.score
    together = score.colearned
    return Card(
        sensor.name,
        sensor.pixel_m,
        score.metric,
        score.verdict,
        score.alone if together is None else together,
        None if together is None else score.alone,
        score.reference,
        score.gain,
        together is not None and score.shipped is Variant.ALONE,
    )
