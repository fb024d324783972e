"""INPUT_BANDS: assigns the bands of the rasters to those of the trained sensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...messages import tr
from ..types import definitions

if TYPE_CHECKING:
    from ...algorithms.base import EngineAlgorithm


def add_input_bands(algorithm: EngineAlgorithm) -> None:
    """Declare INPUT_BANDS for rasters to which a model is applied."""
    algorithm.add(
        definitions.text("INPUT_BANDS", tr("Bands in sensor order")),
        tr(
            "For rasters whose band names differ from those of the training: one band for each band of the sensor, "
            "in the order of the sensor, by name or number (from 1), separated by semicolons: 3; 2; 1; 4. Requires "
            "SENSOR if the model has several. Empty: matched by name or wavelength, which is safer."
        ),
        advanced=True,
    )
