"""The paper's protocol on live fuel moisture content, including its faults, for comparison with published figures.

Random folds, so that neighbours of test samples are trained on; the validation fold is the test fold, so that the epoch
is selected on test samples; statistics of the whole data set; a head in the target's unit; batches of 32; the unused
head as in the authors' public code (``reference_compat``). CoLearn itself measures differently; this shows whether the
published figures are reproduced.
"""

from __future__ import annotations

import copy
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...engine.arrays import Floats, Indices
from ...engine.contract import LossWeights
from ...engine.experiment import Experiment
from ...engine.experiment.forests import Forest
from ...engine.learning.fit import TrainingData, shuffled_batches
from ...engine.learning.standardization import sensor_statistics, target_statistics
from ...engine.learning.tasks import main_score
from ...engine.model import CoLearner, SensorInput, Standardize, band_first
from ...engine.model.encoders import TempCNN
from ...engine.model.losses import BatchLabels, Criteria, SensorBatch, objective, squared_error
from ...engine.samples import SampleSet, Split
from .cells import EVERYTHING, settings_for
from .dataset import Dataset
from .results import replace_whole

FOLDS = 5
SEED = 0
MOST_EPOCHS = 100
PATIENCE = 5
BATCH_SIZE = 32
LEARNING_RATE = 1e-3

MEASURED = {  # from design/method.md, on 2,578 rows of which 1,919 are available: 5 random folds, 1 seed
    ("S1", "alone"): "0.217 ± 0.056",
    ("S1", "MDiCo"): "0.224 ± 0.076",
    ("S1", "forest"): "0.241",
    ("optical", "alone"): "0.397 ± 0.032",
    ("optical", "MDiCo"): "0.442 ± 0.014",
    ("optical", "forest"): "0.458",
    (EVERYTHING, "fused"): "0.459",
}


@dataclass(frozen=True)
class FoldScore:
    """R² of one contender on one test fold."""

    fold: int
    sensor: str
    method: str
    r2: float


@dataclass(frozen=True)
class PaperScore:
    """R² over the folds: mean and standard deviation."""

    sensor: str
    method: str
    mean: float
    sd: float


def run_paper(dataset: Dataset, path: Path, folds: int = FOLDS, most_epochs: int = MOST_EPOCHS) -> None:
    """Score MDiCo, each sensor alone, all fused, and forests by the paper's protocol; finished folds are skipped."""
    done = list(_read(path))
    order = np.random.default_rng(SEED).permutation(len(dataset.samples))
    for fold, test in enumerate(np.array_split(order, folds)):
        if fold in {score.fold for score in done}:
            continue
        predictions = _predictions(dataset, Split(np.setdiff1d(order, test), test, test), most_epochs)
        target = dataset.samples.target[test]
        task = dataset.samples.task
        done += [FoldScore(fold, *key, main_score(task, target, each)) for key, each in predictions.items()]
        _write(done, path)
        sys.stdout.write(f"the paper's protocol: fold {fold + 1} of {folds}\n")
        sys.stdout.flush()


def paper_scores(path: Path) -> tuple[PaperScore, ...]:
    """The results of the finished folds; empty if there are none."""
    found: dict[tuple[str, str], list[float]] = {}
    for score in _read(path):
        found.setdefault((score.sensor, score.method), []).append(score.r2)
    return tuple(PaperScore(*key, float(np.mean(r2)), float(np.std(r2))) for key, r2 in found.items())


def _predictions(dataset: Dataset, split: Split, most_epochs: int) -> dict[tuple[str, str], Floats]:
    """Every contender's predictions of the test fold, by sensor and method."""
    samples, names = dataset.samples, dataset.sensors
    found = {}
    for name in names:
        (found[name, "alone"],) = _learn(samples.only(name), split, most_epochs)
    together = _learn(samples, split, most_epochs)
    found |= {(name, "MDiCo"): prediction for name, prediction in zip(names, together, strict=True)}
    test = samples.take(split.test)
    for sensor, seen in [*((name, (name,)) for name in names), (EVERYTHING, names)]:
        found[sensor, "forest"] = Forest.fit(samples, seen, split.train, dataset.outputs, SEED).predict(test)
    settings = settings_for(dataset, SEED, len(split.train))
    experiment = Experiment(TrainingData(samples), split, settings, lambda epoch: None)
    found[EVERYTHING, "fused"] = experiment.train_fused().predict(test)
    return found


def _learn(samples: SampleSet, split: Split, most_epochs: int) -> list[Floats]:
    """Train on all sensors as the public code does; predictions of the test fold, by sensor."""
    every = np.arange(len(samples))
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    network = CoLearner([_encoder(samples, at) for at in range(len(samples.sensors))], 1, reference_compat=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    inputs, target = _inputs(samples, every), torch.from_numpy(samples.target)
    criteria = _criteria(float(target_statistics(samples.target).sd[0]))
    test, train = torch.from_numpy(split.test), torch.from_numpy(split.train)
    best, best_loss, waited = network, math.inf, 0
    for _ in range(most_epochs):
        network.train()
        for batch in shuffled_batches(train, BATCH_SIZE, generator):
            optimizer.zero_grad()
            _total(network, inputs, target, batch, criteria).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        loss = _validation(network, inputs, target, test, criteria)
        waited += 1
        if loss < best_loss:
            best, best_loss, waited = copy.deepcopy(network), loss, 0
        if waited >= PATIENCE:
            break
    best.eval()
    with torch.no_grad():
        outputs = best([(values[test], valid[test]) for values, valid in inputs])
    return [output.main.numpy() for output in outputs if output is not None]


def _encoder(samples: SampleSet, sensor: int) -> TempCNN:
    _, dates, bands = samples.sensors[sensor].values.shape
    return TempCNN(bands, dates, layer_norm=True, masked=False)


def _inputs(samples: SampleSet, index: Indices) -> list[SensorInput]:
    """Standardized values and validity of every sensor."""
    inputs = []
    for sensor in samples.sensors:
        statistics = sensor_statistics(sensor, index)
        inputs.append(Standardize.of(statistics.mean, statistics.scale)(band_first(sensor.values, sensor.shape)))
    return inputs


def _criteria(target_sd: float) -> Criteria:
    """Squared error of a head in the target's own unit, without teacher and label contrast."""
    task = squared_error(target_sd)
    return Criteria(task, task, lambda target: target)


def _total(
    network: CoLearner, inputs: Sequence[SensorInput], target: Tensor, index: Tensor, criteria: Criteria
) -> Tensor:
    outputs = network([(values[index], valid[index]) for values, valid in inputs])
    rows = torch.arange(len(index))
    sensors = [SensorBatch(at, rows, output) for at, output in enumerate(outputs) if output is not None]
    labels = BatchLabels(target[index], torch.ones(len(index), dtype=torch.bool))
    return objective(sensors, labels, [criteria] * len(sensors), LossWeights()).total


def _validation(
    network: CoLearner, inputs: Sequence[SensorInput], target: Tensor, index: Tensor, criteria: Criteria
) -> float:
    """The total loss per sample, in batches: NT-Xent depends on their size."""
    network.eval()
    with torch.no_grad():
        parts = torch.split(index, BATCH_SIZE)
        losses = [_total(network, inputs, target, part, criteria).item() * len(part) for part in parts if len(part) > 1]
    return sum(losses) / len(index)


def _write(scores: Iterable[FoldScore], path: Path) -> None:
    text = json.dumps([asdict(score) for score in scores], indent=1, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, lambda staged: staged.write_text(text, encoding="utf-8"))


def _read(path: Path) -> tuple[FoldScore, ...]:
    if not path.exists():
        return ()
    return tuple(FoldScore(**logged) for logged in json.loads(path.read_text(encoding="utf-8")))
