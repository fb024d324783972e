"""The default path of a map."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from qgis.core import QgsProject

_DATE_LAST = re.compile(r"(.+?)[_-]\d{4}-\d{2}-\d{2}(_\d+)?")


def default_map(model: str, sensor: str) -> str:
    """``maps/MODEL_SENSOR_DATE.tif`` next to the project, or next to the model if the project is not saved; a new file.

    The date in a model's name is dropped: the only date in the name of a map is today's.
    """
    home = QgsProject.instance().homePath()
    folder = Path(home) / "maps" if home else Path(model).parent
    words = [_without_date(Path(model).stem), sensor, f"{datetime.date.today():%Y-%m-%d}"]
    stem = "_".join(re.sub(r"[^\w.-]+", "_", word) for word in words if word)
    path, number = folder / f"{stem}.tif", 2
    while path.exists():
        path = folder / f"{stem}_{number}.tif"
        number += 1
    return str(path)


def _without_date(name: str) -> str:
    """A model's name without the date and number at its end."""
    dated = _DATE_LAST.fullmatch(name)
    return dated[1] if dated else name
