"""The labels: LABELS with LABEL_FIELD, or LABEL_RASTER. Shared by training and evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ...engine.contract import ErrorCode, InputError, JobError, Labels, RasterLabels, VectorLabels
from ..messages import tr
from .sensors.nodata import NONE
from .types import definitions

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .types.values import ParameterValues


def add_labels(algorithm: EngineAlgorithm) -> None:
    """Declare the labels."""
    algorithm.add(
        definitions.features("LABELS", tr("Labels (points or polygons)"), definitions.POINTS_AND_POLYGONS),
        tr(
            "The reference data. Selection, filter and unsaved edits are respected. Either this layer or a label "
            "raster is required."
        ),
    )
    algorithm.add(
        definitions.fields_of("LABEL_FIELD", tr("Label field"), "LABELS", several=True),
        tr(
            "The field with the class or the measured value. Several fields: multi-label classification (0 and 1), or "
            "regression of several values."
        ),
    )
    algorithm.add(
        definitions.rasters("LABEL_RASTER", tr("Or label raster"), optional=True),
        tr("A raster of classes or values; nodata is unlabelled. One, or one per scene."),
    )
    _add_details(algorithm)


def _add_details(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of labels, which most labels do not need."""
    algorithm.add(
        definitions.fields_of("GROUP_FIELD", tr("Group field"), "LABELS", several=False),
        tr(
            "Samples with the same value (a site, a field, a plot) always stay in the same part of the split. Empty: "
            "groups are polygons or spatial blocks."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.text("LABEL_BAND", tr("Band of the label raster")),
        tr("Name or number (from 1) of the band to use. Empty: the only band."),
        advanced=True,
    )
    algorithm.add(
        definitions.text("LABEL_NODATA", tr("Unlabelled values")),
        tr(
            "Label values or class names that mean “no label”, separated by semicolons, for example 0 or 0; "
            "Background. Empty: classes named Unclassified, No data, Background or Unknown (in many languages) are "
            "excluded and listed in the log. none: only declared nodata is excluded."
        ),
        advanced=True,
    )


def check_labels(values: ParameterValues, fallback_fields: tuple[str, ...] = ()) -> None:
    """Refuse labels that cannot be used.

    Raises:
        CoLearnError: states the layer, what was found and what to do.
    """
    from ..layers import layer_files

    _require_one_kind(values)
    values.rasters("LABEL_RASTER")
    source = values.feature_source("LABELS")
    if source is None:
        return
    layer_files.require_usable_vector(source, polygons_only=False)
    _label_fields(values, fallback_fields)
    layer_files.require_fields(source, values.field_names("GROUP_FIELD"))


def read_labels(values: ParameterValues, fallback_fields: tuple[str, ...] = ()) -> Labels:
    """The labels as stored in the job; exports vector features if their file alone is not equivalent.

    ``fallback_fields`` are used if no field was chosen and the layer has all of them.
    """
    from ..layers import layer_files

    check_labels(values, fallback_fields)
    if values.is_given("LABEL_RASTER"):
        rasters = values.stored_rasters("LABEL_RASTER")
        colors = layer_files.raster_colors(values.raster_layers("LABEL_RASTER"))
        return RasterLabels(rasters, colors, values.text("LABEL_BAND"), read_no_class(values))
    label_fields = _label_fields(values, fallback_fields)
    group_fields = values.field_names("GROUP_FIELD")
    source = values.vector("LABELS", (*label_fields, *group_fields))
    if source is None:
        raise _no_labels()
    colors = layer_files.vector_colors(values.vector_layer("LABELS"), label_fields)
    return VectorLabels(source, label_fields, group_fields[0] if group_fields else None, colors, read_no_class(values))


def read_no_class(values: ParameterValues) -> Optional[tuple[str, ...]]:
    """The values in LABEL_NODATA; None if it is empty, an empty tuple for the word none."""
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
            found=tr("a label layer and a label raster"),
            expected=tr("one of the two"),
            remedy=tr("Remove one of them."),
        )
    if values.is_given("LABELS") and values.is_given("LABEL_BAND"):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="LABEL_BAND",
            found=tr("a band, but the labels are points or polygons"),
            expected=tr("a band only if there is a label raster"),
            remedy=tr("Leave the band empty, or choose a label raster."),
        )
    for name in ("LABEL_FIELD", "GROUP_FIELD"):
        if values.is_given("LABEL_RASTER") and values.is_given(name):
            raise JobError(
                ErrorCode.JOB_INVALID,
                subject=name,
                found=tr("a field, but the labels are a raster"),
                expected=tr("a field only if there is a label layer"),
                remedy=tr("Leave the field empty, or choose a layer of points or polygons instead of the raster."),
            )


def _label_fields(values: ParameterValues, fallback_fields: tuple[str, ...]) -> tuple[str, ...]:
    from ..layers import layer_files

    source = values.feature_source("LABELS")
    there = source.fields().names() if source is not None else []
    chosen = values.field_names("LABEL_FIELD")
    if not chosen and fallback_fields and set(fallback_fields) <= set(there):
        return fallback_fields
    if not chosen:
        raise InputError(
            ErrorCode.LABEL_FIELD_MISSING,
            subject="LABEL_FIELD",
            found="",
            expected=tr("one or more of the fields {fields}").format(fields=", ".join(there) or "-"),
            remedy=tr("Choose the field with the classes or values."),
        )
    if source is not None:
        layer_files.require_fields(source, chosen)
    return chosen


def _no_labels() -> JobError:
    return JobError(
        ErrorCode.JOB_INVALID,
        subject="LABELS, LABEL_RASTER",
        found="",
        expected=tr("a layer of labelled points or polygons, or a label raster"),
        remedy=tr("Choose one of them."),
    )
