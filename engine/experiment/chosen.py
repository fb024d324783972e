"""Epochs and calibrations that the runs of a training chose on samples not used to fit their networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..arrays import Doubles
from ..learning.fit import Settings, TrainedNetwork, shift_of
from ..predictors import AveragePredictor, NetworkPredictor
from ..samples import SampleSet, Split
from .comparison import Comparison

Member = tuple[str, str]  # the name of a training, and one of its sensors


@dataclass(frozen=True)
class Chosen:
    """The best ``epochs`` of each training, by name, as in :attr:`TrainedNetwork.kept`, over ``runs`` runs.

    ``temperatures`` and ``corrections`` (output,) are the calibrations of each average's networks: corrections are what
    the biases add to the shift by Bayes' rule, which is specific to each training part.
    """

    epochs: Mapping[str, tuple[int, ...]]
    temperatures: Mapping[Member, Doubles] = field(default_factory=dict)
    corrections: Mapping[Member, Doubles] = field(default_factory=dict)
    runs: int = 1

    @classmethod
    def by(cls, comparison: Comparison, samples: SampleSet, split: Split, settings: Settings) -> Chosen:
        """The choices of one run."""
        epochs = {training_of(network): network.kept for network in comparison.networks()}
        averages = [comparison.shipped(sensor.name) for sensor in samples.sensors]
        members = [each for one in averages if isinstance(one, AveragePredictor) for each in one.of_networks]
        return replace(cls.of(members, samples, split, settings), epochs=epochs)

    @classmethod
    def of(cls, members: Sequence[NetworkPredictor], samples: SampleSet, split: Split, settings: Settings) -> Chosen:
        """The choices for some networks, trained on ``split``."""
        temperatures, corrections = {}, {}
        names = [sensor.name for sensor in samples.sensors]
        for member in members:
            own = member.network.sensor(member.name)
            if own.temperature is None or own.bias is None:
                continue
            shift = shift_of(samples, split.train, names.index(member.name), member.population, settings)
            key = training_of(member.network), member.name
            temperatures[key] = own.temperature
            corrections[key] = own.bias if shift is None else own.bias - shift
        return cls({training_of(each.network): each.network.kept for each in members}, temperatures, corrections)

    @classmethod
    def over(cls, runs: Sequence[Chosen]) -> Chosen:
        """The mean over runs for the trainings of the first: geometric for temperatures, rounded for epochs."""
        first = runs[0]
        return cls(
            {
                name: tuple(_rounded(np.mean([each.epochs[name] for each in runs if name in each.epochs], axis=0)))
                for name in first.epochs
            },
            {
                key: np.exp(np.mean([np.log(each.temperatures[key]) for each in runs if key in each.temperatures], 0))
                for key in first.temperatures
            },
            {
                key: np.mean([each.corrections[key] for each in runs if key in each.corrections], 0)
                for key in first.corrections
            },
            len(runs),
        )

    def calibrated(self, network: TrainedNetwork, name: str) -> TrainedNetwork:
        """A network of the same training on other samples, calibrated for a sensor like those of the runs."""
        key, own = (training_of(network), name), network.sensor(name)
        if key not in self.temperatures:
            return network
        shift = 0.0 if own.bias is None else own.bias
        return network.calibrated(name, self.temperatures[key], shift + self.corrections[key])


def training_of(network: TrainedNetwork) -> str:
    """The name of its training."""
    return network.history[0].training


def _rounded(epochs: Doubles) -> list[int]:
    """Round halves up."""
    return [int(epoch) for epoch in np.floor(epochs + 0.5)]
