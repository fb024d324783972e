"""Where a model is saved unless a person says otherwise."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from qgis.core import QgsApplication, QgsProject

from .form.labels import LabelForm

ENDING = ".colearn"


def default_model(labels: LabelForm) -> str:
    """``models/FIELD_DATE.colearn`` beside the project, in the profile where it is not saved; a file not yet there."""
    field = labels.label_fields[0] if labels.label_fields else (labels.name or "model")
    word = re.sub(r"[^\w-]+", "_", field).strip("_") or "model"
    home = QgsProject.instance().homePath()
    folder = Path(home) if home else Path(QgsApplication.qgisSettingsDirPath()) / "colearn"
    return free_path(str(folder / "models" / f"{word}_{datetime.date.today():%Y-%m-%d}{ENDING}"))


def free_path(path: str) -> str:
    """The path, with a number where such a file is there already."""
    stem = path[: -len(ENDING)] if path.endswith(ENDING) else path
    free, number = f"{stem}{ENDING}", 2
    while Path(free).exists():
        free = f"{stem}_{number}{ENDING}"
        number += 1
    return free
