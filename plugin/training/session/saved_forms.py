"""Forms that outlive the window: in the project, and as jobs in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsProject

from ....engine.contract import ErrorCode, InputError, TrainJob, job_from_text
from ...messages import job_errors, tr
from ...parameters.types.output_files import save_job
from ...parameters.types.values import ParameterValues
from ..form.form import TrainingForm, form_of
from ..form.labels import labels_of
from ..form.stored import form_to_text, kept_in_text
from ..layers.form_layers import FormLayers, with_keys
from ..runs.run import project_context
from ..runs.train_algorithm import train_algorithm

SCOPE, KEY = "CoLearn", "training"


def write_job(parameters: dict[str, Any], path: str) -> None:
    """Save parameters as a job that runs without QGIS.

    Raises:
        CoLearnError: something is missing, or the file cannot be written.
    """
    algorithm = train_algorithm()
    values = ParameterValues(algorithm, {**parameters, "OUTPUT_JOB": path}, project_context())
    with job_errors():
        save_job(algorithm.build_job(values), path)


def form_in_job(path: str, layers: FormLayers) -> TrainingForm:
    """The form of a saved job; its layers are opened.

    Raises:
        CoLearnError: it is none, or of another kind.
    """
    job = _read_job(path)
    sources = [raster for sensor in job.sensors for raster in (*sensor.rasters, *sensor.mask_rasters)]
    for raster in sources:
        layers.store.reopen(raster.path, raster.name, is_raster=True)
    labels = labels_of(job.labels)
    layers.store.reopen(labels.key, labels.name, labels.is_raster)
    headers = {raster.path: layers.header(raster.path) for raster in sources}
    return form_of(job, labels, headers)


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
        raise TypeError(path)  # never: this kind of job was asked for
    return job


def keep_in_project(form: TrainingForm) -> None:
    """Write a form into the project, where it differs from what is there.

    Layers are written by their sources: their ids may be others when the project is opened again.
    """
    layers = QgsProject.instance().mapLayers()
    text = form_to_text(with_keys(form, {key: layer.source() for key, layer in layers.items()}))
    if QgsProject.instance().readEntry(SCOPE, KEY, "")[0] != text:
        QgsProject.instance().writeEntry(SCOPE, KEY, text)


def form_in_project(layers: FormLayers) -> Optional[TrainingForm]:
    """The form that the project keeps, its layers opened; None where it keeps none."""
    kept = kept_in_text(QgsProject.instance().readEntry(SCOPE, KEY, "")[0])
    if kept is None:
        return None
    ids = {layer.source(): layer.id() for layer in QgsProject.instance().mapLayers().values()}
    headers = {}
    for key in kept.layer_keys():
        if key not in ids:
            layers.store.reopen(key, "", is_raster=True)
        headers[key] = layers.header(ids.get(key, key))
    form = kept.form(headers)
    label_key = ids.get(form.labels.key, form.labels.key)
    if form.labels.key and label_key == form.labels.key:
        layers.store.reopen(label_key, form.labels.name, form.labels.is_raster)
    return replace(form, labels=replace(form.labels, key=label_key))
