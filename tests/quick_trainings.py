"""Trainings of a few epochs, and what they left."""

from pathlib import Path

from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.manifest.manifest import Manifest
from colearn.engine.model_file.archive import ModelFile

from journeys import train_job


def quick(world, folder: Path, **changes) -> TrainJob:
    folder.mkdir(exist_ok=True)
    return train_job(world, folder, **{"epochs": 2, "max_samples": 150, "context_m": 30.0, **changes})


def manifest_in(folder: Path) -> Manifest:
    return ModelFile.open(str(folder / "model.colearn")).manifest
