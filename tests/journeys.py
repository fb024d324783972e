"""Jobs on the small world, run in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob, Method, PredictJob, TrainJob
from colearn.engine.contract.job.sources import RasterSource, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.wire.events import Finished, Level, Message
from colearn.engine.experiment.forests import forest
from colearn.engine.process.reporting import Reporter
from osgeo import gdal

from synthetic_samples import few_trees
from world import World

TREES = 20
NOT_DRAWN = "<!doctype html><title>Not drawn: run_train(job, report=True) draws the report</title>"


class Listening:
    """A sink that keeps what it is sent."""

    def __init__(self) -> None:
        self.events = []

    def send(self, event) -> None:
        self.events.append(event)

    def texts(self, level: Level | None = None) -> str:
        """Every message (of a level) as one text."""
        messages = [event for event in self.events if isinstance(event, Message)]
        return "\n".join(message.text for message in messages if level in (None, message.level))


def source(path: Path | str) -> RasterSource:
    return RasterSource(str(path), Path(path).stem)


def polygon_labels(world: World, *fields: str, group: str | None = None) -> VectorLabels:
    return VectorLabels(VectorSource(str(world.polygons), "labels", "fields"), fields or ("kind",), group)


def train_job(world: World, folder: Path, **changes) -> TrainJob:
    """Camera and radar, polygons, one method, few epochs."""
    job = TrainJob(
        (SensorSpec("camera", (source(world.camera),)), SensorSpec("radar", (source(world.radar),))),
        polygon_labels(world),
        str(folder / "model.colearn"),
        str(folder / "report.html"),
        context_m=50.0,
        method=Method.MDICO,
        epochs=4,
        max_samples=600,
    )
    return replace(job, **changes)


def on_cores(patch: pytest.MonkeyPatch, cores: int) -> None:
    """A training uses so many cores."""
    for module in ("learning.fit.device", "trees.forest", "experiment.graphs.importances"):
        patch.setattr(f"colearn.engine.{module}.usable_cores", lambda: cores)


def run_train(
    job: TrainJob, *, report: bool = False, cores: int = 1, sink: Listening | None = None
) -> tuple[Finished, Listening]:
    """Train with small forests and, unless a test reads it, without drawing the report: most of a short training.

    On one core, which suits samples so few better than several: other tests have the others.
    """
    from colearn.engine.train import train

    sink = sink or Listening()
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch, min(TREES, forest.TREES))
        on_cores(patch, cores)
        if not report:
            patch.setattr("colearn.engine.train.training_report", lambda manifest, evidence: NOT_DRAWN)
        return train(job, Reporter(sink)), sink


def predict_job(model: Path | str, raster: Path | str, output: Path, **changes) -> PredictJob:
    return replace(PredictJob(str(model), (source(raster),), str(output)), **changes)


def run_predict(job: PredictJob) -> tuple[Finished, Listening]:
    from colearn.engine.predict import predict

    sink = Listening()
    return predict(job, Reporter(sink)), sink


def run_evaluate(job: EvaluateJob) -> tuple[Finished, Listening]:
    from colearn.engine.evaluate import evaluate

    sink = Listening()
    return evaluate(job, Reporter(sink)), sink


def read(path: Path | str) -> np.ndarray:
    """All bands (band, row, col)."""
    array = gdal.Open(str(path)).ReadAsArray()
    return array if array.ndim == 3 else array[np.newaxis]
