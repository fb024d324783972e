"""Other names and colours for a model's classes, in a copy of the model file; networks and scores stay as they are."""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from ..engine.contract import (
    MANIFEST_ENTRY,
    ErrorCode,
    JobError,
    LabelClass,
    Manifest,
    OutputError,
    manifest_to_text,
    opened_model,
)
from . import sentences
from .messages import tr

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class ClassEdit:
    """A new name and colour for the class with this code; an empty value keeps the present one."""

    code: int
    name: str = ""
    color: str = ""


def with_classes(manifest: Manifest, edits: Sequence[ClassEdit]) -> Manifest:
    """The manifest with edited classes. Labels still match: a class keeps its old name as its value in them.

    Raises:
        JobError: a code that is unknown or repeated, two classes of the same name, or an invalid colour.
    """
    by_code = {edit.code: edit for edit in edits}
    codes = [label.code for label in manifest.classes]
    unknown = [edit.code for edit in edits if edit.code not in codes]
    if unknown or len(by_code) < len(edits):
        raise _refused(
            ", ".join(str(edit.code) for edit in edits), tr("codes of the model, each once: {codes}"), codes=codes
        )
    bad = [edit.color for edit in edits if edit.color and not _COLOR.fullmatch(edit.color)]
    if bad:
        raise _refused(", ".join(bad), sentences.example_colour())
    classes = tuple(_edited(label, by_code.get(label.code)) for label in manifest.classes)
    names = [label.name for label in classes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _refused(", ".join(twice), tr("a name of its own for each class"))
    return replace(manifest, classes=classes)


def write_edited(source: str, target: str, manifest: Manifest) -> None:
    """Write a copy of a model file with another manifest, atomically.

    Raises:
        ModelError: the source cannot be read.
        OutputError: the target cannot be written.
    """
    with opened_model(source) as file:
        entries = {entry.filename: file.read(entry) for entry in file.infolist()}
    entries[MANIFEST_ENTRY] = manifest_to_text(manifest).encode()
    try:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(prefix=".", suffix=".colearn", dir=Path(target).parent)
        try:
            with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as copy:
                for name, content in entries.items():
                    copy.writestr(zipfile.ZipInfo(name), content)
            os.replace(staged, target)
        except BaseException:
            Path(staged).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(
            ErrorCode.OUTPUT_UNWRITABLE,
            subject=target,
            found=str(error),
            expected=sentences.writable_file(),
            remedy=tr("Choose another folder, or free some space."),
        ) from error


def _edited(label: LabelClass, edit: Optional[ClassEdit]) -> LabelClass:
    if edit is None:
        return label
    name = edit.name.strip() or label.name
    value = label.value or (label.name if name != label.name else "")
    return replace(label, name=name, color=edit.color or label.color, value=value)


def _refused(found: str, expected: str, codes: Sequence[int] = ()) -> JobError:
    return JobError(
        ErrorCode.JOB_INVALID,
        subject="CLASSES",
        found=found,
        expected=expected.format(codes=", ".join(map(str, codes))),
        remedy=sentences.correct_table(),
    )
