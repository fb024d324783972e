"""CoLearn's training recipe, where it differs from the paper's; docs/research.md has the reasons."""

from __future__ import annotations

from dataclasses import replace

from .settings import Criterion, Settings

WEIGHT_DECAY = 0.01  # of AdamW
DROPOUT = 0.3
LEAST_BATCHES = 12  # per epoch: few samples would otherwise give few steps


def with_recipe(settings: Settings) -> Settings:
    """The user's settings, completed with those that have no parameter.

    The learning rate falls by half a cosine over all epochs, without early stopping; each sensor is kept from the epoch
    with its lowest loss on validation samples, at the best temperature. *Alone* and everything it is
    compared with are trained like this.
    """
    return replace(
        settings,
        criterion=Criterion.CALIBRATED,
        weight_decay=WEIGHT_DECAY,
        cosine=True,
        least_batches=LEAST_BATCHES,
        design=replace(settings.design, dropout=DROPOUT),
    )
