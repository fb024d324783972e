"""The manifest: what a model file says about itself. Read by the plugin and by the engine."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any, Optional

from ..job import Layout, Optimize, Quality, Task
from ..wire import CodecError, ErrorCode, ModelError
from .label_classes import LabelClass, Target, decision_weights, known_shares
from .sample_shape import SampleShape, SensorKind
from .scores import FastCopy, FusedScore, Importances, Quantized, SensorScore

MANIFEST_ENTRY = "manifest.json"
REPORT_ENTRY = "report.html"
WEIGHTS_ENTRY = "weights.safetensors"  # early versions wrote it, and nothing read it

REGRESSION_NODATA = -9999.0
HASH_BYTES = 4  # of a place


@dataclass(frozen=True)
class Band:
    """One band: its name, and its values over the valid pixels of the training samples (raw units).

    ``scale`` and ``offset`` are what the training's files declared and nobody applied; None in older models.
    """

    name: str
    mean: float
    sd: float
    minimum: float
    maximum: float
    scale: Optional[float] = None
    offset: Optional[float] = None


@dataclass(frozen=True)
class TrainedPlaces:
    """Where a model was trained or chosen, as hashes: enough to notice the same places again.

    The ground is cut into cells of about ``cell_m`` metres a side; ``hashes`` are those of the cells that hold samples,
    as 32-bit numbers, ascending, low byte first, in base64. Of more than fit, the smallest are kept; ``cells`` is how
    many there are in all.
    """

    cell_m: float
    cells: int
    hashes: str

    def __post_init__(self) -> None:
        if not self.cell_m > 0:
            raise CodecError("cell_m", str(self.cell_m), "a length in metres, more than 0")
        try:
            count, left = divmod(len(base64.b64decode(self.hashes, validate=True)), HASH_BYTES)
        except ValueError:
            count, left = -1, 1
        if left or not 0 < count <= self.cells:
            raise CodecError("hashes", f"{len(self.hashes)} characters", f"32-bit numbers in base64, 1 to {self.cells}")


@dataclass(frozen=True)
class SensorManifest:
    """One sensor the model can map from.

    ``graph`` is the ZIP entry of its ONNX graph. ``dates`` are ISO dates in order (``YYYY-MM-DD`` or ``YYYY-MM``), or
    ``1``, ``2``, … when ``dates_known`` is false. ``context_px`` is the side of the square a pixel's value depends on.
    ``places`` are those of the samples that the network was trained or chosen on; None in older models. ``quantized``
    is the graph in 8-bit numbers, of ``fast`` where it is there, None where there is none. ``pixel_m`` is the size of
    the first scene's pixels in metres of the ground, ``pixel_range_m`` the least and the most of all scenes; None in
    older models. ``nodata`` are values that were nodata in training beside those that the files declared, ``mask`` the
    quality mask (:mod:`.quality`) that it applied; empty where it applied none. ``fast`` is the graph of one network
    that learned from the average in ``graph``; None where there is none. ``importance`` is that of its bands and dates
    for what is shipped; None where it was not measured.
    """

    name: str
    kind: SensorKind
    layout: Layout
    bands: tuple[Band, ...]
    bands_named: bool
    dates: tuple[str, ...]
    dates_known: bool
    pixel_m: float
    context_px: int
    dtype: str
    graph: str
    score: SensorScore
    places: Optional[TrainedPlaces] = None
    quantized: Optional[Quantized] = None
    pixel_range_m: Optional[tuple[float, float]] = None
    nodata: tuple[float, ...] = ()
    mask: str = ""
    fast: Optional[FastCopy] = None
    importance: Optional[Importances] = None

    @property
    def graphs(self) -> tuple[str, ...]:
        """The ZIP entries of the sensor's graphs."""
        return (self.graph, *(each.graph for each in (self.fast, self.quantized) if each))

    def fp32_graph(self, quality: Quality) -> str:
        """The ZIP entry of the graph in 32-bit numbers, BEST or FAST; that of the only one where there is one."""
        return self.fast.graph if self.fast and quality is Quality.FAST else self.graph

    def int8_of(self, quality: Quality) -> Optional[Quantized]:
        """The graph in 8-bit numbers, BEST or FAST: an average has none where there is a fast copy of it."""
        return None if self.fast and quality is not Quality.FAST else self.quantized

    def band_names(self) -> tuple[str, ...]:
        """Names in the order the graph takes them."""
        return tuple(band.name for band in self.bands)

    @property
    def shape(self) -> SampleShape:
        """What is read of it for one pixel."""
        return SampleShape(len(self.bands), len(self.dates), 1 if self.dates else self.context_px)

    @property
    def halo_px(self) -> int:
        """Pixels needed around a block on each side."""
        return self.shape.halo_px


@dataclass(frozen=True)
class SampleCounts:
    """Samples used, by part of the split, and how many groups they came from.

    ``too_near`` of training and validation were left out, because a patch of another part sees their pixel or theirs
    sees one of its. ``rims`` is the share of test samples of which some patch still shares a pixel with a training
    patch; None where it is not known. ``test_groups`` are those of the test part; None in older models. ``refit`` are
    the samples, of all parts, that the trees in the model file were grown on once scores had been taken, and
    ``networks_refit`` those that its networks learned from; 0: they are those that were scored. ``calibrated`` are the
    samples by whose out-of-fold predictions its averages were calibrated; 0: they were by the validation part.
    """

    train: int
    validation: int
    test: int
    groups: int
    left_out: int
    too_near: int = 0
    rims: Optional[float] = None
    test_groups: Optional[int] = None
    refit: int = 0
    networks_refit: int = 0
    calibrated: int = 0

    @property
    def total(self) -> int:
        """All samples, whatever their part."""
        return self.train + self.validation + self.test + self.too_near


@dataclass(frozen=True)
class Combination:
    """How many samples exactly these sensors cover."""

    sensors: tuple[str, ...]
    labelled: int
    unlabelled: int


@dataclass(frozen=True)
class Candidate:
    """A method that was tried, with its validation score per sensor, in the order of the sensors."""

    method: str
    validation: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over sensors that any validation sample lies in."""
        known = [value for value in self.validation if math.isfinite(value)]
        return sum(known) / len(known) if known else math.nan


@dataclass(frozen=True)
class TrainingArea:
    """Bounds of the training samples in EPSG:4326 (degrees); west > east where they cross 180° (RFC 7946, 5.2)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Manifest:
    """Everything about a model but its weights.

    ``method`` is the one whose networks were kept, ``method_asked`` the job's (``auto``, or the same), ``candidates``
    what ``auto`` chose from. ``combinations`` count samples by the sensors that cover them.
    ``classes`` holds the classes (classification) or the labels, one per field (multilabel, code = 1); ``targets`` the
    regression targets. ``digests`` maps every other ZIP entry to its SHA-256. ``job`` is the training job as JSON.
    """

    task: Task
    method: str
    label_fields: tuple[str, ...]  # or the label raster's name
    sensors: tuple[SensorManifest, ...]
    classes: tuple[LabelClass, ...]
    targets: tuple[Target, ...]
    nodata: float
    samples: SampleCounts
    area: Optional[TrainingArea]
    split: str  # how groups were formed: "field plot_id", "polygon", "spatial block"
    seed: int
    created: str
    versions: dict[str, str]
    job: dict[str, Any]
    digests: dict[str, str] = field(default_factory=dict)
    method_asked: str = ""
    optimize: str = Optimize.BALANCED_ACCURACY.value
    candidates: tuple[Candidate, ...] = ()
    combinations: tuple[Combination, ...] = ()
    fused: Optional[FusedScore] = None
    folds: int = 1
    repeats: int = 1

    def sensor(self, name: str) -> SensorManifest:
        """The sensor of that name; raises :class:`ModelError` naming those there are."""
        for sensor in self.sensors:
            if sensor.name == name:
                return sensor
        raise ModelError(
            ErrorCode.MODEL_OTHER_SENSOR,
            subject="SENSOR",
            found=f"the sensor {name!r}",
            expected=f"one of {', '.join(sensor.name for sensor in self.sensors)}",
            remedy="Choose one of the model's sensors, or leave it empty to recognize it from the bands.",
        )

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of every class, or label, in the labels; empty where they are not known."""
        return known_shares(self.classes)

    @property
    def decision(self) -> tuple[float, ...]:
        """What the probability of each class is multiplied by before the largest decides; empty: by nothing."""
        return decision_weights(self.task, self.shares, Optimize(self.optimize))

    @property
    def identity(self) -> str:
        """What no other model has: a digest of when it was made and of its networks. Its maps carry it."""
        made_of = json.dumps([self.created, sorted(self.digests.items())])
        return hashlib.sha256(made_of.encode()).hexdigest()

    @property
    def label(self) -> str:
        """The label fields, for people."""
        return ", ".join(self.label_fields)

    @property
    def unit(self) -> str:
        """The unit that all targets have; empty where they have several, or it is not known."""
        units = {target.unit for target in self.targets}
        return units.pop() if len(units) == 1 else ""

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of a map's bands: the label field, the labels, or the targets."""
        if self.task.one_class:
            return (self.label,)
        return tuple(each.name for each in (self.classes if self.task.has_probabilities else self.targets))

    @property
    def class_codes(self) -> tuple[int, ...]:
        """The code of every class in a map of one class a pixel; none where there are labels or targets."""
        return tuple(each.code for each in self.classes) if self.task.one_class else ()

    @property
    def class_dtype(self) -> str:
        """``uint8`` or ``uint16``: the type of a class map."""
        return "uint8" if self.nodata <= 255 else "uint16"

    @property
    def map_dtype(self) -> str:
        """The type of the map's values: codes, 0 and 1, or values."""
        return self.class_dtype if self.task.has_probabilities else "float32"
