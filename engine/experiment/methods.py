"""The methods: what learns from what, and how well each did on validation samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..contract.events import Epoch
from ..contract.job import Task
from ..contract.manifest import Candidate
from ..contract.method import ClassWeight, Method, Optimize
from ..learning.fit.checkpoint import Checkpoints
from ..learning.fit.data import Material
from ..learning.fit.loop import train_network
from ..learning.fit.settings import Fusion, Settings
from ..learning.fit.targets import population_of, shift_of
from ..learning.fit.trained_network import TrainedNetwork
from ..learning.metrics.scores import main_score
from ..samples.sample_set import Indices, SampleSet, Split
from ..samples.unlabelled import Unlabelled
from .teacher import out_of_fold, teacher

TRIED = (Method.MDICO, Method.DISTILLATION, Method.MDICO_DISTILLATION)  # by ``auto``
TAUGHT = (Method.DISTILLATION, Method.MDICO_DISTILLATION)

OnEpoch = Callable[[Epoch], None]
Networks = dict[str, TrainedNetwork]  # by sensor; one and the same for all that learned together


@dataclass(frozen=True)
class Trial:
    """What a method made of the material: a network for every sensor, and its main score on validation samples."""

    method: Method
    networks: Networks
    validation: dict[str, float]

    def candidate(self) -> Candidate:
        """The trial as the manifest tells it."""
        return Candidate(self.method.value, tuple(self.validation.values()))


@dataclass(frozen=True)
class Course:
    """One material, one split, one set of settings: what methods that are compared have in common.

    Every training method raises as :func:`.training.train_network`; those with a teacher as
    :func:`.teacher.out_of_fold` as well.
    """

    material: Material
    split: Split
    settings: Settings
    on_epoch: OnEpoch
    checkpoints: Checkpoints = field(default_factory=Checkpoints)

    def attempt(self, method: Method) -> Trial:
        """Train by one method (any but ``auto``)."""
        if method is Method.ALONE:
            networks = self._each(self.material, method)
        elif method is Method.DISTILLATION:
            networks = self._each(self.taught, method)
        else:
            networks = self._together(method)
        return Trial(method, networks, self._validation(networks))

    def fuse(self) -> TrainedNetwork:
        """The reference that sees all sensors at once, at prediction too."""
        settings = replace(self.settings, fusion=Fusion.ALL)
        return self._train(_labelled_only(self.material), settings, "all sensors")

    @cached_property
    def taught(self) -> Material:
        """The material with the opinions of a teacher that sees all sensors."""
        return taught(self.material, self.material.sensor_names(), self.split, self.settings)

    def _each(self, material: Material, method: Method) -> Networks:
        """Every sensor for itself; unlabelled positions can teach it nothing unless a teacher speaks of them."""
        if material.opinion is None:
            material = _labelled_only(material)
        return {
            name: self._train(material.only(name), self.settings, f"{method.value}: {name}")
            for name in material.sensor_names()
        }

    def _together(self, method: Method) -> Networks:
        dropout = method is Method.SENSOR_DROPOUT
        material = self.taught if method in TAUGHT else _labelled_only(self.material) if dropout else self.material
        settings = replace(self.settings, fusion=Fusion.DROPOUT) if dropout else self.settings
        network = self._train(material, settings, method.value)
        return dict.fromkeys(material.sensor_names(), network)

    def _train(self, material: Material, settings: Settings, name: str) -> TrainedNetwork:
        network = train_network(material, self.split, settings, name, self.on_epoch, self.checkpoints.of(name))
        return for_population(network, material.samples, self.split.train, settings)

    def _validation(self, networks: Networks) -> dict[str, float]:
        samples, split = self.material.samples, self.split
        return {
            name: score_on(network, samples.take(split.validation), name, self.settings.optimize)
            for name, network in networks.items()
        }


def score_on(network: TrainedNetwork, samples: SampleSet, name: str, optimize: Optimize) -> float:
    """The main score of one sensor's predictions on the samples it covers; NaN where it covers none."""
    at = [sensor.name for sensor in samples.sensors].index(name)
    seen = samples.present[:, at]
    if not seen.any():
        return float("nan")
    prediction = network.predict(name, samples.sensors[at].values[seen])
    return main_score(samples.task, samples.target[seen], prediction, optimize, network.population)


def for_population(network: TrainedNetwork, samples: SampleSet, train: Indices, settings: Settings) -> TrainedNetwork:
    """The network whose probabilities speak of the population, as far as Bayes' rule can tell without validation."""
    if samples.task is Task.REGRESSION:
        return network
    one, population = np.ones(settings.outputs), population_of(samples, train, settings)
    network = replace(network, population=population)
    for at, sensor in enumerate(samples.sensors):
        shift = shift_of(samples, train, at, population, settings)
        if shift is not None:
            network = network.calibrated(sensor.name, one, shift)
    shift = shift_of(samples, train, None, population, settings)
    return network if shift is None else network.calibrated_fused(one, shift)


def best_of(trials: Sequence[Trial]) -> Trial:
    """The trial with the highest validation score, as the mean over sensors; the first of equal ones."""
    return max(trials, key=lambda trial: float(np.nanmean(list(trial.validation.values()))))


def taught(material: Material, names: Sequence[str], split: Split, settings: Settings) -> Material:
    """The material with a teacher's opinions: cross-fitted on training samples, plain on unlabelled positions."""
    samples, weight = material.samples, ClassWeight.NONE  # the losses weigh classes, in labels and opinions alike
    opinion = np.full((len(samples), settings.outputs), np.nan, np.float32)
    opinion[split.train] = out_of_fold(
        samples, names, split.train, settings.outputs, settings.seed, class_weight=weight
    )
    unlabelled = None
    if material.unlabelled is not None and len(material.unlabelled):
        whole = teacher(samples, names, split.train, settings.outputs, settings.seed, class_weight=weight)
        unlabelled = whole.predict(_as_samples(material.unlabelled, samples))
    return replace(material, opinion=opinion, unlabelled_opinion=unlabelled)


def _labelled_only(material: Material) -> Material:
    return replace(material, unlabelled=None, unlabelled_opinion=None)


def _as_samples(unlabelled: Unlabelled, like: SampleSet) -> SampleSet:
    """Positions in the shape of samples, for what looks at sensors only; targets are zeros."""
    count = len(unlabelled)
    target = np.zeros((count, *like.target.shape[1:]), np.float32)
    nowhere = np.zeros(count)
    groups = np.arange(count, dtype=np.int64)
    return SampleSet(like.task, unlabelled.sensors, unlabelled.present, target, groups, nowhere, nowhere)
