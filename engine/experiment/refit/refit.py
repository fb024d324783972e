"""Every label used: once scores are taken, networks and trees of an average learn anew from the labels of all parts.

How long each network trains is what the runs found best on samples they had not learned from, and so is how its
probabilities are calibrated (as by scikit-learn's CalibratedClassifierCV with ``ensemble=False``): no sample is left to
choose either by. No score may be taken of what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...contract import CoLearnError, EngineError, InputError, Method, Variant
from ...learning.fit import Settings
from ...predictors import AveragePredictor, NetworkPredictor
from .. import Chosen, Comparison, EndedEarly, Experiment

Networks = Mapping[str, tuple[NetworkPredictor, ...]]


@dataclass(frozen=True)
class Refit:
    """The averages that are shipped, by sensor; none where none is an average.

    ``networks`` says whether their networks learned from all samples, too; where they should have, ``ended`` or
    ``failed`` say why they did not.
    """

    predictors: Mapping[str, AveragePredictor] = field(default_factory=dict)
    networks: bool = False
    ended: bool = False
    failed: CoLearnError | None = None


def refitted(comparison: Comparison, experiment: Experiment, chosen: Chosen | None = None) -> Refit:
    """For every sensor the shipped average, of networks and trees that learned from all samples.

    The same kinds from the same seed, the same teachers (of all labels now), the same population, the same calibration.
    Where the training of a network is ended or fails, all networks stay those that were scored.

    Args:
        experiment: the one compared, with checkpoints of its own; its ``on_epoch`` may raise EndedEarly. Samples that
            its split leaves out are learned from, too.
        chosen: by all runs; None: networks stay those that were scored.
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
    return Refit(_averages(comparison, experiment, networks), bool(networks), ended, failed)


def _of_all_samples(comparison: Comparison, experiment: Experiment, chosen: Chosen | None) -> Experiment:
    """The experiment whose training part is everything; what the comparison measured is not measured again."""
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
    """Of the schedule by which the networks that were scored were trained: a time budget may allow fewer."""
    networks = comparison.networks()
    return networks[0].history[0].epochs if networks else settings.epochs


def _networks(comparison: Comparison, experiment: Experiment, chosen: Chosen) -> Networks:
    """The networks of every sensor's average, in their order there."""
    methods = (Method.ALONE, *(result.method for result in comparison.tried))
    results = [experiment.train(method) for method in methods]
    return {
        name: tuple(
            NetworkPredictor(chosen.calibrated(result.predictors[name].networks[0], name), name) for result in results
        )
        for name in experiment.data.sensor_names()
    }


def _averages(comparison: Comparison, experiment: Experiment, networks: Networks) -> dict[str, AveragePredictor]:
    found = {}
    for name in experiment.data.sensor_names():
        average = comparison.shipped(name)
        if isinstance(average, AveragePredictor):
            co_learned = comparison.variant(name) is Variant.COLEARNED
            grown = experiment.forests(name, co_learned)[: len(average.of_forests)]  # no more than were scored
            found[name] = replace(average, of_networks=networks.get(name, average.of_networks), of_forests=grown)
    return found
