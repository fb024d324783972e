"""The network architecture: advanced parameters of ``colearn:train``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract import TrainJob
from ..messages import tr
from .types import definitions
from .types.definitions import Option

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm


def add_networks(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of the network architecture."""
    algorithm.add(
        definitions.choice(
            "IMAGE_ENCODER",
            tr("Image encoder"),
            TrainJob,
            "image_encoder",
            (
                Option(tr("Dilated convolutions"), tr("small and fast")),
                Option(tr("Residual network"), tr("deeper; for many samples and rich texture")),
            ),
            tr("The network for images. With a patch of one pixel, both see only the values of that pixel."),
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "SERIES_ENCODER",
            tr("Time series encoder"),
            TrainJob,
            "series_encoder",
            (
                Option(tr("TempCNN"), tr("temporal convolutions")),
                Option(tr("L-TAE"), tr("lightweight temporal attention")),
                Option(tr("Transformer"), tr("full attention between dates; needs many samples")),
            ),
            tr("The network for time series. All of them handle missing dates."),
        ),
        advanced=True,
    )


def add_spectral(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of band reduction before the networks."""
    algorithm.add(
        definitions.choice(
            "SPECTRAL",
            tr("Spectral reduction"),
            TrainJob,
            "spectral",
            (
                Option(tr("Learned"), tr("a projection trained with the network")),
                Option(tr("Principal components"), tr("fitted on the training samples")),
            ),
            tr("Dimensionality reduction of hyperspectral bands."),
        ),
        advanced=True,
    )
