"""Checkpoints: an interrupted training resumes where it stopped.

They are in the user's cache folder, one folder per job, and are removed when the job has succeeded. They suffice to
resume with exactly the same result: weights, optimizer, best weights, and the state of every random generator.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError  # nosec B403  # only an exception type; weights_only=True unpickles no objects
from typing import Any
from zipfile import is_zipfile

import numpy as np
import torch

from ...contract import ENGINE_VERSION
from ...samples import Split
from .data import TrainingData
from .settings import Settings

KEPT_DAYS = 14
SAVED_EVERY_S = 20.0
FORMAT = "CoLearn checkpoint 5"  # another one whenever the same job would train otherwise
_UNREADABLE = (OSError, RuntimeError, ValueError, EOFError, LookupError, UnpicklingError)


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint file of one training."""

    path: Path
    every_s: float = SAVED_EVERY_S

    def load(self) -> dict[str, Any] | None:
        """The last saved state; None if there is none, it is unreadable, or of another training.

        Runs no code from the file.
        """
        if not is_zipfile(self.path):  # otherwise torch would read it as its old file format
            return None
        try:
            kept = torch.load(self.path, map_location="cpu", weights_only=True)
        except _UNREADABLE:
            return None
        if not isinstance(kept, dict) or kept.get("format") != FORMAT or kept.get("of") != self._of():
            return None
        state: dict[str, Any] = kept["state"]
        return state

    def due(self) -> bool:
        """Whether it is time to save again."""
        try:
            return time.time() - self.path.stat().st_mtime >= self.every_s
        except OSError:
            return True

    def save(self, state: dict[str, Any]) -> None:
        """Save a state atomically. A full disk does not stop the training."""
        staged = self.path.with_suffix(f".{os.getpid()}")  # two engines may run the same training
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            torch.save({"format": FORMAT, "of": self._of(), "state": state}, staged)
            staged.replace(self.path)
        except (OSError, RuntimeError):
            with suppress(OSError):
                staged.unlink()

    def _of(self) -> str:
        """The job and training it belongs to."""
        return f"{self.path.parent.name}/{self.path.stem}"


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one job; without a ``folder`` nothing is saved. ``prefix`` distinguishes runs."""

    folder: Path | None = None
    prefix: str = ""
    every_s: float = SAVED_EVERY_S

    def within(self, run: str) -> Checkpoints:
        """The checkpoints of one run of the job."""
        return Checkpoints(self.folder, f"{self.prefix}{run}/", self.every_s)

    def of(self, training: str) -> Checkpoint | None:
        """The checkpoint of one training."""
        if self.folder is None:
            return None
        name = hashlib.sha256((self.prefix + training).encode()).hexdigest()[:24]
        return Checkpoint(self.folder / f"{name}.pt", self.every_s)

    def found(self) -> bool:
        """Whether an earlier run of the job left a checkpoint to resume from."""
        return self.folder is not None and any(self.folder.glob("*.pt"))

    def remove(self) -> None:
        """Remove all checkpoints: the job has succeeded."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def checkpoints_of(identity: str) -> Checkpoints:
    """The checkpoints of the training with this ``identity``. Old unused folders are removed."""
    root = cache_folder() / "checkpoints"
    _remove_old(root)
    return Checkpoints(root / identity)


def identity_of(data: TrainingData, splits: Sequence[tuple[int, Split]], settings: Settings) -> str:
    """The identity of a training: its data, settings and versions; 32 hexadecimal digits.

    It depends on the samples and not on the files they came from: a shapefile's fields, the sources of a virtual raster
    or a memory layer may change while the file named in the job does not, and vice versa.
    """
    digest = hashlib.blake2b(repr((settings, ENGINE_VERSION, torch.__version__)).encode(), digest_size=16)
    samples, unlabelled = data.samples, data.unlabelled
    parts = [samples.present, samples.target, samples.groups, unlabelled.present if unlabelled else np.zeros(0)]
    for sensor in (*samples.sensors, *(unlabelled.sensors if unlabelled else ())):
        digest.update(repr((sensor.name, sensor.kind, sensor.days)).encode())
        parts.append(sensor.values)
    for seed, split in splits:
        parts += [np.array(seed), split.train, split.validation, split.test]
    for part in parts:
        digest.update(repr((part.shape, part.dtype.str)).encode())
        digest.update(np.ascontiguousarray(part).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def cache_folder() -> Path:
    """The user's cache folder; ``COLEARN_CACHE`` overrides it."""
    if os.environ.get("COLEARN_CACHE"):
        return Path(os.environ["COLEARN_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "colearn"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "colearn"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "colearn"


def _remove_old(root: Path) -> None:
    oldest = time.time() - KEPT_DAYS * 86400
    for folder in root.glob("*"):
        try:
            newest = max((file.stat().st_mtime for file in folder.iterdir()), default=0.0)
        except OSError:
            continue
        if newest < oldest:
            shutil.rmtree(folder, ignore_errors=True)
