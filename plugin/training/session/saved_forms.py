"""Stored forms: in the project, and as job files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsProcessingFeedback, QgsProject

from ....engine.contract import CoLearnError, ErrorCode, InputError, TrainJob, job_from_text
from ...layers.named_layers import project_context
from ...messages import job_errors, tr
from ...parameters.types.output_files import write_inputs
from ...parameters.types.values import ParameterValues
from ..form.form import TrainingForm, form_of
from ..form.labels import labels_of
from ..form.sensors.header import RasterHeader
from ..form.stored import form_to_text, kept_in_text
from ..layers.form_layers import with_keys
from ..runs.train_algorithm import train_algorithm

SCOPE, KEY = "CoLearn", "training"


@dataclass(frozen=True)
class StoredForm:
    """A stored form: the layers it needs, the names of those to open, how to build the form from their headers.

    ``labels`` is the key of its labels if they are a vector layer, else empty: a file may hold both kinds.
    """

    keys: tuple[str, ...]
    names: Mapping[str, str]
    form: Callable[[Sequence[RasterHeader]], TrainingForm]
    labels: str


def job_to_write(
    parameters: dict[str, Any], path: str, feedback: QgsProcessingFeedback
) -> Callable[[], Optional[CoLearnError]]:
    """A function that writes parameters as a job that runs without QGIS; may run in any thread and returns the error.

    Cancelled through ``feedback``, it leaves nothing behind, and an earlier job of that name as it was.

    Raises:
        CoLearnError: something is missing.
    """
    algorithm = train_algorithm()
    values = ParameterValues(algorithm, {**parameters, "OUTPUT_JOB": path}, project_context())
    with job_errors():
        job = algorithm.build_job(values)
    exports, files = tuple(values.exports), values.run_files  # what else the values hold is of QGIS's own thread

    def write() -> Optional[CoLearnError]:
        try:
            write_inputs(files, exports, job, path, feedback)
        except CoLearnError as error:
            files.remove()
            return error
        except BaseException:
            files.remove()
            raise
        if feedback.isCanceled():
            files.remove()
        else:
            files.keep()
        return None

    return write


def form_in_job(path: str) -> StoredForm:
    """The form of a saved job.

    Raises:
        CoLearnError: not a job, or a job of another kind.
    """
    job = _read_job(path)
    labels = labels_of(job.labels)
    names = {raster.path: raster.name for each in job.sensors for raster in (*each.rasters, *each.mask_rasters)}
    names[labels.key] = labels.name

    def form(headers: Sequence[RasterHeader]) -> TrainingForm:
        return form_of(job, labels, {header.key: header for header in headers})

    return StoredForm(tuple(names), names, form, "" if labels.is_raster else labels.key)


def _read_job(path: str) -> TrainJob:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            ErrorCode.JOB_INVALID,
            subject=path,
            found=str(error),
            expected=tr("a job saved by CoLearn"),
            remedy=tr("Choose another file."),
        ) from error
    job = job_from_text(text, "train", path)
    if not isinstance(job, TrainJob):
        raise TypeError(path)  # unreachable: the kind of job was checked
    return job


def keep_in_project(form: TrainingForm) -> None:
    """Store a form in the project if it differs from the stored one.

    Layers are stored by their sources: their ids may differ when the project is opened again.
    """
    layers = QgsProject.instance().mapLayers()
    text = form_to_text(with_keys(form, {key: layer.source() for key, layer in layers.items()}))
    if QgsProject.instance().readEntry(SCOPE, KEY, "")[0] != text:
        QgsProject.instance().writeEntry(SCOPE, KEY, text)


def form_in_project() -> Optional[StoredForm]:
    """The form stored in the project; None if there is none."""
    kept = kept_in_text(QgsProject.instance().readEntry(SCOPE, KEY, "")[0])
    if kept is None:
        return None
    ids = {layer.source(): layer.id() for layer in QgsProject.instance().mapLayers().values()}
    key = kept.labels.key
    labels = (key,) if key and (kept.labels.is_raster or key not in ids) else ()
    sources = tuple(dict.fromkeys((*kept.layer_keys(), *labels)))

    def form(headers: Sequence[RasterHeader]) -> TrainingForm:
        shown = kept.form(dict(zip(sources, headers)))
        return replace(shown, labels=replace(shown.labels, key=ids.get(key, key)))

    keys = tuple(ids.get(source, source) for source in sources)
    names = {**dict.fromkeys(keys, ""), **dict.fromkeys(labels, kept.labels.name)}
    return StoredForm(keys, names, form, "" if kept.labels.is_raster else key)
