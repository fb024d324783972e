"""The test samples one sensor covers, and what was predicted there: what all its figures are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract import Variant
from .evidence import (
    Degrees,
    Groups,
    Scores,
    SensorEvidence,
    Target,
    TrainingEvidence,
)


@dataclass(frozen=True)
class Tested:
    """Rows are the test samples the sensor covers; arrays otherwise as in :class:`TrainingEvidence`.

    ``fused`` is None where not every row has such a prediction: scores of different samples cannot be compared.
    """

    name: str
    target: Target
    groups: Groups
    longitude: Degrees
    latitude: Degrees
    colearned: Scores | None
    alone: Scores
    forest: Scores | None
    uncalibrated: Scores | None
    fused: Scores | None
    shipped_variant: Variant

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def shipped(self) -> Scores:
        """The predictions of the network in the model file."""
        return self.alone if self.colearned is None or self.shipped_variant is Variant.ALONE else self.colearned

    @property
    def other(self) -> Scores | None:
        """The predictions of the network that was not shipped; None where there is but one."""
        if self.colearned is None:
            return None
        return self.colearned if self.shipped_variant is Variant.ALONE else self.alone

    def covers(self, evidence: TrainingEvidence) -> bool:
        """Whether the sensor covers every test sample."""
        return len(self) == len(evidence.groups)

    @property
    def group_count(self) -> int:
        """Groups the rows come from."""
        return len(np.unique(self.groups))


def tested(evidence: TrainingEvidence, found: SensorEvidence) -> Tested:
    """The rows of the sensor's own test samples."""
    seen = np.asarray(found.seen, dtype=bool)

    def rows(scores: Scores | None) -> Scores | None:
        return None if scores is None else scores[seen]

    fused = rows(evidence.fused)
    return Tested(
        name=found.name,
        target=evidence.target[seen],
        groups=evidence.groups[seen],
        longitude=evidence.longitude[seen],
        latitude=evidence.latitude[seen],
        colearned=rows(found.colearned),
        alone=found.alone[seen],
        forest=rows(found.forest),
        uncalibrated=rows(found.uncalibrated),
        fused=fused if fused is not None and np.isfinite(fused).all() else None,
        shipped_variant=found.shipped_variant,
    )
