"""Which band of the rasters is which of the trained sensor's: INPUT_BANDS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...messages import tr
from ..types import definitions

if TYPE_CHECKING:
    from ...algorithms.base import EngineAlgorithm


def add_input_bands(algorithm: EngineAlgorithm) -> None:
    """Declare INPUT_BANDS of rasters that a model is used on."""
    algorithm.add(
        definitions.text("INPUT_BANDS", tr("Bands in sensor order")),
        tr(
            "Where the rasters' bands have other names than in training: one band for each band of the sensor, in the "
            "sensor's order, by name or by number from 1, separated by semicolons: 3; 2; 1; 4. Needs SENSOR where the "
            "model has several. Empty: matched by name or wavelength, which is safer."
        ),
        advanced=True,
    )
