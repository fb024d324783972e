"""The user's models: recently used, in the project's folder, in the profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import QgsApplication, QgsProject, QgsSettings

from ...engine.contract import CoLearnError, Manifest
from ..model_card import read_manifest
from ..training.form.sensors.header import RasterHeader
from .form.fit import Fit, fits_of

RECENT = "colearn/recent_models"
MOST_RECENT = 12
ENDING = ".colearn"


@dataclass(frozen=True)
class KnownModel:
    """A readable model."""

    path: str
    manifest: Manifest

    @property
    def name(self) -> str:
        """The file name."""
        return Path(self.path).stem


@dataclass(frozen=True)
class Offer:
    """A model's sensor for certain rasters, with how well it fits."""

    model: KnownModel
    fit: Fit


def known_models() -> tuple[KnownModel, ...]:
    """Recently used models first, then those in the folders; unreadable files are skipped."""
    found = []
    for path in dict.fromkeys([*recent(), *_in_folders()]):
        try:
            found.append(KnownModel(path, read_manifest(path)))
        except CoLearnError:
            continue
    return tuple(found)


def offers(rasters: Sequence[RasterHeader]) -> tuple[Offer, ...]:
    """Each model's best-fitting sensor for the rasters; models that fit come first."""
    found = [Offer(model, fits_of(model.manifest, rasters)[0]) for model in known_models()]
    return tuple(sorted(found, key=lambda offer: offer.fit.misfit is not None))


def by_identity(identity: str) -> Optional[KnownModel]:
    """The known model with this identity (as stored in its maps); None if there is none."""
    return next((model for model in known_models() if model.manifest.identity == identity), None)


def recent() -> list[str]:
    """Recently used models, the latest first."""
    value = QgsSettings().value(RECENT, [])
    paths = [value] if isinstance(value, str) else list(value or [])
    return [str(path) for path in paths if str(path)]


def remember(path: str) -> None:
    """Add a model to the recently used ones."""
    QgsSettings().setValue(RECENT, [path, *(each for each in recent() if each != path)][:MOST_RECENT])


def _in_folders() -> list[str]:
    home = QgsProject.instance().homePath()
    folders = [Path(home), Path(home) / "models"] if home else []
    folders.append(Path(QgsApplication.qgisSettingsDirPath()) / "colearn" / "models")
    return [str(path) for folder in folders if folder.is_dir() for path in sorted(folder.glob(f"*{ENDING}"))]
