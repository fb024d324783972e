"""The manifest: the metadata of a model file, read by the plugin and by the engine."""

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
WEIGHTS_ENTRY = "weights.safetensors"  # written by early versions, never read

REGRESSION_NODATA = -9999.0
HASH_BYTES = 4  # per cell


@dataclass(frozen=True)
class Band:
    """One band: its name, and statistics of its values over the valid pixels of the training samples (raw units).

    ``scale`` and ``offset`` are those declared in the training files, which are not applied; None in older models.
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
    """The locations on which a model was trained or selected, as hashes: sufficient to recognize the same locations.

    The ground is divided into cells with sides of about ``cell_m`` metres; ``hashes`` are those of cells with samples,
    as 32-bit numbers, ascending, little-endian, in base64. If there are too many, the smallest are kept; ``cells`` is
    the total number.
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
    """A sensor from which the model can map.

    ``graph`` is the ZIP entry of its ONNX graph. ``dates`` are ISO dates in order (``YYYY-MM-DD`` or ``YYYY-MM``), or
    ``1``, ``2``, … when ``dates_known`` is false. ``context_px`` is the side length of the patch around a pixel.
    ``places`` are those of the samples used for training or selection; None in older models. ``quantized``
    is the 8-bit graph, that of ``fast`` if it exists; None if there is none. ``pixel_m`` is the pixel size of
    the first scene in metres on the ground, ``pixel_range_m`` the minimum and maximum of all scenes; None in
    older models. ``nodata`` are nodata values of the training in addition to those declared in the files, ``mask`` its
    quality mask (:mod:`.quality`), empty if there was none. ``fast`` is the graph of one network
    distilled from the average in ``graph``; None if there is none. ``importance`` is that of its bands and dates
    for the shipped predictor; None if it was not measured.
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
        """The ZIP entry of the fp32 graph, BEST or FAST; if there is only one, that of this one."""
        return self.fast.graph if self.fast and quality is Quality.FAST else self.graph

    def int8_of(self, quality: Quality) -> Optional[Quantized]:
        """The 8-bit graph, BEST or FAST: an average has none if there is a fast copy of it."""
        return None if self.fast and quality is not Quality.FAST else self.quantized

    def band_names(self) -> tuple[str, ...]:
        """Band names in the order of the graph's input."""
        return tuple(band.name for band in self.bands)

    @property
    def shape(self) -> SampleShape:
        """The shape of one sample."""
        return SampleShape(len(self.bands), len(self.dates), 1 if self.dates else self.context_px)

    @property
    def halo_px(self) -> int:
        """The pixels needed on each side around a block."""
        return self.shape.halo_px


@dataclass(frozen=True)
class SampleCounts:
    """Numbers of samples used, by part of the split, and of their groups.

    ``too_near`` samples of training and validation were excluded, because a patch of another part contains their pixel
    or vice versa. ``rims`` is the share of test samples of which a patch still shares a pixel with a training
    patch; None if unknown. ``test_groups`` are those of the test part; None in older models. ``refit`` are
    the samples, of all parts, on which the trees in the model file were retrained after scoring, and
    ``networks_refit`` those for its networks; 0: the shipped ones are those that were scored. ``calibrated`` are the
    samples whose out-of-fold predictions calibrated its averages; 0: the validation part was used.
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
        """All samples of all parts."""
        return self.train + self.validation + self.test + self.too_near


@dataclass(frozen=True)
class Combination:
    """The number of samples covered by exactly these sensors."""

    sensors: tuple[str, ...]
    labelled: int
    unlabelled: int


@dataclass(frozen=True)
class Candidate:
    """A candidate method, with its validation score per sensor, in the order of the sensors."""

    method: str
    validation: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over sensors with validation samples."""
        known = [value for value in self.validation if math.isfinite(value)]
        return sum(known) / len(known) if known else math.nan


@dataclass(frozen=True)
class TrainingArea:
    """Bounds of the training samples in EPSG:4326 (degrees); west > east if they cross 180° (RFC 7946, 5.2)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Manifest:
    """All metadata of a model.

    ``method`` is the one of the shipped networks, ``method_asked`` the job's (``auto``, or the same), ``candidates``
    those from which ``auto`` chose. ``combinations`` count samples by the sensors that cover them.
    ``classes`` holds the classes (classification) or the labels, one per field (multilabel, code = 1); ``targets`` the
    regression targets. ``digests`` maps every other ZIP entry to its SHA-256. ``job`` is the training job as JSON.
    ``epochs`` is the number that every network was trained for before it was scored (the job may leave it open, or set
    more than its time budget allows); None without networks, and in older models.
    """

    task: Task
    method: str
    label_fields: tuple[str, ...]  # or the name of the label raster
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
    epochs: Optional[int] = None

    def sensor(self, name: str) -> SensorManifest:
        """The sensor of that name; raises :class:`ModelError` listing the existing ones."""
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
        """The share of every class, or label, in the labels; empty if unknown."""
        return known_shares(self.classes)

    @property
    def decision(self) -> tuple[float, ...]:
        """The weights by which class probabilities are multiplied before the decision; empty: unweighted."""
        return decision_weights(self.task, self.shares, Optimize(self.optimize))

    @property
    def identity(self) -> str:
        """A unique identifier: a digest of the creation time and the networks. It is stored in the model's maps."""
        made_of = json.dumps([self.created, sorted(self.digests.items())])
        return hashlib.sha256(made_of.encode()).hexdigest()

    @property
    def label(self) -> str:
        """The label fields as text."""
        return ", ".join(self.label_fields)

    @property
    def unit(self) -> str:
        """The common unit of all targets; empty if they have several, or it is unknown."""
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
        """The code of every class in a classification map; empty for multilabel and regression."""
        return tuple(each.code for each in self.classes) if self.task.one_class else ()

    @property
    def class_dtype(self) -> str:
        """``uint8`` or ``uint16``: the data type of a class map."""
        return "uint8" if self.nodata <= 255 else "uint16"

    @property
    def map_dtype(self) -> str:
        """The data type of the map: of codes, of 0 and 1, or of values."""
        return self.class_dtype if self.task.has_probabilities else "float32"
