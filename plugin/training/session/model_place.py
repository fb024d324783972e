"""The default path of a model."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Container
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsSettings

from ..form.labels import LabelForm

ENDING = ".colearn"


def default_model(labels: LabelForm, in_work: Container[str] = ()) -> str:
    """``models/FIELD_DATE.colearn`` next to the project, or in the profile if it is not saved; a new file.

    ``in_work`` are models that other trainings will write. A folder that the user chose before for a model of this
    project takes precedence.
    """
    field = labels.label_fields[0] if labels.label_fields else (labels.name or "model")
    word = re.sub(r"[^\w-]+", "_", field).strip("_") or "model"
    return free_path(str(_folder() / f"{word}_{datetime.date.today():%Y-%m-%d}{ENDING}"), in_work)


def remember_place(model: str) -> None:
    """Remember the folder of this model for the project's next one; only if the folder exists."""
    folder = Path(model).parent
    if folder.is_dir():
        QgsSettings().setValue(_setting(), str(folder))


def _folder() -> Path:
    chosen = str(QgsSettings().value(_setting(), "") or "")
    if chosen and Path(chosen).is_dir():
        return Path(chosen)
    home = QgsProject.instance().homePath()
    return (Path(home) if home else Path(QgsApplication.qgisSettingsDirPath()) / "colearn") / "models"


def _setting() -> str:
    """The settings key of the project; not stored in the project, which would mark it as modified."""
    home = QgsProject.instance().homePath()
    return f"colearn/models_folder/{hashlib.sha256(home.encode()).hexdigest()[:16]}"


def free_path(path: str, in_work: Container[str] = ()) -> str:
    """The path, with a number appended if the file already exists, or will."""
    stem = path[: -len(ENDING)] if path.endswith(ENDING) else path
    free, number = f"{stem}{ENDING}", 2
    while free in in_work or Path(free).exists():
        free = f"{stem}_{number}{ENDING}"
        number += 1
    return free
