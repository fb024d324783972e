"""The refit: after scoring, networks and trees of an average are trained again on the labels of all parts.

The number of epochs of each network is what the runs found best on held-out samples, and so is the calibration of
its probabilities (as in scikit-learn's CalibratedClassifierCV with ``ensemble=False``), because no sample is left to
choose either. The result must not be scored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...contract import CoLearnError, EngineError, InputError, Method, Variant
from ...learning.fit import Settings
from ...predictors import AveragePredictor, ForestPredictor, NetworkPredictor
from .. import Chosen, Comparison, EndedEarly, Experiment

Networks = Mapping[str, tuple[NetworkPredictor, ...]]


@dataclass(frozen=True)
class Refit:
    """The shipped averages, by sensor; empty if none is an average.

    ``networks``: whether their networks were trained on all samples, too; if they should have been, ``ended`` or
    ``failed`` say why they were not.
    """

    predictors: Mapping[str, AveragePredictor] = field(default_factory=dict)
    networks: bool = False
    ended: bool = False
    failed: CoLearnError | None = None


def refitted(comparison: Comparison, experiment: Experiment, chosen: Chosen | None = None) -> Refit:
    """For every sensor the shipped average, with networks and trees trained on all samples.

    The same types with the same seed, the same teachers (now of all labels), the same population, the same calibration.
    If the training of a network is ended or fails, all networks remain those that were scored.

    Args:
        experiment: the compared one, with separate checkpoints; its ``on_epoch`` may raise EndedEarly. Samples that
            its split excludes are used, too.
        chosen: by all runs; None: networks remain those that were scored.
    """
    if not comparison.averaged:
        return Refit()
    experiment = _of_all_samples(comparison, experiment, chosen)
    networks: Networks = {}
    ended, failed = False, None
    if chosen and comparison.network:
        try:
            networks = _networks(comparison, experiment, chosen)
        except EndedEarly:
            ended = True
        except (InputError, EngineError) as error:
            failed = error
        finally:
            experiment.pool.abandon()
    return Refit(_averages(comparison, experiment, networks), bool(networks), ended, failed)


def _of_all_samples(comparison: Comparison, experiment: Experiment, chosen: Chosen | None) -> Experiment:
    """The experiment with all samples as training part; what the comparison measured is not measured again."""
    settings = experiment.settings
    return replace(
        experiment,
        split=replace(experiment.split, train=np.arange(len(experiment.data.samples), dtype=np.int64)),
        settings=replace(settings, shares=comparison.population.shares, epochs=_epochs(comparison, settings)),
        weak=comparison.weak_teachers,
        rich=comparison.rich_features,
        keep=chosen.epochs if chosen else {},
    )


def _epochs(comparison: Comparison, settings: Settings) -> int:
    """The epochs in the schedule of the scored networks: a time budget may have allowed fewer."""
    networks = comparison.networks()
    return networks[0].history[0].epochs if networks else settings.epochs


def _networks(comparison: Comparison, experiment: Experiment, chosen: Chosen) -> Networks:
    """The networks of every sensor's average, in the same order."""
    methods = (Method.ALONE, *(result.method for result in comparison.tried))
    if experiment.pool.workers > 1:
        for method in methods:
            experiment.begin(method)
        _forests(comparison, experiment)  # meanwhile
    results = [experiment.train(method) for method in methods]
    return {
        name: tuple(
            NetworkPredictor(chosen.calibrated(result.predictors[name].networks[0], name), name) for result in results
        )
        for name in experiment.data.sensor_names()
    }


def _averages(comparison: Comparison, experiment: Experiment, networks: Networks) -> dict[str, AveragePredictor]:
    found = {}
    for name, grown in _forests(comparison, experiment).items():
        average = comparison.shipped(name)
        if isinstance(average, AveragePredictor):
            found[name] = replace(average, of_networks=networks.get(name, average.of_networks), of_forests=grown)
    return found


def _forests(comparison: Comparison, experiment: Experiment) -> dict[str, tuple[ForestPredictor, ...]]:
    """The forests of every shipped average, as many as were scored; grown once."""
    found = {}
    for name in experiment.data.sensor_names():
        average = comparison.shipped(name)
        if isinstance(average, AveragePredictor):
            co_learned = comparison.variant(name) is Variant.COLEARNED
            found[name] = experiment.forests(name, co_learned)[: len(average.of_forests)]
    return found
