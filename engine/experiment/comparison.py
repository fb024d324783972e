"""Comparison: what is compared in one run, on one split, and which of it is shipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..arrays import Floats
from ..contract import Choice, ClassWeight, CoLearnError, EngineError, Epoch, InputError, Method, Variant
from ..learning.fit import Checkpoints, Settings, TrainedNetwork, TrainingData, population_of, resolved_weight
from ..learning.metrics import Population
from ..predictors import FusedPredictor, Predictor, SensorPredictor
from ..samples import SampleSet, Split
from .forests import Forest
from .methods import AVERAGED, Experiment, MethodResult

Predictions = dict[str, Floats]  # by sensor: (sample, output), NaN at samples the sensor does not cover


@dataclass(frozen=True)
class Comparison:
    """All that one run trained.

    ``together`` is the result of the method that was kept, None where the job asked for *alone*; ``tried`` are all that
    it was kept from, ``failed`` those that could not be. By ``auto`` both ``together`` and ``alone`` are averages of
    networks and forests, as many of either, and ``network`` is each sensor's network alone; None otherwise. ``fused``
    and ``fused_forest`` see all sensors at once; None where there is only one.
    """

    tried: tuple[MethodResult, ...]
    together: MethodResult | None
    alone: MethodResult
    forests: Mapping[str, Predictor]
    fused: FusedPredictor | None
    fused_forest: Predictor | None
    failed: Mapping[Method, CoLearnError] = field(default_factory=dict)
    network: MethodResult | None = None

    def choice(self, sensor: str) -> Choice | None:
        """The validation scores of a sensor's two networks; None where there is one, or nothing is chosen."""
        if self.together is None or self.network is not None:
            return None
        return Choice(self.together.validation[sensor], self.alone.validation[sensor])

    @property
    def population(self) -> Population:
        """What probabilities are true of, and how classes are decided: one for all that is compared."""
        return next(iter(self.alone.predictors.values())).population

    def variant(self, sensor: str) -> Variant:
        """What is shipped of a sensor: the better one on validation samples, co-learned if they are level.

        Of two averages the co-learned one: which of them a few hundred validation samples favour is near chance.
        """
        if self.network is not None:
            return Variant.ALONE if self.together is None else Variant.COLEARNED
        choice = self.choice(sensor)
        return Variant.ALONE if choice is None or choice.alone > choice.colearned else Variant.COLEARNED

    def shipped(self, sensor: str) -> SensorPredictor:
        """The predictor of a sensor that goes into the model file."""
        if self.together is None or self.variant(sensor) is Variant.ALONE:
            return self.alone.predictors[sensor]
        return self.together.predictors[sensor]

    def candidates(self) -> tuple[MethodResult, ...]:
        """What was chosen from, or what an average was made of, and the average, in the order they were trained."""
        if self.network is None or self.together is None:
            return self.tried
        return (*self.tried, self.network, self.together)

    def networks(self) -> tuple[TrainedNetwork, ...]:
        """Every network once, in the order they were trained, without those that only make the control as large."""
        results = {result.method: result for result in (*self.tried, self.network or self.alone)}
        predictors = [predictor for result in results.values() for predictor in result.predictors.values()]
        every = [network for predictor in predictors for network in predictor.networks]
        fused = [self.fused.network] if self.fused else []
        return tuple({id(network): network for network in (*every, *fused)}.values())


def train_all(
    data: TrainingData,
    split: Split,
    settings: Settings,
    method: Method,
    on_epoch: Callable[[Epoch], None],
    checkpoints: Checkpoints,
) -> Comparison:
    """Train everything that is compared: by the method, each sensor alone, forests, all sensors fused.

    ``auto`` averages the networks of several methods with forests. The test part is not looked at.

    Raises:
        CoLearnError: as :meth:`.methods.Experiment.train`.
    """
    experiment, names = Experiment(data, split, settings, on_epoch, checkpoints), data.sensor_names()
    several = len(names) > 1
    methods = AVERAGED if method is Method.AUTO else (method,)
    tried, failed = _attempts(experiment, [each for each in methods if several and each is not Method.ALONE])
    alone = calibrated(experiment, experiment.train(Method.ALONE))
    together = network = None
    if method is Method.AUTO:
        together, alone, network = averages(experiment, tried, alone)
    elif tried:
        together = calibrated(experiment, tried[0])
    weight = resolved_weight(settings)
    return Comparison(
        tried=tried,
        failed=failed,
        together=together,
        alone=alone,
        forests={name: _forest(data, (name,), split, settings, weight) for name in names},
        fused=experiment.train_fused().calibrated(data.samples.take(split.validation)) if several else None,
        fused_forest=_forest(data, names, split, settings, weight) if several else None,
        network=network,
    )


def averages(
    experiment: Experiment, tried: Sequence[MethodResult], alone: MethodResult
) -> tuple[MethodResult | None, MethodResult, MethodResult]:
    """The co-learned average, one as large that sees no other sensor, and the network alone.

    As many networks and trees stand on both sides: averaging more of them would help by itself.
    """
    together = None
    if tried:
        members = [alone, *(calibrated(experiment, each) for each in tried)]
        together = calibrated(experiment, experiment.average(members, co_learned=True))
    again = [experiment.alone_again(number) for number in range(2, len(tried) + 2)]
    control = [alone, *(calibrated(experiment, each) for each in again)]
    return together, calibrated(experiment, experiment.average(control, co_learned=False)), alone


def _attempts(
    experiment: Experiment, methods: Sequence[Method]
) -> tuple[tuple[MethodResult, ...], dict[Method, CoLearnError]]:
    """The results of all methods that can be trained on this data.

    Raises:
        CoLearnError: none can; the first one's error.
    """
    results: list[MethodResult] = []
    failed: dict[Method, CoLearnError] = {}
    for method in methods:
        try:
            results.append(experiment.train(method))
        except (InputError, EngineError) as error:
            failed[method] = error
    if failed and not results:
        raise next(iter(failed.values()))
    return tuple(results), failed


def predict_samples(predictors: Mapping[str, Predictor], samples: SampleSet, calibrated: bool = True) -> Predictions:
    """What every sensor's predictor predicts for the samples; NaN at those that the sensor does not cover."""
    return {name: predictor.predict(samples, calibrated) for name, predictor in predictors.items()}


def calibrated(experiment: Experiment, result: MethodResult) -> MethodResult:
    """The result with probabilities calibrated on validation samples."""
    samples = experiment.data.samples.take(experiment.split.validation)
    predictors = {name: predictor.calibrated(samples) for name, predictor in result.predictors.items()}
    return replace(result, predictors=predictors)


def _forest(
    data: TrainingData, names: tuple[str, ...], split: Split, settings: Settings, weight: ClassWeight
) -> Forest:
    """A forest on some sensors, fitted on the training samples any of them covers."""
    samples = data.samples
    covered = samples.present[:, [name in names for name in data.sensor_names()]].any(axis=1)
    train = split.train[covered[split.train]]
    forest = Forest.fit(samples, names, train, settings.outputs, settings.seed, weight)
    shares = population_of(samples, split.train, settings).shares
    return forest.for_population(samples.target[train], weight, shares) if shares else forest
