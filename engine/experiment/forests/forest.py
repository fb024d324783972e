"""Random forests (Breiman 2001, Machine Learning 45:5) on any of the sensors: the reference for networks.

A forest uses a table, not patches: each sensor is described by fixed features (:func:`features`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from ...arrays import Doubles, Flags, Floats, Indices
from ...contract import ClassWeight, Task
from ...learning.tasks import prior_shift
from ...samples import SampleSet, SensorSamples
from ...trees import fitted_on_all_cores, target_scale

TREES = 200
LEAST_LEAF = 2  # samples; probabilities of single samples are all 0 or 1
LEAST_LEAF_REGRESSION = 3
MANY_BANDS = 64  # in images; standard deviations of more would make the table too wide
_SAMPLES_AT_ONCE = 64
_CLASS_WEIGHT_POWER = {ClassWeight.NONE: 0.0, ClassWeight.SQUARE_ROOT: 0.5, ClassWeight.BALANCED: 1.0}


@dataclass(frozen=True)
class Forest:
    """A fitted forest over the sensors ``names``.

    ``model`` is scikit-learn's. ``classes`` (column,) are its class indices; ``scale`` (output,) undoes the
    scaling of regression targets. ``shift`` (output,) is added to the log odds of the trees' predictions, so that they
    refer to the population.
    """

    task: Task
    names: tuple[str, ...]
    outputs: int
    model: Any
    classes: Indices
    scale: Floats
    shift: Doubles | None = None

    @classmethod
    def fit(
        cls,
        samples: SampleSet,
        names: Sequence[str],
        index: Indices,
        outputs: int,
        seed: int,
        class_weight: ClassWeight = ClassWeight.BALANCED,
        trees: int | None = None,
    ) -> Forest:
        """Fit on the samples at ``index``; one seed gives one forest, whatever the number of cores.

        Args:
            outputs: number of classes, labels or targets.
            class_weight: resolved, so not ``auto``; for classification only.
            trees: their number; None: that of the reference.

        Raises:
            ValueError: no samples, an unknown sensor, or ``auto``.
        """
        table = feature_table(samples, names, index)
        return cls.fit_table(samples.task, names, table, samples.target[index], outputs, seed, class_weight, trees)

    @classmethod
    def fit_table(
        cls,
        task: Task,
        names: Sequence[str],
        table: Floats,
        target: NDArray[Any],
        outputs: int,
        seed: int,
        class_weight: ClassWeight = ClassWeight.BALANCED,
        trees: int | None = None,
    ) -> Forest:
        """Fit on rows of :func:`feature_table` and their targets; otherwise as :meth:`fit`."""
        if not len(table):
            raise ValueError("no samples to fit a forest on")
        trees = TREES if trees is None else trees
        if task.one_class:
            model = RandomForestClassifier(trees, min_samples_leaf=LEAST_LEAF, max_features="sqrt", random_state=seed)
            fitted_on_all_cores(model, table, target, _sample_weights(target, class_weight))
            return cls(task, tuple(names), outputs, model, model.classes_.astype(np.int64), np.ones(0, np.float32))
        scale = target_scale(task, target).astype(np.float32)
        model = _regressor(task, trees, seed)
        fitted_on_all_cores(model, table, np.asarray(target, np.float64) / scale, None)
        return cls(task, tuple(names), outputs, model, np.arange(outputs), scale)

    @property
    def sensors(self) -> tuple[str, ...]:
        """The sensors it reads."""
        return self.names

    def describe(self) -> str:
        """A short name: a forest."""
        return "forest"

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """Probabilities (sample, class) or (sample, label), or values (sample, target), of every sample.

        A class without training samples has probability 0. NaN if none of the forest's sensors covers the sample. There
        is no calibration except for the population.
        """
        found = self.predict_table(feature_table(samples, self.names))
        found[~samples.present[:, [sensor.name in self.names for sensor in samples.sensors]].any(axis=1)] = np.nan
        return found

    def predict_table(self, table: Floats) -> Floats:
        """As :meth:`predict`, from rows of :func:`feature_table`."""
        scores = np.zeros((len(table), self.outputs), np.float32)
        if not len(table):
            return scores
        if self.task.one_class:
            scores[:, self.classes] = self.model.predict_proba(table)
        else:
            scores[:] = self.model.predict(table).reshape(scores.shape) * self.scale
        return scores if self.shift is None else _shifted(self.task, scores, np.exp(self.shift))

    def for_population(self, target: NDArray[Any], class_weight: ClassWeight, shares: tuple[float, ...]) -> Forest:
        """The forest, fitted on ``target`` with these weights, adjusted to a population with these class ``shares``."""
        weights = learned_weights(self.task, target, class_weight, len(shares))
        return replace(self, shift=prior_shift(self.task, target, weights, shares))


def feature_table(samples: SampleSet, names: Sequence[str], index: Indices | None = None) -> Floats:
    """Concatenated features of the sensors ``names``, (sample, feature) float32; NaN where a sensor is missing.

    Raises:
        ValueError: an unknown sensor, or none at all.
    """
    index = np.arange(len(samples)) if index is None else index
    known = [sensor.name for sensor in samples.sensors]
    columns = []
    for name in names:
        at = known.index(name)
        sensor = samples.sensors[at]
        column = features(replace(sensor, values=sensor.values[index]))
        column[~samples.present[index, at]] = np.nan
        columns.append(column)
    return np.concatenate(columns, axis=1)


def features(sensor: SensorSamples) -> Floats:
    """The features of one sensor: (sample, feature) float32, NaN where nodata.

    Series: all dates of all bands, then minimum, mean and maximum of each band over the valid dates. Images: the
    centre pixel, then mean and standard deviation of each band over the patch's valid pixels; of images of more than
    64 bands without the standard deviation. As everywhere, a date or pixel is valid when all its bands are.
    """
    describe = _series_features if sensor.shape.has_dates else _image_features
    starts = range(0, max(len(sensor.values), 1), _SAMPLES_AT_ONCE)
    return np.concatenate([describe(sensor.values[start : start + _SAMPLES_AT_ONCE]) for start in starts])


def _series_features(values: Floats) -> Floats:
    valid = np.isfinite(values).all(axis=2)[:, :, np.newaxis]
    never = ~valid.any(axis=1)
    lowest = values.min(axis=1, where=valid, initial=np.inf)
    highest = values.max(axis=1, where=valid, initial=-np.inf)
    summary = [lowest, _mean(values, valid, 1), highest]
    flat = np.where(valid, values, np.nan).reshape(len(values), values.shape[1] * values.shape[2])
    parts = [flat, *(np.where(never, np.nan, part) for part in summary)]
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


def _image_features(values: Floats) -> Floats:
    samples, bands, rows, cols = values.shape
    pixels = values.reshape(samples, bands, rows * cols)
    valid = np.isfinite(pixels).all(axis=1)[:, np.newaxis]
    centre = (rows // 2) * cols + cols // 2
    mean = _mean(pixels, valid, 2)
    parts = [np.where(valid[..., centre], pixels[..., centre], np.nan), mean]
    if bands <= MANY_BANDS:
        parts.append(np.sqrt(_mean(np.square(pixels - mean[..., np.newaxis]), valid, 2)))
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


def _mean(values: NDArray[Any], valid: Flags, axis: int) -> NDArray[np.float64]:
    """Mean over the valid values along ``axis``, NaN if there is none."""
    count = valid.sum(axis=axis)
    total = values.sum(axis=axis, where=valid, dtype=np.float64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _regressor(task: Task, trees: int, seed: int) -> RandomForestRegressor:
    """A forest for values, or 0/1 labels: their variance is half the Gini impurity, leaf means are probabilities."""
    if task.has_probabilities:
        return RandomForestRegressor(trees, min_samples_leaf=LEAST_LEAF, max_features="sqrt", random_state=seed)
    return RandomForestRegressor(trees, min_samples_leaf=LEAST_LEAF_REGRESSION, max_features=1 / 3, random_state=seed)


def _sample_weights(target: NDArray[Any], class_weight: ClassWeight) -> NDArray[np.float64]:
    """The weight of each sample: its class's frequency to the power -1 (balanced), -1/2 (square root) or 0."""
    if class_weight not in _CLASS_WEIGHT_POWER:
        raise ValueError(f"class weight {class_weight.value}: decide it first")
    weights = weights_of_classes(target, class_weight)[target]
    return np.asarray(weights / weights.mean())


def learned_weights(
    task: Task, target: NDArray[Any], class_weight: ClassWeight, outputs: int
) -> NDArray[np.float64] | None:
    """The weight of every class in training; None if there are no classes to weight."""
    return weights_of_classes(np.asarray(target, np.int64), class_weight, outputs) if task.one_class else None


def weights_of_classes(target: NDArray[Any], class_weight: ClassWeight, classes: int = 0) -> NDArray[np.float64]:
    """The weight (class,) of every class, up to a factor; classes without a sample as if they had one."""
    counts = np.maximum(np.bincount(target, minlength=classes), 1).astype(np.float64)
    weights: NDArray[np.float64] = counts ** -_CLASS_WEIGHT_POWER[class_weight]
    return weights


def _shifted(task: Task, probabilities: Floats, odds: Doubles) -> Floats:
    """Probabilities by Bayes' rule: those of classes, or the odds of labels, times ``odds``; 0 and 1 are unchanged."""
    times = probabilities.astype(np.float64) * odds
    whole = times.sum(axis=1, keepdims=True) if task.one_class else times + 1 - probabilities
    return np.asarray(times / np.where(whole > 0, whole, 1), np.float32)
