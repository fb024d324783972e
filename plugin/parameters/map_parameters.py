"""Confidence, storage and computation of a map: parameters of ``colearn:predict``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract import PredictJob
from .. import sentences
from ..messages import tr
from .model_input import declare_running
from .types import definitions
from .types.definitions import Option

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm


def declare_confidence(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of confidence: its measure and its minimum."""
    algorithm.add(
        definitions.choice(
            "CONFIDENCE",
            tr("Confidence measure"),
            PredictJob,
            "confidence",
            definitions.confidence_options(),
            tr("Defines the confidence raster and the minimum confidence. Multi-label models support only the first."),
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "MINIMUM_CONFIDENCE",
            tr("Minimum confidence"),
            PredictJob,
            "minimum_confidence",
            kind=definitions.DOUBLE,
            minimum=0.0,
            maximum=1.0,
            decimals=3,
        ),
        tr("Pixels below it are assigned to the extra class “unsure”, in grey. 0: no minimum. Classification only."),
        advanced=True,
    )


def declare_storage(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of storage: the data types of the rasters."""
    algorithm.add(
        definitions.choice(
            "PROBABILITY_TYPE",
            tr("Data type of probabilities"),
            PredictJob,
            "probability_type",
            (
                Option(sentences.float_32(), tr("0 to 1")),
                Option(
                    tr("8-bit integer"), tr("0 to 254 represent 0 to 1; a quarter of the size, displayed as 0 to 1")
                ),
            ),
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "VALUE_TYPE",
            tr("Data type of regression maps"),
            PredictJob,
            "value_type",
            (
                Option(sentences.float_32(), tr("the predicted values")),
                Option(
                    tr("16-bit integer"),
                    tr("with scale and offset, half the size; covers three times the range of the training values"),
                ),
            ),
        ),
        advanced=True,
    )


def declare_extras(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of optional additions (overviews, statistics) and of the polygons."""
    algorithm.add(
        definitions.flag("OVERVIEWS", tr("Add overviews"), PredictJob, "overviews"),
        tr("Adds overviews (pyramids) to every output, so that large maps draw quickly."),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("STATISTICS", tr("Add statistics"), PredictJob, "statistics"),
        tr(
            "Stores minimum, maximum, mean and standard deviation in every raster, and pixel counts and areas in the "
            "attribute table of the classes."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("COG", tr("Cloud Optimized GeoTIFF"), PredictJob, "cog"),
        tr("Writes every raster as a Cloud Optimized GeoTIFF, overviews included."),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "LEAST_POLYGON_M2",
            tr("Minimum mapping unit (m²)"),
            PredictJob,
            "least_polygon_m2",
            kind=definitions.DOUBLE,
            minimum=0.0,
            decimals=1,
        ),
        tr(
            "Smaller polygons are merged into their largest neighbour; the raster is not changed. Polygons "
            "surrounded by nodata are kept. 0: no minimum."
        ),
        advanced=True,
    )


def declare_computing(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of computation: where and how the map is computed."""
    declare_running(algorithm, PredictJob)
    algorithm.add(
        definitions.flag("KEEP_PARTS", tr("Resume after interruption"), PredictJob, "keep_parts"),
        tr(
            "Keeps finished parts in a hidden folder next to the map if the run is cancelled or killed; starting the "
            "same run again resumes from them. Needs twice the disk space of the map; the map must not be a "
            "temporary file."
        ),
        advanced=True,
    )
