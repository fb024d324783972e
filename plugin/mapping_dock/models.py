"""The models a person has: used lately, in the project's folder, in the profile."""

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
    """A model that can be read."""

    path: str
    manifest: Manifest

    @property
    def name(self) -> str:
        """Its file's name."""
        return Path(self.path).stem


@dataclass(frozen=True)
class Offer:
    """A model's sensor for some rasters, with how it fits."""

    model: KnownModel
    fit: Fit


def known_models() -> tuple[KnownModel, ...]:
    """Models used lately first, then those in folders; what cannot be read is left out."""
    found = []
    for path in dict.fromkeys([*recent(), *_in_folders()]):
        try:
            found.append(KnownModel(path, read_manifest(path)))
        except CoLearnError:
            continue
    return tuple(found)


def offers(rasters: Sequence[RasterHeader]) -> tuple[Offer, ...]:
    """Each model's likeliest sensor for the rasters; models that fit first."""
    found = [Offer(model, fits_of(model.manifest, rasters)[0]) for model in known_models()]
    return tuple(sorted(found, key=lambda offer: offer.fit.misfit is not None))


def by_identity(identity: str) -> Optional[KnownModel]:
    """The model that a map says it was made by; None where it is not among those known."""
    return next((model for model in known_models() if model.manifest.identity == identity), None)


def recent() -> list[str]:
    """Models used lately, the last first."""
    value = QgsSettings().value(RECENT, [])
    paths = [value] if isinstance(value, str) else list(value or [])
    return [str(path) for path in paths if str(path)]


def remember(path: str) -> None:
    """Note that a model was used."""
    QgsSettings().setValue(RECENT, [path, *(each for each in recent() if each != path)][:MOST_RECENT])


def _in_folders() -> list[str]:
    home = QgsProject.instance().homePath()
    folders = [Path(home), Path(home) / "models"] if home else []
    folders.append(Path(QgsApplication.qgisSettingsDirPath()) / "colearn" / "models")
    return [str(path) for folder in folders if folder.is_dir() for path in sorted(folder.glob(f"*{ENDING}"))]
