"""The methods: what is trained on what, with validation scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..arrays import Floats, Indices
from ..contract import Candidate, Epoch, Method
from ..learning.fit import (
    Checkpoints,
    Fusion,
    Settings,
    TrainedNetwork,
    TrainingData,
    for_population,
    network_targets,
    population_of,
    train_network,
)
from ..predictors import (
    AveragePredictor,
    ForestPredictor,
    FusedPredictor,
    NetworkPredictor,
    SensorPredictor,
    validation_score,
)
from ..process import Emit, PooledTask, TaskPool
from ..samples import SampleSet, Split
from ..trees import TrainedForest
from .forests import PairedScores, SensorForests, compare_predictions, design_of, rich_features, with_soft_targets

AVERAGED = (Method.MDICO, Method.DISTILLATION)  # averaged by ``auto``, with each sensor's network alone
AVERAGE = "average"  # the result of ``auto``
SEED_STEP = 1_000_003  # between networks of an average: no repeat (seed + 1) trains the same one again
PROBE_SAMPLES = 16
FUSED = "all sensors"  # the training of the reference that uses all sensors at once
WITH_TEACHER = (Method.DISTILLATION, Method.MDICO_DISTILLATION)

OnEpoch = Callable[[Epoch], None]
OnFitted = Callable[[], None]
Predictors = dict[str, SensorPredictor]  # by sensor; from the same network for all that were trained together


@dataclass(frozen=True)
class MethodResult:
    """The result of a method: a predictor for every sensor, and its main score on validation samples.

    ``uncalibrated``: averages' predictions for these samples, by sensor, until they are calibrated.
    """

    method: Method
    predictors: Predictors
    validation: dict[str, float]
    uncalibrated: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The method's name in the manifest."""
        return AVERAGE if self.method is Method.AUTO else self.method.value

    def candidate(self) -> Candidate:
        """The result in the form of the manifest."""
        return Candidate(self.name, tuple(self.validation.values()))


@dataclass(frozen=True)
class Training:
    """The training of one network, with a name that no other of the same run has."""

    name: str
    data: TrainingData
    settings: Settings


@dataclass(frozen=True)
class Experiment:
    """The data, split and settings common to all methods that are compared.

    ``trees_only``: networks are not trained on unlabelled samples; ``weak`` are the :attr:`weak_teachers` and
    ``rich`` the :attr:`rich_features` if already known, and ``keep`` the epochs to keep of each
    training, by name, if already chosen. Networks are trained in ``pool``.

    Every training method raises as :func:`.training.train_network`; those with a teacher as
    :func:`.teacher.out_of_fold` as well.
    """

    data: TrainingData
    split: Split
    settings: Settings
    on_epoch: OnEpoch
    checkpoints: Checkpoints = field(default_factory=Checkpoints)
    trees_only: bool = False
    weak: Mapping[str, tuple[float, float]] | None = None
    rich: Mapping[str, tuple[float, float]] | None = None
    keep: Mapping[str, tuple[int, ...]] | None = None
    on_fitted: OnFitted = lambda: None
    pool: TaskPool[TrainedNetwork] = field(default_factory=TaskPool)

    def train(self, method: Method, number: int = 1) -> MethodResult:
        """Train by one method (any but ``auto``).

        Args:
            number: from 2 on, the networks alone are trained from another seed.
        """
        predictors: Predictors = {}
        self.begin(method, number)
        for training in self._trainings(method, number):
            network = self._trained(training)
            predictors |= {name: NetworkPredictor(network, name) for name in training.data.sensor_names()}
        return MethodResult(method, predictors, self._validation(predictors))

    def begin(self, method: Method, number: int = 1) -> None:
        """Begin the trainings that :meth:`train` waits for."""
        for training in self._trainings(method, number):
            self._begin(training)

    def average(self, members: Sequence[MethodResult], co_learned: bool) -> MethodResult:
        """The average of these methods' networks with two forests for every sensor, not yet calibrated.

        Args:
            members: methods whose predictors are calibrated networks; none: only forests are averaged.
            co_learned: whether the second forest's teacher sees all sensors; else it sees the forest's own.
        """
        averages: Predictors = {}
        for name in self.data.sensor_names():
            networks = tuple(NetworkPredictor(of.predictors[name].networks[0], name) for of in members)
            averages[name] = AveragePredictor(networks, self.forests(name, co_learned))
        found = {name: average.predict(self._validation_samples) for name, average in averages.items()}
        return MethodResult(Method.AUTO, averages, self._validation(averages, found), found)

    def forests(self, name: str, co_learned: bool) -> tuple[ForestPredictor, ...]:
        """One trained on labels, and one also on a teacher's soft targets, if the sensor covers enough groups.

        With one group none can be held out from a teacher of the sensor. One of all sensors may be possible, but then
        the average would have a forest that its control lacks.
        """
        if (name, co_learned) not in self._grown:
            forests, of_labels = self._label_forests[name]
            grown = [of_labels]
            if len(np.unique(self.data.samples.groups[forests.rows])) > 1:
                grown.append(
                    forests.with_soft_targets(self._teaching(name) if co_learned else self._own_teachers(name))
                )
                self.on_fitted()
            probe, unit = self._probe(forests), self._unit
            self._grown[name, co_learned] = tuple(ForestPredictor(each, name, probe, unit) for each in grown)
        return self._grown[name, co_learned]

    @cached_property
    def _grown(self) -> dict[tuple[str, bool], tuple[ForestPredictor, ...]]:
        """The forests of averages, by sensor and whether co-learned: grown once, averaged several times."""
        return {}

    def _probe(self, forests: SensorForests) -> Floats:
        """Raw values of a few validation samples that the sensor covers, used to check a graph."""
        samples, validation = self.data.samples, self.split.validation
        seen = validation[samples.present[validation, forests.at]]
        probe: Floats = samples.sensors[forests.at].values[seen[:PROBE_SAMPLES]]
        return probe

    @cached_property
    def _unit(self) -> Floats:
        """The targets' standard deviations, 1 of probabilities."""
        return network_targets(self.data.samples, self.split.train, self.settings.outputs).sd

    @cached_property
    def _label_forests(self) -> dict[str, tuple[SensorForests, TrainedForest]]:
        """The training data of a sensor's forests, and the forest of labels: the same in every average."""
        found = {}
        for name in self.data.sensor_names():
            forests = SensorForests.of(self.data, self.split, self.settings, name, design_of(name, self.rich_features))
            found[name] = forests, forests.of_labels()
            self.on_fitted()
        return found

    @cached_property
    def rich_features(self) -> Mapping[str, tuple[float, float]]:
        """Sensors whose trees use richer features (:mod:`.forests.feature_choice`): their score, and the usual."""
        return rich_features(self.data, self.split, self.settings) if self.rich is None else self.rich

    def _teaching(self, name: str) -> TrainingData:
        """Soft targets of a sensor's co-learned trees: from all sensors, unless its own teacher is proven better."""
        return self._own_teachers(name) if name in self.weak_teachers else self.with_teacher

    @cached_property
    def weak_teachers(self) -> dict[str, tuple[float, float]]:
        """Sensors whose own teacher beats that of all sensors: the score of the latter, and that of their own.

        By more than chance explains (:mod:`.forests.paired_scores`), on training samples that neither was fitted on;
        validation and test samples are not used.
        """
        if self.weak is not None:
            return dict(self.weak)
        found = {}
        for name in self.data.sensor_names():
            rows = self._label_forests[name][0].rows
            if len(self.data.sensor_names()) < 2 or len(np.unique(self.data.samples.groups[rows])) < 2:
                continue
            compared = self._compared_teachers(name, rows)
            if compared.second_is_better:
                found[name] = compared.first, compared.second
        return found

    def _compared_teachers(self, name: str, rows: Indices) -> PairedScores:
        every, own = self.with_teacher.soft_targets, self._own_teachers(name).soft_targets
        if every is None or own is None:
            raise ValueError("no soft targets to score")
        samples, settings = self.data.samples, self.settings
        population = population_of(samples, self.split.train, settings)
        return compare_predictions(
            samples.take(rows), every[rows], own[rows], settings.optimize, population, settings.seed
        )

    def _own_teachers(self, name: str) -> TrainingData:
        if name not in self._known_teachers:
            self._known_teachers[name] = self._own_teacher(name)
        return self._known_teachers[name]

    @cached_property
    def _known_teachers(self) -> dict[str, TrainingData]:
        return {}

    def _own_teacher(self, name: str) -> TrainingData:
        """The data with the soft targets of a teacher that sees the sensor ``name`` only, of as many trees."""
        at = self.data.sensor_names().index(name)
        covered = self.split.train[self.data.samples.present[self.split.train, at]]
        own, rows = replace(self.split, train=covered), len(self.split.train)
        soft = with_soft_targets(self.data.only(name), (name,), own, self.settings, self.on_fitted, rows)
        return replace(self.data, soft_targets=soft.soft_targets, unlabelled_soft_targets=soft.unlabelled_soft_targets)

    def train_fused(self) -> FusedPredictor:
        """The reference that uses all sensors at once, also for prediction."""
        self.begin_fused()
        return FusedPredictor(self._trained(self._fused))

    def begin_fused(self) -> None:
        """Begin the training that :meth:`train_fused` waits for."""
        self._begin(self._fused)

    @property
    def _fused(self) -> Training:
        return Training(FUSED, self.data.labelled_only(), replace(self.settings, fusion=Fusion.ALL))

    @cached_property
    def with_teacher(self) -> TrainingData:
        """The data with the soft targets of a teacher that sees all sensors."""
        return with_soft_targets(self.data, self.data.sensor_names(), self.split, self.settings, self.on_fitted)

    def _trainings(self, method: Method, number: int) -> tuple[Training, ...]:
        """Every sensor separately, where unlabelled samples are useful only with soft targets; or all together."""
        settings = self.settings
        if method is Method.ALONE:
            data = self.data if self.data.soft_targets is not None else self.data.labelled_only()
            method_name = method.value + (f" {number}" if number > 1 else "")
            settings = replace(settings, seed=(settings.seed + SEED_STEP * (number - 1)) % 2**31)
        elif method is Method.DISTILLATION:
            data, method_name = self.with_teacher, method.value
        else:
            return (self._together(method),)
        return tuple(Training(f"{method_name}: {name}", data.only(name), settings) for name in data.sensor_names())

    def _together(self, method: Method) -> Training:
        dropout = method is Method.SENSOR_DROPOUT
        data = self.with_teacher if method in WITH_TEACHER else self.data.labelled_only() if dropout else self.data
        settings = replace(self.settings, fusion=Fusion.DROPOUT) if dropout else self.settings
        return Training(method.value, data, settings)

    def _begin(self, training: Training) -> None:
        data = training.data.labelled_only() if self.trees_only else training.data
        keep = None if self.keep is None else self.keep[training.name]
        checkpoint = self.checkpoints.of(training.name)

        def run(emit: Emit) -> TrainedNetwork:
            return train_network(data, self.split, training.settings, training.name, emit, checkpoint, keep)

        self.pool.begin(PooledTask(training.name, run, self.on_epoch))

    def _trained(self, training: Training) -> TrainedNetwork:
        network = self.pool.result(training.name)
        return for_population(network, training.data.samples, self.split.train, training.settings)

    @cached_property
    def _validation_samples(self) -> SampleSet:
        return self.data.samples.take(self.split.validation)

    def _validation(self, predictors: Predictors, found: Mapping[str, Floats] | None = None) -> dict[str, float]:
        """The main scores on validation samples; ``found`` are the predictions for these, if known."""
        samples, optimize, known = self._validation_samples, self.settings.optimize, found or {}
        return {name: validation_score(each, samples, optimize, known.get(name)) for name, each in predictors.items()}

    def calibrated(self, result: MethodResult) -> MethodResult:
        """The result with probabilities calibrated on validation samples."""
        samples, raw = self._validation_samples, result.uncalibrated
        found = {name: each.calibrated(samples, raw.get(name)) for name, each in result.predictors.items()}
        return replace(result, predictors=found, uncalibrated={})
