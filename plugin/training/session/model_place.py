"""The path of a model: the default one, the user's, or that of a stored form."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject, QgsSettings

from ..form.form import TrainingForm
from ..form.labels import LabelForm

ENDING = ".colearn"


class ModelFile:
    """Whether a form's model file is the default, which follows labels and project, and whether the user chose it."""

    def __init__(self) -> None:
        self.is_default = True
        self._is_chosen = False

    def choose(self, path: str) -> None:
        """The user chose this file; none: the default again."""
        self.is_default, self._is_chosen = not path, bool(path)

    def take(self, path: str) -> None:
        """A project, a job or the toolbox named this file, or none; its folder may be that of another project."""
        self.is_default, self._is_chosen = not path, False

    def set_in(self, form: TrainingForm, in_work: Container[str]) -> TrainingForm:
        """The form with the default file, unless it has another."""
        return replace(form, output_model=default_model(form.labels, in_work)) if self.is_default else form

    def to_store(self, form: TrainingForm) -> TrainingForm:
        """The form without the default file, which another day, or a copy of the project, would not have."""
        return replace(form, output_model="") if self.is_default else form

    def remember(self, form: TrainingForm) -> None:
        """Remember the folder for the project's next model, if the user chose it."""
        if self._is_chosen:
            remember_place(form.output_model)


class _UnsavedProject:
    """The folder that the user chose in a project without a file; forgotten when the project is closed."""

    folder = ""

    def remember(self, folder: str) -> None:
        if not self.folder:
            QgsProject.instance().cleared.connect(self.forget)
        self.folder = folder

    def forget(self) -> None:
        QgsProject.instance().cleared.disconnect(self.forget)
        self.folder = ""


_unsaved = _UnsavedProject()


def default_model(labels: LabelForm, in_work: Container[str] = ()) -> str:
    """``models/FIELD_DATE.colearn`` next to the project, or in the profile if it is not saved; a new file.

    ``in_work`` are models that other trainings will write. A folder that the user chose before for a model of this
    project takes precedence.
    """
    field = labels.label_fields[0] if labels.label_fields else (labels.name or "model")
    word = re.sub(r"[^\w-]+", "_", field).strip("_") or "model"
    return free_path(str(_folder() / f"{word}_{datetime.date.today():%Y-%m-%d}{ENDING}"), in_work)


def remember_place(model: str) -> None:
    """Remember the folder that the user chose for this model for the project's next one; only if the folder exists.

    Of a project that is not saved only until it is closed: the next one is another project.
    """
    folder, home = Path(model).parent, QgsProject.instance().homePath()
    if not folder.is_dir():
        return
    if home:
        QgsSettings().setValue(_setting(home), str(folder))
    else:
        _unsaved.remember(str(folder))


def _folder() -> Path:
    home = QgsProject.instance().homePath()
    chosen = str(QgsSettings().value(_setting(home), "") or "") if home else ""
    chosen = chosen or _unsaved.folder  # also once the project has been saved
    if chosen and Path(chosen).is_dir():
        return Path(chosen)
    return (Path(home) if home else Path(QgsApplication.qgisSettingsDirPath()) / "colearn") / "models"


def _setting(home: str) -> str:
    """The settings key of the project; not stored in the project, which would mark it as modified."""
    return f"colearn/models_folder/{hashlib.sha256(home.encode()).hexdigest()[:16]}"


def follow_project(on_move: Callable[[], None]) -> None:
    """Call a function whenever the open project may lie in another folder than before."""
    for signal in _moves():
        signal.connect(on_move)


def leave_project(on_move: Callable[[], None]) -> None:
    """No longer call it."""
    for signal in _moves():
        signal.disconnect(on_move)


def _moves() -> tuple[Any, ...]:
    """The signals; the first is not emitted where a project is saved in another folder."""
    return QgsProject.instance().homePathChanged, QgsProject.instance().projectSaved


def free_path(path: str, in_work: Container[str] = ()) -> str:
    """The path, with a number appended if the file already exists, or will."""
    stem = path[: -len(ENDING)] if path.endswith(ENDING) else path
    free, number = f"{stem}{ENDING}", 2
    while free in in_work or Path(free).exists():
        free = f"{stem}_{number}{ENDING}"
        number += 1
    return free
