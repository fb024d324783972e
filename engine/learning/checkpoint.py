"""Checkpoints: an interrupted training goes on where it was.

They lie in the user's cache folder, one folder per job, and go when the job has succeeded. What is kept is enough to
go on to the very same result: weights, optimizer, running means, best weights, and the state of every random source.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

KEPT_DAYS = 14
SAVED_EVERY_S = 20.0
_UNREADABLE = (OSError, RuntimeError, ValueError, EOFError, KeyError)


@dataclass(frozen=True)
class Checkpoint:
    """The file one training is kept in."""

    path: Path
    every_s: float = SAVED_EVERY_S

    def load(self) -> dict[str, Any] | None:
        """The state as it was saved last; None where there is none, or none that can be read. Runs no code from it."""
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except _UNREADABLE:
            return None
        return state

    def due(self) -> bool:
        """Whether the last saving is long enough ago."""
        try:
            return time.time() - self.path.stat().st_mtime >= self.every_s
        except OSError:
            return True

    def save(self, state: dict[str, Any]) -> None:
        """Keep a state, whole or not at all. A full disk keeps nobody from training."""
        staged = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            torch.save(state, staged)
            staged.replace(self.path)
        except (OSError, RuntimeError):
            staged.unlink(missing_ok=True)


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one job; without a ``folder`` nothing is kept. ``prefix`` tells runs apart."""

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

    def remove(self) -> None:
        """Forget everything: the job is done."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def checkpoints_of(identity: str) -> Checkpoints:
    """The checkpoints of the job that ``identity`` tells from all others. Folders long untouched are removed."""
    root = cache_folder() / "checkpoints"
    _remove_old(root)
    return Checkpoints(root / hashlib.sha256(identity.encode()).hexdigest()[:32])


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again; ``COLEARN_CACHE`` overrides."""
    if "COLEARN_CACHE" in os.environ:
        return Path(os.environ["COLEARN_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "colearn"
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
