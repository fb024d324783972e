"""The labels: LABELS with LABEL_FIELD, or LABEL_RASTER. Shared by training and evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ...engine.contract.errors import ErrorCode, InputError, JobError
from ...engine.contract.job import Labels, RasterLabels, VectorLabels
from ..layers import layer_files
from ..messages import tr
from . import definitions
from .nodata import NONE

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .values import ParameterValues


def add_labels(algorithm: EngineAlgorithm) -> None:
    """Declare the labels."""
    algorithm.add(
        definitions.features("LABELS", tr("Labels (points or polygons)"), definitions.POINTS_AND_POLYGONS),
        tr(
            "What is known on the ground. Selection, filter and edits not yet saved count. Give this or a label raster."
        ),
    )
    algorithm.add(
        definitions.fields_of("LABEL_FIELD", tr("Label field"), "LABELS", several=True),
        tr(
            "The field with the class or the measured value. Several fields: several labels at a time (0 and 1), or "
            "several measured values."
        ),
    )
    algorithm.add(
        definitions.rasters("LABEL_RASTER", tr("Label raster (instead of the labels above)"), optional=True),
        tr("A raster of classes or values; its nodata is no class. One, or one per scene."),
    )
    algorithm.add(
        definitions.fields_of("GROUP_FIELD", tr("Group field"), "LABELS", several=False),
        tr(
            "Labels with the same value here (a site, a field, a plot) are never on both sides of the split into "
            "training and test. Empty: polygons, or blocks in space."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.text("LABEL_BAND", tr("Band of the label raster")),
        tr("Name or number (from 1) of the band with the classes or values. Empty: its only band."),
        advanced=True,
    )
    algorithm.add(
        definitions.text("LABEL_NODATA", tr("Labels that are no class")),
        tr(
            "Values or class names, with semicolons between them, that mean “no label here”; for example 0 or "
            "0; Background. Beside them, classes called Unclassified, No data, Background, Unknown (in many languages) "
            "are left out, which is told. none: nothing is left out but what the raster declares as nodata."
        ),
        advanced=True,
    )


def check_labels(values: ParameterValues, fallback_fields: tuple[str, ...] = ()) -> None:
    """Refuse labels that cannot be used.

    Raises:
        CoLearnError: with the layer, what was found and what to do.
    """
    _require_one_kind(values)
    values.rasters("LABEL_RASTER")
    source = values.feature_source("LABELS")
    if source is None:
        return
    layer_files.require_usable_vector(source, polygons_only=False)
    _label_fields(values, fallback_fields)
    layer_files.require_fields(source, values.field_names("GROUP_FIELD"))


def read_labels(values: ParameterValues, fallback_fields: tuple[str, ...] = ()) -> Labels:
    """The labels as the job has them; exports vector features where their file does not say it all.

    ``fallback_fields`` are used where no field was chosen and the layer has them all.
    """
    check_labels(values, fallback_fields)
    if values.is_given("LABEL_RASTER"):
        rasters = values.stored_rasters("LABEL_RASTER")
        colors = layer_files.raster_colors(values.raster_layers("LABEL_RASTER"))
        return RasterLabels(rasters, colors, values.text("LABEL_BAND"), _no_class(values))
    label_fields = _label_fields(values, fallback_fields)
    group_fields = values.field_names("GROUP_FIELD")
    source = values.vector("LABELS", (*label_fields, *group_fields))
    if source is None:
        raise _no_labels()
    colors = layer_files.vector_colors(values.vector_layer("LABELS"), label_fields)
    return VectorLabels(source, label_fields, group_fields[0] if group_fields else None, colors, _no_class(values))


def _no_class(values: ParameterValues) -> Optional[tuple[str, ...]]:
    """What LABEL_NODATA says; None where it is empty, nothing for the word none."""
    text = values.text("LABEL_NODATA")
    if not text:
        return None
    if text.lower() == NONE:
        return ()
    return tuple(dict.fromkeys(word.strip() for word in text.split(";") if word.strip()))


def _require_one_kind(values: ParameterValues) -> None:
    given = values.is_given("LABELS"), values.is_given("LABEL_RASTER")
    if given == (False, False):
        raise _no_labels()
    if given == (True, True):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="LABELS, LABEL_RASTER",
            found=tr("both"),
            expected=tr("one of them"),
            remedy=tr("Remove one."),
        )
    if values.is_given("LABELS") and values.is_given("LABEL_BAND"):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="LABEL_BAND",
            found=tr("a band, with points or polygons, which have none"),
            expected=tr("a band only where LABEL_RASTER is given"),
            remedy=tr("Leave LABEL_BAND empty, or give the labels as a raster in LABEL_RASTER."),
        )
    for name in ("LABEL_FIELD", "GROUP_FIELD"):
        if values.is_given("LABEL_RASTER") and values.is_given(name):
            raise JobError(
                ErrorCode.JOB_INVALID,
                subject=name,
                found=tr("a field, with a label raster, which has none"),
                expected=tr("a field only where LABELS is given"),
                remedy=tr("Leave {name} empty, or give the labels as points or polygons in LABELS.").format(name=name),
            )


def _label_fields(values: ParameterValues, fallback_fields: tuple[str, ...]) -> tuple[str, ...]:
    source = values.feature_source("LABELS")
    there = source.fields().names() if source is not None else []
    chosen = values.field_names("LABEL_FIELD")
    if not chosen and fallback_fields and set(fallback_fields) <= set(there):
        return fallback_fields
    if not chosen:
        raise InputError(
            ErrorCode.LABEL_FIELD_MISSING,
            subject="LABEL_FIELD",
            found=tr("no field chosen"),
            expected=tr("one or more of {fields}").format(fields=", ".join(there) or "-"),
            remedy=tr("Choose the field that holds the classes or values."),
        )
    if source is not None:
        layer_files.require_fields(source, chosen)
    return chosen


def _no_labels() -> JobError:
    return JobError(
        ErrorCode.JOB_INVALID,
        subject="LABELS, LABEL_RASTER",
        found=tr("neither"),
        expected=tr("one of them"),
        remedy=tr("Choose a layer of points or polygons, or a raster, that says what is where."),
    )
