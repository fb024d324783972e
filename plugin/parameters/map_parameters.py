"""How sure, how stored and where computed a map shall be: parameters of ``colearn:predict``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract.job import PredictJob
from ..messages import tr
from . import definitions

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm


def declare_confidence(algorithm: EngineAlgorithm) -> None:
    """Declare, among the advanced parameters, how confidence is measured and how much is needed."""
    algorithm.add(
        definitions.choice(
            "CONFIDENCE", tr("Measure of confidence"), PredictJob, "confidence", definitions.confidence_words()
        ),
        tr(
            "maximum: the probability that the class given is right. margin: how far it is ahead of any other class, 0 "
            "where another is as probable (a model trained for balanced accuracy may give a rarer one). entropy: 1 "
            "where one class is certain, 0 where all are alike, whichever is given. With several labels at a time only "
            "maximum."
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
        tr("Pixels less sure than this become a class of their own, “unsure”, in grey. 0: none. For classes only."),
        advanced=True,
    )


def declare_storage(algorithm: EngineAlgorithm) -> None:
    """Declare, among the advanced parameters, how the rasters are stored."""
    algorithm.add(
        definitions.choice(
            "PROBABILITY_TYPE",
            tr("Type of the probabilities"),
            PredictJob,
            "probability_type",
            (tr("real numbers, 0 to 1"), tr("bytes with a scale, a quarter of the size")),
        ),
        tr("uint8: 0 to 254 stand for 0 to 1, nodata is 255; the file declares the scale, and QGIS shows 0 to 1."),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "VALUE_TYPE",
            tr("Type of a regression's values"),
            PredictJob,
            "value_type",
            (tr("real numbers"), tr("whole numbers with a scale, half the size")),
        ),
        tr(
            "int16: the file declares scale and offset, which span the values of the training and as much again on "
            "both sides; QGIS shows the values themselves."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("OVERVIEWS", tr("Add overviews"), PredictJob, "overviews"),
        tr("Stores smaller copies in every output, so that large maps show quickly."),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("STATISTICS", tr("Add statistics"), PredictJob, "statistics"),
        tr(
            "Stores in every raster what its values are like (least, largest, mean, standard deviation), and in the "
            "attribute table of classes how many pixels and square metres each has."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("COG", tr("Cloud Optimized GeoTIFF"), PredictJob, "cog"),
        tr("Makes every raster a Cloud Optimized GeoTIFF, overviews included: it shows quickly from a web server too."),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "LEAST_POLYGON_M2",
            tr("Least area of a polygon, square metres"),
            PredictJob,
            "least_polygon_m2",
            kind=definitions.DOUBLE,
            minimum=0.0,
            decimals=1,
        ),
        tr(
            "Smaller areas join the largest one beside them, in the polygons only; the map stays as it is. One that "
            "has nodata all around is kept. 0: all are."
        ),
        advanced=True,
    )


def declare_computing(algorithm: EngineAlgorithm) -> None:
    """Declare, among the advanced parameters, where and how the map is computed."""
    algorithm.add(
        definitions.choice("DEVICE", tr("Device"), PredictJob, "device", definitions.device_words()),
        tr("auto: the graphics card if there is one that works, else the processor."),
        advanced=True,
    )
    algorithm.add(
        definitions.choice("PRECISION", tr("Precision"), PredictJob, "precision", definitions.precision_words()),
        definitions.precision_help(),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("KEEP_PARTS", tr("Go on after an interruption"), PredictJob, "keep_parts"),
        tr(
            "Keeps what is finished in a hidden folder beside the map when the run is cancelled or killed; run again "
            "with the same inputs and parameters, it goes on from there, to the same map. Needs the disk space of the "
            "map twice. For an output of its own, not a temporary one."
        ),
        advanced=True,
    )
