"""Comparison: the predictors compared in one run, on one split, and the choice of those shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..arrays import Floats
from ..contract import Choice, CoLearnError, Method, Variant
from ..learning.fit import TrainedNetwork, population_of, resolved_weight
from ..learning.tasks import Population
from ..predictors import FusedPredictor, Predictor, SensorPredictor
from ..samples import SampleSet
from .averaging import Averaging, Say, unsaid
from .forests import Forest
from .methods import Experiment, MethodResult
from .pace import Pace, Plan

Predictions = dict[str, Floats]  # by sensor: (sample, output), NaN at samples that the sensor does not cover


@dataclass(frozen=True)
class Comparison:
    """Everything that one run trained.

    ``together`` is the result of the method that was kept, None if the job requested *alone*; ``tried`` are all the
    candidates, ``failed`` those that could not be trained. By ``auto`` both ``together`` and ``alone`` are averages of
    equal numbers of networks and forests (``averaged``), ``network`` is each sensor's network alone, if one was
    trained, ``weak_teachers`` and ``rich_features`` are those of :class:`.methods.Experiment`, ``plan`` is what was to
    be trained, and ``ended`` that not all of it was. ``references`` see one sensor each, ``fused`` and
    ``fused_reference`` all at once; None if there is only one, or if no such network was trained.
    """

    tried: tuple[MethodResult, ...]
    together: MethodResult | None
    alone: MethodResult
    references: Mapping[str, Predictor]
    fused: FusedPredictor | None
    fused_reference: Predictor | None
    failed: Mapping[Method, CoLearnError] = field(default_factory=dict)
    network: MethodResult | None = None
    averaged: bool = False
    ended: bool = False
    weak_teachers: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    rich_features: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    plan: Plan | None = None

    def choice(self, sensor: str) -> Choice | None:
        """The validation scores of a sensor's two networks; None if there is one, or nothing is chosen."""
        if self.together is None or self.averaged:
            return None
        return Choice(self.together.validation[sensor], self.alone.validation[sensor])

    @property
    def population(self) -> Population:
        """The population that probabilities refer to, and the decision rule: the same for everything compared."""
        return next(iter(self.alone.predictors.values())).population

    def variant(self, sensor: str) -> Variant:
        """The variant that is shipped: the better one on validation samples, co-learned if they tie.

        Of two averages always the co-learned one: a choice by a few hundred validation samples would be almost random.
        """
        if self.averaged:
            return Variant.ALONE if self.together is None else Variant.COLEARNED
        choice = self.choice(sensor)
        return Variant.ALONE if choice is None or choice.alone > choice.colearned else Variant.COLEARNED

    def shipped(self, sensor: str) -> SensorPredictor:
        """The predictor of a sensor that goes into the model file."""
        if self.together is None or self.variant(sensor) is Variant.ALONE:
            return self.alone.predictors[sensor]
        return self.together.predictors[sensor]

    def candidates(self) -> tuple[MethodResult, ...]:
        """The candidates, or the members of an average and the average, in training order."""
        if not self.averaged or self.together is None:
            return self.tried
        return (*self.tried, *([self.network] if self.network else []), self.together)

    def networks(self) -> tuple[TrainedNetwork, ...]:
        """Every network once, in training order, without those that only enlarge the control average."""
        results = {result.method: result for result in (*self.tried, self.network or self.alone)}
        predictors = [predictor for result in results.values() for predictor in result.predictors.values()]
        every = [network for predictor in predictors for network in predictor.networks]
        fused = [self.fused.network] if self.fused else []
        return tuple({id(network): network for network in (*every, *fused)}.values())

    @property
    def epochs(self) -> int | None:
        """The epochs of every network's schedule; None without networks."""
        return next((network.history[-1].epochs for network in self.networks()), None)


def train_all(
    experiment: Experiment, method: Method, pace: Pace | None = None, say: Say = unsaid, plan: Plan | None = None
) -> Comparison:
    """Train everything that is compared: the method, each sensor alone, references, all sensors fused.

    ``auto`` averages the networks of several methods with forests, within ``pace``; ``say`` receives interim
    results; ``plan`` is that of an earlier run. The test part is not used.

    Raises:
        CoLearnError: as :meth:`.methods.Experiment.train`.
    """
    if method is Method.AUTO:
        pace = pace or Pace()
        checked = replace(experiment, on_epoch=pace.checked(experiment.on_epoch))
        found = _averaged(Averaging(checked, pace, say, plan=plan))
    else:
        found = _by_method(experiment, method)
    names = experiment.data.sensor_names()
    references = {name: _reference(experiment, (name,)) for name in names}
    return replace(found, references=references, fused_reference=_reference(experiment, names) if found.fused else None)


def _averaged(averaging: Averaging) -> Comparison:
    averaging.run()
    return Comparison(
        tried=tuple(averaging.tried),
        together=averaging.together,
        alone=averaging.alone,
        references={},
        fused=averaging.fused,
        fused_reference=None,
        failed=averaging.failed,
        network=averaging.network,
        averaged=True,
        ended=averaging.ended,
        weak_teachers=averaging.experiment.weak_teachers,
        rich_features=averaging.experiment.rich_features,
        plan=averaging.plan,
    )


def _by_method(experiment: Experiment, method: Method) -> Comparison:
    data, split = experiment.data, experiment.split
    several = len(data.sensor_names()) > 1
    tried = (experiment.train(method),) if several and method is not Method.ALONE else ()
    alone = experiment.calibrated(experiment.train(Method.ALONE))
    fused = experiment.train_fused().calibrated(data.samples.take(split.validation)) if several else None
    return Comparison(
        tried=tried,
        together=experiment.calibrated(tried[0]) if tried else None,
        alone=alone,
        references={},
        fused=fused,
        fused_reference=None,
    )


def predict_samples(predictors: Mapping[str, Predictor], samples: SampleSet) -> Predictions:
    """The predictions of every sensor's predictor for the samples; NaN at those that the sensor does not cover."""
    return {name: predictor.predict(samples) for name, predictor in predictors.items()}


def _reference(experiment: Experiment, names: tuple[str, ...]) -> Forest:
    """A forest on some sensors, fitted on the training samples that any of them covers."""
    samples, settings, train = experiment.data.samples, experiment.settings, experiment.split.train
    covered = samples.present[:, [name in names for name in experiment.data.sensor_names()]].any(axis=1)
    shares, weight = population_of(samples, train, settings).shares, resolved_weight(settings)
    train = train[covered[train]]
    forest = Forest.fit(samples, names, train, settings.outputs, settings.seed, weight)
    experiment.on_fitted()
    return forest.for_population(samples.target[train], weight, shares) if shares else forest
