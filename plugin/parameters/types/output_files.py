"""The output files of an algorithm: checks before anything runs, and writing of the job file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ....engine.contract import POLYGON_ENDINGS, ErrorCode, Job, OutputError, job_to_text
from ... import sentences
from ...messages import tr
from .definitions import RASTER_ENDINGS
from .values import ParameterValues


def save_job(job: Job, path: str) -> None:
    """Write the job file.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(job_to_text(job), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            ErrorCode.OUTPUT_UNWRITABLE,
            subject=path,
            found=str(error),
            expected=sentences.writable_file(),
            remedy=tr("Choose another folder, or do not save a job file."),
        ) from error


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
