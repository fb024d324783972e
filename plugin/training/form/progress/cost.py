"""The expected duration of a training: a constant, forests by samples, networks by visits of samples.

A visit is that of one sample to the network of one sensor, in one epoch. All seconds are those of a computer with two
cores and no GPU; they were fitted to trainings measured there (``MEASURED`` in the test of this module), and lie within
a factor of two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Optional

from .....engine.contract import (
    THOROUGH_FOLDS,
    Effort,
    ImageEncoder,
    Layout,
    Method,
    SeriesEncoder,
    usual_copy_epochs,
    usual_epochs,
)
from ..form import TrainingForm
from ..labels import LabelFacts
from ..sensors.patch import patches

CORES = 2  # of the measured computer
MOST_CORES = 4  # that shorten a training: its longest networks are few
_SAYS_ENOUGH = 2.0  # the growing part, in constant ones, of a training by which a computer is judged
_CONSTANT_S = 12.0  # start of the engine, reading, writing the report
_TRAINING_PART = 0.6  # of all samples
_POLYGON_PX = 20  # samples of a polygon whose area is unknown
_LEAST_SAMPLES = 100

# Seconds of a sensor's forests, at least and per sample.
_FORESTS_S = (5.0, 0.0016)  # of ``auto``, and of its control
_FORESTS_OF_ALL_S = (1.5, 0.0006)  # of all labels
_REFERENCE_S = (1.5, 0.0004)  # of the other methods
_SCORED_S = (1.0, 0.00035)  # scores, graphs, the importance of bands

# Trainings of every sensor's network, with those alone, the control of ``auto``, and the reference that sees all
# sensors at once. MDiCo has terms between sensors besides.
_TRAININGS = {
    Method.AUTO: 6.3,
    Method.MDICO: 3.3,
    Method.DISTILLATION: 3.0,
    Method.MDICO_DISTILLATION: 3.3,
    Method.SENSOR_DROPOUT: 3.3,
    Method.ALONE: 2.0,
}
_OF_ONE_SENSOR = 1.0
_OF_ALL_LABELS = 3.3 * 0.35  # those of ``auto``, for the epochs that were best
_COPY, _COPY_OF_ALL_LABELS = 1.4, 0.28  # the fast copy, which also learns points between samples

# Milliseconds of one core per visit, by networks of half the width and of full width: at least, and per date of a time
# series or per pixel of a patch.
_VISITS_MS: dict[Enum, tuple[tuple[float, float], tuple[float, float]]] = {
    SeriesEncoder.TEMPCNN: ((0.16, 0.018), (0.27, 0.055)),
    SeriesEncoder.LTAE: ((0.11, 0.004), (0.13, 0.004)),
    SeriesEncoder.TRANSFORMER: ((0.12, 0.032), (0.16, 0.046)),
    ImageEncoder.DILATED: ((0.075, 0.0006), (0.085, 0.0013)),
    ImageEncoder.RESIDUAL: ((0.17, 0.0048), (0.18, 0.0113)),
}
_BAND_MS = 0.00005  # in addition per value: many bands are first projected onto fewer
_VALIDATED = 1.4  # with the validation samples of each epoch


@dataclass(frozen=True)
class Cost:
    """The seconds of a training on the measured computer."""

    constant_s: float
    forests_s: float
    networks_s: float

    @property
    def has_networks(self) -> bool:
        """Whether networks are trained, which a GPU speeds up and forests it does not."""
        return self.networks_s > 0

    @property
    def growing_s(self) -> float:
        """The seconds that grow with the samples, and differ between computers."""
        return self.forests_s + self.networks_s

    def seconds(self, slowness: float) -> float:
        """The seconds on a computer that takes ``slowness`` times as long for what grows with the samples."""
        return self.constant_s + slowness * self.growing_s

    def slowness(self, elapsed_s: float) -> Optional[float]:
        """The slowness of a computer that took this long; None if much of that was the constant part."""
        if self.growing_s < _SAYS_ENOUGH * self.constant_s:
            return None
        return max(elapsed_s - self.constant_s, 0.1 * elapsed_s) / self.growing_s


def expected_cost(form: TrainingForm, labels: LabelFacts) -> Cost:
    """The cost of the training of a form."""
    get, samples, runs = form.settings.get, _samples(form, labels), _runs(form)
    automatic = get("method") is Method.AUTO
    forests_s = runs * _of(_FORESTS_S if automatic else _REFERENCE_S, samples) + _of(_SCORED_S, samples)
    if automatic and get("use_all_labels"):
        forests_s += _of(_FORESTS_OF_ALL_S, samples)
    networks_s = 0.0
    if not (automatic and get("effort") is Effort.QUICK):
        epochs = get("epochs") or usual_epochs(_TRAINING_PART * samples)
        of_copy = (get("epochs") or usual_copy_epochs(_TRAINING_PART * samples)) / epochs
        visits = samples * epochs * (1 + min((get("unlabelled_samples") or 0) / samples, 1.0))
        networks_s = visits * _trained_s(form, runs, of_copy)
    return Cost(_CONSTANT_S, len(form.sensors) * forests_s, networks_s)


def usual_slowness(cores: int) -> float:
    """The slowness of a computer on which no training was timed yet, by its cores."""
    return CORES / max(1, min(cores, MOST_CORES))


def _of(seconds: tuple[float, float], samples: float) -> float:
    least, each = seconds
    return least + each * samples


def _samples(form: TrainingForm, labels: LabelFacts) -> float:
    """The approximate number of samples that are drawn."""
    return float(min(form.settings.get("max_samples"), max(_labelled_px(form, labels), _LEAST_SAMPLES)))


def _labelled_px(form: TrainingForm, labels: LabelFacts) -> float:
    """The approximate number of labelled pixels; unlimited for rasters, which are not read to count them."""
    if labels.shape == "raster":
        return math.inf
    if labels.shape == "points":
        return labels.features
    sizes_m = [sensor.pixel_sizes_m()[0] for sensor in form.sensors if sensor.pixel_sizes_m()]
    each = labels.mean_m2 / min(sizes_m) ** 2 if sizes_m and labels.mean_m2 > 0 else _POLYGON_PX
    return labels.features * max(each, 1.0)


def _runs(form: TrainingForm) -> int:
    """How often everything is trained and scored."""
    get = form.settings.get
    is_thorough = get("method") is Method.AUTO and get("effort") is Effort.THOROUGH
    return int((get("folds") or (THOROUGH_FOLDS if is_thorough else 1)) * get("repeats"))


def _trained_s(form: TrainingForm, runs: int, of_copy: float) -> float:
    """The seconds of all trainings, per sample and epoch; a copy has ``of_copy`` of the epochs."""
    get = form.settings.get
    method, several = get("method"), len(form.sensors) > 1
    automatic = method is Method.AUTO
    visit_s = _visits_s(_inputs(form), wide=not automatic or get("effort") is Effort.THOROUGH)
    visits = runs * _TRAINING_PART * (_TRAININGS[method] if several else _OF_ONE_SENSOR)
    if automatic:
        visits += of_copy * _COPY * _TRAINING_PART
        if get("use_all_labels"):
            visits += (_OF_ALL_LABELS if several else _OF_ALL_LABELS / 3) + of_copy * _COPY_OF_ALL_LABELS
    return visits * visit_s


def _inputs(form: TrainingForm) -> list[tuple[Enum, int, int]]:
    """Every sensor's encoder, its dates or the pixels of its patch, and its bands."""
    get, found = form.settings.get, []
    sides_px = dict(patches(get("context_m"), form.sensors))
    for sensor in form.sensors:
        bands = len(sensor.bands or sensor.all_bands())
        if sensor.guessed_layout() in (Layout.STACK, Layout.DATES):
            found.append((get("series_encoder"), sensor.dates or len(sensor.all_dates()) or 1, bands))
        else:
            found.append((get("image_encoder"), sides_px.get(sensor.name, 1) ** 2, bands))
    return found


def _visits_s(inputs: Sequence[tuple[Enum, int, int]], wide: bool) -> float:
    """The seconds of one visit to the network of each sensor, with all cores at work."""
    visits_ms = 0.0
    for encoder, size, bands in inputs:
        least_ms, more_ms = _VISITS_MS[encoder][wide]
        visits_ms += least_ms + size * (more_ms + bands * _BAND_MS)
    return _VALIDATED * visits_ms / CORES / 1000
