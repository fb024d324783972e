"""Jobs: all parameters of one journey, stored as a file.

A job is written by the plugin (or by hand) and read by the engine. Paths are absolute, or anything GDAL
opens. Defaults are defined only here: the Processing parameters read them from these classes.
"""

from __future__ import annotations

import math
import re
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from typing import Any, Optional, Union

from ..wire import CodecError
from .map_choices import Confidence, Precision, ProbabilityType, Quality, ValueType
from .method import (
    ClassWeight,
    Effort,
    ImageEncoder,
    LossWeights,
    Method,
    Optimize,
    SeriesEncoder,
    Spectral,
    SplitBy,
    UnlabelledUse,
)
from .sources import (
    Extent,
    Labels,
    Layout,
    RasterSource,
    SensorSpec,
    VectorSource,
    require,
    require_finite,
    require_mask,
)
from .task import Task

MOST_CONTEXT_M = 100_000.0
LEAST_FOLDS = 3  # one for test, one for validation, one for training
THOROUGH_FOLDS = 5  # the training part is as large as that of a single split
MOST_FOLDS = 20
MOST_REPEATS = 20
LEAST_TILE_PX = 16
MOST_TILE_PX = 4096
MOST_TEXT = 2000
_RUN_ID = re.compile(r"[0-9a-f]{0,32}")  # used in folder names


class Device(str, Enum):
    """The device on which the network runs."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True)
class TrainJob:
    """Train on all sensors together, and on each one alone.

    ``effort`` is the training effort of the method ``auto``, ``time_budget_min`` its time limit in minutes; None =
    unlimited. ``context_m`` is the side length of a sample's patch in metres; None = 15 pixels of the finest image
    sensor. ``unlabelled_samples`` unlabelled positions, where sensors overlap, are used as well; None = with
    ``auto`` about ten thousand, by the trees only. ``use_all_labels``: after scoring, the predictors that ``auto``
    ships are retrained on all labels. ``folds`` above 1 is k-fold cross-validation over all samples; None = 5 for a
    thorough ``auto``, fewer if the labels allow no more, otherwise 1. ``repeats`` trains again with the next seeds.
    Scores are over all trainings. ``target_units`` are the units of a regression's targets, in the order of the
    label fields; one for all, or none. ``epochs`` of every network; None = :func:`~.method.usual_epochs`, of fast
    copies :func:`~.method.usual_copy_epochs`. ``split_buffer_m`` is the minimum ground distance of the patches of
    training samples to those of the other parts; 0 allows their margins to overlap. ``output_samples`` are the samples
    as points: their split part, their label, the networks' predictions for test samples. ``split_only`` stops after
    the split: only ``output_samples`` is written, without predictions.
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
    effort: Effort = Effort.STANDARD
    time_budget_min: Optional[float] = None
    optimize: Optimize = Optimize.BALANCED_ACCURACY
    class_weight: ClassWeight = ClassWeight.AUTO
    loss: LossWeights = field(default_factory=LossWeights)
    series_encoder: SeriesEncoder = SeriesEncoder.TEMPCNN
    image_encoder: ImageEncoder = ImageEncoder.DILATED
    spectral: Spectral = Spectral.LEARNED
    unlabelled_samples: Optional[int] = None
    use_all_labels: bool = True
    unlabelled_use: UnlabelledUse = UnlabelledUse.BESIDE
    split_by: SplitBy = SplitBy.AUTO
    split_buffer_m: float = 0.0
    folds: Optional[int] = None
    repeats: int = 1
    epochs: Optional[int] = None
    batch_size: int = 128
    learning_rate: float = 0.001
    max_samples: int = 6000
    seed: int = 0
    device: Device = Device.AUTO
    split_only: bool = False
    run_id: str = ""

    def __post_init__(self) -> None:
        if not self.sensors:
            raise CodecError("sensors", "no sensor", "at least one sensor, usually two or more")
        samples = bool(self.output_samples) or not self.split_only
        require("split_only", samples, "no output_samples", "output_samples, which is what it writes")
        context_m = 0.0 if self.context_m is None else self.context_m
        require("context_m", 0 <= context_m <= MOST_CONTEXT_M, self.context_m, f"0 to {MOST_CONTEXT_M:g} metres")
        automatic = self.method is Method.AUTO
        effort = automatic or self.effort is not Effort.QUICK
        require(
            "effort", effort, self.effort.value, f"not quick with {self.method.value}, because quick trains no network"
        )
        budget_min = self.time_budget_min is None or (automatic and 0 < self.time_budget_min < math.inf)
        require(
            "time_budget_min", budget_min, self.time_budget_min, "more than 0 minutes, and only with the method auto"
        )
        require("epochs", self.epochs is None or self.epochs >= 1, self.epochs, "1 or more")
        require("batch_size", self.batch_size >= 2, self.batch_size, "2 or more")
        require("learning_rate", 0 < self.learning_rate <= 1, self.learning_rate, "more than 0, at most 1")
        require("max_samples", self.max_samples >= 10, self.max_samples, "10 or more")
        unlabelled = self.unlabelled_samples is None or self.unlabelled_samples >= 0
        require("unlabelled_samples", unlabelled, self.unlabelled_samples, "0 or more")
        buffer_m = 0 <= self.split_buffer_m <= MOST_CONTEXT_M
        require("split_buffer_m", buffer_m, self.split_buffer_m, f"0 to {MOST_CONTEXT_M:g} metres")
        folds = (1, *range(LEAST_FOLDS, MOST_FOLDS + 1))
        require(
            "folds", self.folds in (None, *folds), self.folds, f"1 (a single split), or {LEAST_FOLDS} to {MOST_FOLDS}"
        )
        require("repeats", 1 <= self.repeats <= MOST_REPEATS, self.repeats, f"1 to {MOST_REPEATS}")
        require("seed", 0 <= self.seed < 2**31, self.seed, "0 to 2147483647")
        _require_run_id(self.run_id)

    @property
    def folds_to_try(self) -> tuple[int, ...]:
        """Numbers of folds to try; the first that the labels allow is used; 1 is a single split."""
        if self.folds is not None:
            return (self.folds,)
        thorough = self.method is Method.AUTO and self.effort is Effort.THOROUGH
        return (*range(THOROUGH_FOLDS, LEAST_FOLDS - 1, -1), 1) if thorough else (1,)


@dataclass(frozen=True)
class PredictJob:
    """Map one raster (with the layout of its sensor in training) with one sensor's network.

    Pixels below ``minimum_confidence``, as measured by ``confidence``, are assigned to a separate class, unsure.
    ``overviews`` adds overviews to every output, ``statistics`` band statistics; ``cog`` makes each a
    Cloud Optimized GeoTIFF. ``output_polygons`` are the classes as polygons of at least ``least_polygon_m2``.
    ``keep_parts`` keeps finished parts when a run is cancelled or killed; the same job then resumes from there.
    ``any_resolution`` accepts any pixel size, however different from training. ``nodata`` are nodata values in
    addition to those declared in the files; None = those of the training. ``input_mask`` is the quality mask of
    the rasters, as in :class:`SensorSpec`; empty = the training's. ``input_bands`` are the rasters' bands, by name or
    1-based number, in the order of the sensor's; empty = matched by name.
    """

    model: str
    input: tuple[RasterSource, ...]
    output: str
    input_layout: Layout = Layout.AUTO
    input_bands: tuple[str, ...] = ()
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
    quality: Quality = Quality.AUTO
    block_px: int = 256
    threads: int = 0  # 0 = one per core
    run_id: str = ""

    def __post_init__(self) -> None:
        if not self.input:
            raise CodecError("input", "no raster", "at least one raster")
        require_finite("nodata", self.nodata or ())
        sure = 0 <= self.minimum_confidence <= 1
        require("minimum_confidence", sure, self.minimum_confidence, "0 (no minimum) to 1")
        area = 0 <= self.least_polygon_m2 < math.inf
        require("least_polygon_m2", area, self.least_polygon_m2, "0 (no minimum) or more, finite")
        require("block_px", 1 <= self.block_px <= 8192, self.block_px, "1 to 8192 pixels")
        require("threads", self.threads >= 0, self.threads, "0 (all cores) or more")
        require_mask("input_mask", self.input_mask, ())
        _require_run_id(self.run_id)


@dataclass(frozen=True)
class EvaluateJob:
    """Score one sensor's network on independent labels.

    ``map`` is the class map of which the labels are a random sample, if they are; ``map_band`` its band, if it
    has several. ``nodata``,
    ``input_bands`` and ``input_mask`` as in prediction.
    """

    model: str
    input: tuple[RasterSource, ...]
    labels: Labels
    output_report: Optional[str] = None
    map: Optional[RasterSource] = None
    map_band: str = ""
    input_layout: Layout = Layout.AUTO
    input_bands: tuple[str, ...] = ()
    input_mask: str = ""
    input_mask_rasters: tuple[RasterSource, ...] = ()
    sensor: Optional[str] = None
    max_samples: int = 50_000
    seed: int = 0
    nodata: Optional[tuple[float, ...]] = None
    device: Device = Device.AUTO
    precision: Precision = Precision.AUTO
    quality: Quality = Quality.AUTO
    run_id: str = ""

    def __post_init__(self) -> None:
        if not self.input:
            raise CodecError("input", "no raster", "at least one raster")
        require_finite("nodata", self.nodata or ())
        require("max_samples", self.max_samples >= 1, self.max_samples, "1 or more")
        require_mask("input_mask", self.input_mask, ())
        _require_run_id(self.run_id)


@dataclass(frozen=True)
class ExportSensorJob:
    """Write one sensor's network as a plain ONNX file that other programs can run on tiles of ``tile_px``.

    ``sensor`` may be omitted if the model has only one. ``license`` and ``attribution`` are texts by the user for
    recipients of the file.
    """

    model: str
    output_onnx: str
    sensor: Optional[str] = None
    tile_px: int = 512
    license: str = ""
    attribution: str = ""
    run_id: str = ""

    def __post_init__(self) -> None:
        sides = f"{LEAST_TILE_PX} to {MOST_TILE_PX} pixels"
        require("tile_px", LEAST_TILE_PX <= self.tile_px <= MOST_TILE_PX, self.tile_px, sides)
        for name in ("license", "attribution"):
            text = getattr(self, name)
            require(name, len(text) <= MOST_TEXT, f"{len(text)} characters", f"at most {MOST_TEXT} characters")
        _require_run_id(self.run_id)


Job = Union[TrainJob, PredictJob, EvaluateJob, ExportSensorJob]

JOURNEYS: dict[str, type[Any]] = {
    "train": TrainJob,
    "predict": PredictJob,
    "evaluate": EvaluateJob,
    "exportsensor": ExportSensorJob,
}
SERVE = "serve"  # not a separate journey: successive predictions in one process
IDLE_S = 300.0  # idle time after which such a process ends


def journey_of(job: Job) -> str:
    """The journey of a job, by its name in :data:`JOURNEYS`."""
    return next(name for name, kind in JOURNEYS.items() if isinstance(job, kind))


def default_of(kind: type[Any], name: str) -> Any:
    """The default of a job's field, for the corresponding Processing parameter."""
    default = next(field.default for field in fields(kind) if field.name == name)
    if default is MISSING:
        raise LookupError(f"{kind.__name__}.{name} has no default")
    return default


def _require_run_id(run_id: str) -> None:
    require("run_id", bool(_RUN_ID.fullmatch(run_id)), repr(run_id), "at most 32 hexadecimal digits")
