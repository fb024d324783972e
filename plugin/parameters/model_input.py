"""The input of a model and how its graph is run: parameters that prediction and evaluation share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..messages import tr
from .model import check_model, check_sensor
from .sensors.given_bands import add_input_bands
from .sensors.nodata import add_nodata, read_nodata
from .sensors.quality_masks import add_input_mask, read_mask
from .sensors.sensors import layout_intro
from .types import definitions

if TYPE_CHECKING:
    from ...engine.contract import EvaluateJob, PredictJob
    from ..algorithms.base import EngineAlgorithm
    from .types.values import ParameterValues

    JobClass = type[EvaluateJob] | type[PredictJob]


def declare_reading(algorithm: EngineAlgorithm, job: JobClass) -> None:
    """Declare how the rasters are read: layout, bands, nodata, quality mask; ``job`` has the defaults."""
    algorithm.add(
        definitions.choice(
            "INPUT_LAYOUT", tr("Layout"), job, "input_layout", definitions.layout_options(), layout_intro()
        ),
        advanced=True,
    )
    add_input_bands(algorithm)
    add_nodata(algorithm)
    add_input_mask(algorithm)


def declare_running(algorithm: EngineAlgorithm, job: JobClass) -> None:
    """Declare how the graph is run: device, quality, precision; ``job`` has the defaults."""
    for parameter in (
        definitions.choice("DEVICE", tr("Device"), job, "device", definitions.device_options()),
        definitions.choice("QUALITY", tr("Quality"), job, "quality", definitions.quality_options()),
        definitions.choice("PRECISION", tr("Precision"), job, "precision", definitions.precision_options()),
    ):
        algorithm.add(parameter, advanced=True)


def check_input(values: ParameterValues) -> None:
    """Check the model, its sensor and the rasters with their nodata values and quality mask.

    Raises:
        CoLearnError: any of them cannot be used.
    """
    check_model(values)
    check_sensor(values)
    values.rasters("INPUT")
    read_nodata(values, "NODATA")
    read_mask(values, "INPUT_MASK")
    values.rasters("INPUT_MASK_RASTERS")
