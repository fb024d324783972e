"""The output files of an algorithm: checks before anything runs, and writing of the job file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsProcessingFeedback

from ....engine.contract import POLYGON_ENDINGS, ErrorCode, Job, OutputError, job_to_text, shown_text
from ... import sentences
from ...messages import tr
from .definitions import RASTER_ENDINGS
from .values import ParameterValues

if TYPE_CHECKING:
    from ...layers.feature_export import FeatureExport
    from ...process.run_files import RunFiles


def write_inputs(
    files: RunFiles,
    exports: Sequence[FeatureExport],
    job: Job,
    job_file: Optional[str],
    feedback: QgsProcessingFeedback,
) -> None:
    """Write exported layers, virtual rasters and, if it has a path, the job file: all of them or, if cancelled, none.

    Raises:
        OutputError: one of them cannot be written.
    """
    path = job_file
    try:
        for export in exports:
            feedback.setProgressText(tr("Exporting {layer}").format(layer=shown_text(export.name)))
            path = export.path
            export.write(feedback, files.stage(path))
            if feedback.isCanceled():
                return
        if job_file is not None:
            files.will_write_text(job_file, job_to_text(job))
        path = job_file
        files.put_in_place()
    except OSError as error:
        raise _unwritable(path or str(error.filename), job_file is not None, error.strerror or str(error)) from error


def _unwritable(path: str, is_saved: bool, reason: str) -> OutputError:
    """The error about a file that cannot be written beside the job, if that is saved, or in the temporary folder."""
    saved = tr("Choose another folder, or do not save a job file.")
    return OutputError(
        ErrorCode.OUTPUT_UNWRITABLE,
        subject=path,
        found=reason,
        expected=sentences.writable_file(),
        remedy=saved if is_saved else tr("Free some space in the folder for temporary files."),
    )


def check_outputs(values: ParameterValues) -> None:
    """Refuse outputs in unsupported formats, two outputs in one file, and an output that would overwrite an input.

    Raises:
        OutputError: OUTPUT_IS_INPUT or OUTPUT_UNWRITABLE.
    """
    outputs = values.named_outputs()
    inputs = {_identity(path): path for path in values.input_files()}
    seen: dict[str, str] = {}
    for name, path in outputs.items():
        identity = _identity(path)
        if identity in inputs:
            raise OutputError(
                ErrorCode.OUTPUT_IS_INPUT,
                subject=name,
                found=path,
                expected=tr("a file that is not an input of this run"),
                remedy=tr("Choose another name for the output."),
            )
        if identity in seen:
            raise OutputError(
                ErrorCode.OUTPUT_UNWRITABLE,
                subject=f"{seen[identity]}, {name}",
                found=tr("the same file {path} for both").format(path=path),
                expected=tr("a separate file for each output"),
                remedy=tr("Choose another name for one of them."),
            )
        if values.is_raster_output(name):
            _require_ending(name, path, RASTER_ENDINGS, tr("a GeoTIFF with the extension .tif"))
        if values.is_vector_output(name):
            _require_ending(name, path, POLYGON_ENDINGS, tr("a GeoPackage (.gpkg) or GeoJSON (.geojson)"))
        seen[identity] = name


def _require_ending(name: str, path: str, endings: Sequence[str], expected: str) -> None:
    if Path(path).suffix.lower() not in endings:
        raise OutputError(
            ErrorCode.OUTPUT_UNWRITABLE,
            subject=name,
            found=path,
            expected=expected,
            remedy=tr("Change the file extension; to get another format, convert the file afterwards."),
        )


def _identity(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
