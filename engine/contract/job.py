"""Jobs: everything one journey needs to know, as a file.

A job is written by the plugin (or by hand) and read by the engine. Paths are absolute or anything GDAL
opens. Defaults live here and only here: the Processing parameters read them from these classes.
"""

from __future__ import annotations

import math
import re
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any, Optional, Union

from .codec import CodecError
from .colors import require_color
from .map_choices import Confidence, Precision, ProbabilityType, ValueType
from .method import (
    ClassWeight,
    ImageEncoder,
    LossWeights,
    Method,
    Optimize,
    SeriesEncoder,
    Spectral,
    SplitBy,
    UnlabelledUse,
)
from .quality import GRAMMAR, mask_rules

MOST_CONTEXT_M = 100_000.0
LEAST_FOLDS = 3  # one to test, one to validate, one to learn from
MOST_FOLDS = 20
MOST_REPEATS = 20
_RUN_ID = re.compile(r"[0-9a-f]{0,32}")  # it becomes part of folders' names


class Layout(str, Enum):
    """How the rasters of one sensor belong together."""

    AUTO = "auto"
    SCENES = "scenes"  # rasters of different places
    BANDS = "bands"  # one file per band on one grid
    DATES = "dates"  # one raster per date of one place
    STACK = "stack"  # one raster whose bands run date by date


class Task(str, Enum):
    """What is learned. ``auto`` looks at the labels."""

    AUTO = "auto"
    CLASSIFICATION = "classification"
    MULTILABEL = "multilabel"
    REGRESSION = "regression"


class Device(str, Enum):
    """Where the network runs."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True)
class RasterSource:
    """A raster: ``path`` is what GDAL opens, ``name`` the layer's name for messages, bands and dates.

    ``shows`` is what the person opened in QGIS where ``path`` is a virtual raster that adds the layer's settings to it.
    """

    path: str
    name: str = ""
    shows: str = ""

    def label(self) -> str:
        """How a person would call it: the layer's name, else the file's."""
        return self.name or Path(self.path).name or self.path


@dataclass(frozen=True)
class SensorSpec:
    """One sensor as the person gave it; ``bands`` are names or numbers from 1, none = all.

    ``dates`` is the number of dates in an unnamed stack, None where names tell. ``nodata`` are values that mean nodata
    in every band, beside those that the files declare. ``mask`` says which values or bits of which band make a pixel
    nodata (:mod:`.quality`); ``mask_rasters`` hold that band where ``rasters`` do not.
    """

    name: str
    rasters: tuple[RasterSource, ...]
    layout: Layout = Layout.AUTO
    bands: tuple[str, ...] = ()
    dates: Optional[int] = None
    nodata: tuple[float, ...] = ()
    mask: str = ""
    mask_rasters: tuple[RasterSource, ...] = ()

    def __post_init__(self) -> None:
        _require_finite("nodata", self.nodata)
        if not self.name.strip():
            raise CodecError("name", "an empty name", "a name for the sensor")
        if not self.rasters:
            raise CodecError("rasters", "no raster", "at least one raster")
        if self.dates is not None and self.dates < 1:
            raise CodecError("dates", str(self.dates), "a number of dates from 1")
        _require_mask("mask", self.mask, self.mask_rasters)


@dataclass(frozen=True)
class ClassColor:
    """How the label layer shows a class: its value as text, its colour ``#rrggbb``, its name in the legend."""

    value: str
    color: str
    name: str = ""

    def __post_init__(self) -> None:
        require_color(self.color)


@dataclass(frozen=True)
class VectorSource:
    """A vector layer: what OGR opens, the layer inside it, the name for messages."""

    path: str
    layer: str = ""
    name: str = ""

    def label(self) -> str:
        """How a person would call it."""
        return self.name or self.layer or Path(self.path).name


@dataclass(frozen=True)
class VectorLabels:
    """Points or polygons with the labels in one field, or in several (multi-label, multi-target).

    ``nodata`` are values or class names that mean "no class"; None = names that mean it in common languages. An empty
    tuple: nothing does.
    """

    source: VectorSource
    fields: tuple[str, ...]
    group_field: Optional[str] = None
    colors: tuple[ClassColor, ...] = ()
    nodata: Optional[tuple[str, ...]] = None

    def __post_init__(self) -> None:
        _require("fields", bool(self.fields), "no field", "at least one label field")
        twice = sorted({name for name in self.fields if self.fields.count(name) > 1})
        _require("fields", not twice, f"{', '.join(twice)} several times", "every label field once")

    def paths(self) -> tuple[str, ...]:
        """The files the labels come from."""
        return (self.source.path,)


@dataclass(frozen=True)
class RasterLabels:
    """Rasters of labels; their nodata is no class. One, or one per scene.

    ``band`` is the name or number of the band that holds them, empty where there is one. ``nodata`` as in
    :class:`VectorLabels`.
    """

    rasters: tuple[RasterSource, ...]
    colors: tuple[ClassColor, ...] = ()
    band: str = ""
    nodata: Optional[tuple[str, ...]] = None

    def paths(self) -> tuple[str, ...]:
        """The files the labels come from."""
        return tuple(raster.path for raster in self.rasters)


Labels = Union[VectorLabels, RasterLabels]


@dataclass(frozen=True)
class Extent:
    """A rectangle in a CRS (WKT or ``EPSG:n``); in degrees, x_min > x_max crosses 180°."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    crs: str


@dataclass(frozen=True)
class TrainJob:
    """Train on all sensors together, and on each alone.

    ``context_m`` is the side of the square a sample sees, in metres; None = 15 pixels of the finest image sensor.
    ``unlabelled_samples`` positions without labels, where sensors overlap, are learned from as well. ``folds`` above 1
    tests on every sample once, by as many trainings; ``repeats`` trains again with the next seeds. The model file holds
    the first training's networks; the scores are those of all. ``target_units`` are the units of a regression's
    targets, in the order of the label fields; one for all, or none. ``split_buffer_m`` is how far on the ground the
    patches of training samples stay from those of the other parts; 0 lets their rims overlap. ``output_samples`` are
    the samples as points: which part of the split each was in, its label, what networks predict at the test samples.
    """

    sensors: tuple[SensorSpec, ...]
    labels: Labels
    output_model: str
    output_report: Optional[str] = None
    output_samples: Optional[str] = None
    task: Task = Task.AUTO
    target_units: tuple[str, ...] = ()
    context_m: Optional[float] = None
    method: Method = Method.AUTO
    optimize: Optimize = Optimize.BALANCED_ACCURACY
    class_weight: ClassWeight = ClassWeight.AUTO
    loss: LossWeights = field(default_factory=LossWeights)
    series_encoder: SeriesEncoder = SeriesEncoder.TEMPCNN
    image_encoder: ImageEncoder = ImageEncoder.DILATED
    spectral: Spectral = Spectral.LEARNED
    unlabelled_samples: int = 0
    unlabelled_use: UnlabelledUse = UnlabelledUse.BESIDE
    split_by: SplitBy = SplitBy.AUTO
    split_buffer_m: float = 0.0
    folds: int = 1
    repeats: int = 1
    epochs: int = 25
    batch_size: int = 128
    learning_rate: float = 0.001
    max_samples: int = 6000
    seed: int = 0
    device: Device = Device.AUTO
    run_id: str = ""

    def __post_init__(self) -> None:
        if not self.sensors:
            raise CodecError("sensors", "no sensor", "at least one sensor, usually two or more")
        context_m = 0.0 if self.context_m is None else self.context_m
        _require("context_m", 0 <= context_m <= MOST_CONTEXT_M, self.context_m, f"0 to {MOST_CONTEXT_M:g} metres")
        _require("epochs", self.epochs >= 1, self.epochs, "1 or more")
        _require("batch_size", self.batch_size >= 2, self.batch_size, "2 or more")
        _require("learning_rate", 0 < self.learning_rate <= 1, self.learning_rate, "more than 0, at most 1")
        _require("max_samples", self.max_samples >= 10, self.max_samples, "10 or more")
        _require("unlabelled_samples", self.unlabelled_samples >= 0, self.unlabelled_samples, "0 or more")
        buffer_m = 0 <= self.split_buffer_m <= MOST_CONTEXT_M
        _require("split_buffer_m", buffer_m, self.split_buffer_m, f"0 to {MOST_CONTEXT_M:g} metres")
        folds = (1, *range(LEAST_FOLDS, MOST_FOLDS + 1))
        _require("folds", self.folds in folds, self.folds, f"1 (a single split), or {LEAST_FOLDS} to {MOST_FOLDS}")
        _require("repeats", 1 <= self.repeats <= MOST_REPEATS, self.repeats, f"1 to {MOST_REPEATS}")
        _require("seed", 0 <= self.seed < 2**31, self.seed, "0 to 2147483647")
        _require_run_id(self.run_id)


@dataclass(frozen=True)
class PredictJob:
    """Map one raster (laid out as its sensor was in training) with one sensor's network.

    Pixels below ``minimum_confidence``, as ``confidence`` measures it, become a class of their own, unsure.
    ``overviews`` adds smaller copies to every output, ``statistics`` what the values are like, ``cog`` makes each a
    Cloud Optimized GeoTIFF. ``output_polygons`` are the classes as areas of at least ``least_polygon_m2``.
    ``keep_parts`` keeps what is finished when a run is cancelled or killed; the same job then goes on from there.
    ``any_resolution`` maps pixels of any size, however far from the trained one. ``nodata`` are values that mean nodata
    beside those that the files declare; None = those of the sensor's training. ``input_mask`` is the quality mask of
    the rasters, as in :class:`SensorSpec`; empty = the training's.
    """

    model: str
    input: tuple[RasterSource, ...]
    output: str
    input_layout: Layout = Layout.AUTO
    input_mask: str = ""
    input_mask_rasters: tuple[RasterSource, ...] = ()
    sensor: Optional[str] = None
    extent: Optional[Extent] = None
    mask: Optional[VectorSource] = None
    output_probabilities: Optional[str] = None
    output_confidence: Optional[str] = None
    output_polygons: Optional[str] = None
    least_polygon_m2: float = 0.0
    confidence: Confidence = Confidence.MAXIMUM
    minimum_confidence: float = 0.0
    probability_type: ProbabilityType = ProbabilityType.FLOAT32
    value_type: ValueType = ValueType.FLOAT32
    overviews: bool = False
    statistics: bool = False
    cog: bool = False
    keep_parts: bool = False
    any_resolution: bool = False
    nodata: Optional[tuple[float, ...]] = None
    device: Device = Device.AUTO
    precision: Precision = Precision.AUTO
    block_px: int = 256
    threads: int = 0  # 0 = one per core
    run_id: str = ""

    def __post_init__(self) -> None:
        if not self.input:
            raise CodecError("input", "no raster", "at least one raster")
        _require_finite("nodata", self.nodata or ())
        sure = 0 <= self.minimum_confidence <= 1
        _require("minimum_confidence", sure, self.minimum_confidence, "0 (every pixel keeps its class) to 1")
        area = 0 <= self.least_polygon_m2 < math.inf
        _require("least_polygon_m2", area, self.least_polygon_m2, "0 (every area) or more, not infinity")
        _require("block_px", 1 <= self.block_px <= 8192, self.block_px, "1 to 8192 pixels")
        _require("threads", self.threads >= 0, self.threads, "0 (all cores) or more")
        _require_mask("input_mask", self.input_mask, ())
        _require_run_id(self.run_id)


@dataclass(frozen=True)
class EvaluateJob:
    """Score one sensor's network on labels it has not seen.

    ``map`` is the class map that the labels are a random sample of, where they are one; ``map_band`` its band, where it
    has several. ``nodata`` and ``input_mask``
    as in prediction.
    """

    model: str
    input: tuple[RasterSource, ...]
    labels: Labels
    output_report: Optional[str] = None
    map: Optional[RasterSource] = None
    map_band: str = ""
    input_layout: Layout = Layout.AUTO
    input_mask: str = ""
    input_mask_rasters: tuple[RasterSource, ...] = ()
    sensor: Optional[str] = None
    max_samples: int = 50_000
    seed: int = 0
    nodata: Optional[tuple[float, ...]] = None
    device: Device = Device.AUTO
    precision: Precision = Precision.AUTO
    run_id: str = ""

    def __post_init__(self) -> None:
        if not self.input:
            raise CodecError("input", "no raster", "at least one raster")
        _require_finite("nodata", self.nodata or ())
        _require("max_samples", self.max_samples >= 1, self.max_samples, "1 or more")
        _require_mask("input_mask", self.input_mask, ())
        _require_run_id(self.run_id)


Job = Union[TrainJob, PredictJob, EvaluateJob]

JOURNEYS: dict[str, type[Any]] = {"train": TrainJob, "predict": PredictJob, "evaluate": EvaluateJob}


def journey_of(job: Job) -> str:
    """The journey a job belongs to: ``train``, ``predict`` or ``evaluate``."""
    return next(name for name, kind in JOURNEYS.items() if isinstance(job, kind))


def default_of(kind: type[Any], name: str) -> Any:
    """The default of a job's field, for the Processing parameter that fills it."""
    default = next(field.default for field in fields(kind) if field.name == name)
    if default is MISSING:
        raise LookupError(f"{kind.__name__}.{name} has no default")
    return default


def _require(name: str, holds: bool, found: object, expected: str) -> None:
    if not holds:
        raise CodecError(name, str(found), expected)


def _require_run_id(run_id: str) -> None:
    _require("run_id", bool(_RUN_ID.fullmatch(run_id)), repr(run_id), "at most 32 digits and letters from a to f")


def _require_finite(name: str, numbers: tuple[float, ...]) -> None:
    for number in numbers:
        _require(name, math.isfinite(number), number, "finite numbers (NaN and infinity are nodata anyway)")


def _require_mask(name: str, text: str, rasters: tuple[RasterSource, ...]) -> None:
    """Rasters of a training's mask say nothing without what their values mean; a model knows it."""
    if not mask_rules(text, name) and rasters:
        raise CodecError(name, "no rule for the mask rasters", GRAMMAR)
