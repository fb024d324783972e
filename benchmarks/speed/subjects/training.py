"""Training on two series sensors: our step compared with the paper's loop, with the same network and losses."""

from __future__ import annotations

import copy
from functools import partial

import torch

from ....engine.contract import ClassWeight, LossWeights
from ....engine.learning.fit import (
    Settings,
    Trainer,
    TrainingData,
    class_weights,
    criteria,
    shuffled_batches,
)
from ....engine.learning.standardization import sensor_statistics
from ....engine.model import CoLearner, NetworkDesign, SensorInput, Standardize, band_first
from ....engine.model.losses import BatchLabels, SensorBatch, objective
from ....engine.samples import SampleSet, Split
from ....engine.samples.split import split_by_group
from ..entries import Entry, Facts, Prepared, Work, prepared
from ..models import SEED
from ..names import LOSS_DIFFERENCE, OWN_TRAINING, PAPER_TRAINING
from ..pixels import hesbaye
from ..rivals.paper_samples import BATCH, OneByOne
from ..rivals.paper_training import PaperTraining
from ..samples import labelled_samples
from ..size import Size

COMPARED_BATCHES = 4
WEIGHTS = LossWeights()  # defaults are the paper's


def prepare(size: Size) -> Prepared:
    """Both loops, each with a copy of the network."""
    samples = labelled_samples(hesbaye(), size.samples, names=("radar", "optical"))
    split = split_by_group(samples, SEED, "the benchmark")
    design = NetworkDesign(masked=False)  # the paper's network
    settings = Settings(1, BATCH, 1e-3, ClassWeight.BALANCED, SEED, len(hesbaye().classes), design=design)
    torch.manual_seed(SEED)
    trainer = Trainer(TrainingData(samples), split, settings)
    entries = [
        Entry(OWN_TRAINING, float(size.training_batches * BATCH), lambda: _ours(trainer, split, size.training_batches)),
        Entry(
            PAPER_TRAINING,
            float(size.paper_batches * BATCH),
            lambda: partial(_paper(trainer.network, samples, split, settings).steps, size.paper_batches),
        ),
    ]
    return prepared(entries, partial(_facts, trainer.network, samples, split, settings))


def _ours(trainer: Trainer, split: Split, batches: int) -> Work:
    order, train = torch.Generator().manual_seed(SEED), torch.from_numpy(split.train)

    def work() -> None:
        drawn = train[torch.randperm(len(train), generator=order)[: batches * BATCH]]
        trainer.learn(shuffled_batches(drawn, BATCH, order), WEIGHTS)

    return work


def _paper(network: CoLearner, samples: SampleSet, split: Split, settings: Settings) -> PaperTraining:
    weights = class_weights(samples.target[split.train], settings)
    logged = None if weights is None else torch.from_numpy(weights)
    series = {sensor.name: sensor.values[split.train] for sensor in samples.sensors}
    statistics = {sensor.name: sensor_statistics(sensor, split.train) for sensor in samples.sensors}
    return PaperTraining(copy.deepcopy(network), OneByOne(series, statistics, samples.target[split.train]), logged)


def _inputs(samples: SampleSet, split: Split) -> list[SensorInput]:
    """Standardized values and validity of every sensor, for all samples."""
    found = []
    for sensor in samples.sensors:
        logged = sensor_statistics(sensor, split.train)
        found.append(Standardize.of(logged.mean, logged.scale)(band_first(sensor.values, sensor.shape)))
    return found


def _facts(network: CoLearner, samples: SampleSet, split: Split, settings: Settings) -> Facts:
    """The difference between both computations of the loss, on the same outputs of the same network."""
    paper, costs = _paper(network, samples, split, settings), criteria(samples, split.train, settings)
    inputs, target = _inputs(samples, split), torch.from_numpy(samples.target)
    differences = []
    for part in torch.from_numpy(split.train).split(BATCH)[:COMPARED_BATCHES]:
        with torch.no_grad():
            outputs = [out for out in network([(z[part], valid[part]) for z, valid in inputs]) if out is not None]
        sensors = [SensorBatch(at, torch.arange(len(part)), output) for at, output in enumerate(outputs)]
        labels = BatchLabels(target[part], torch.ones(len(part), dtype=torch.bool))
        own, theirs = (
            objective(sensors, labels, [costs] * len(sensors), WEIGHTS).total,
            paper.total(outputs, target[part]),
        )
        differences.append(abs(own.item() - theirs.item()) / abs(theirs.item()))
    return {LOSS_DIFFERENCE: max(differences)}
