"""The product's way to train, where it is not the paper's; docs/research.md has the reasons."""

from __future__ import annotations

from dataclasses import replace

from .settings import Criterion, Settings

WEIGHT_DECAY = 0.01  # of AdamW
DROPOUT = 0.3
LEAST_BATCHES = 12  # an epoch: few samples would otherwise make few steps


def with_recipe(settings: Settings) -> Settings:
    """The settings a person chose, with all that nobody is asked for.

    The learning rate falls by half a cosine over all epochs, none of which is left out; every sensor is kept as it was
    when its loss on validation samples, at the temperature that suits it, was lowest. *Alone* and everything it is
    compared with are trained so.
    """
    return replace(
        settings,
        criterion=Criterion.CALIBRATED,
        weight_decay=WEIGHT_DECAY,
        cosine=True,
        least_batches=LEAST_BATCHES,
        design=replace(settings.design, dropout=DROPOUT),
    )
