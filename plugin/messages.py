"""Error codes as sentences in the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.PyQt.QtCore import QCoreApplication

from ..engine.contract import CodecError, CoLearnError, ErrorCode, JobError, shown_text

_MOST_SUBJECT = 200  # characters


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("CoLearn", text)


def sentence(error: CoLearnError) -> str:
    """The error in lines: what is wrong and where, what was found and expected, what to do, the code last.

    What was found is omitted where the headline says it.
    """
    title, found = headline(error.code), shown_text(error.found).rstrip(".")
    subject = shown_text(error.subject, _MOST_SUBJECT)
    lines = [f"{title}: {subject}." if subject else f"{title}."]
    if found and found.casefold() not in title.casefold():
        lines.append(tr("Found: {found}.").format(found=found))
    lines.append(tr("Expected: {expected}.").format(expected=shown_text(error.expected).rstrip(".")))
    lines.append(tr("What to do: {remedy}").format(remedy=shown_text(error.remedy)))
    return "\n".join([*lines, f"[{error.code.value}]"])


def temporary_words(what: str) -> str:
    """A warning of an output that a person would miss."""
    return tr("The {what} is a temporary file: it is deleted when QGIS closes. Choose a file to keep it.").format(
        what=what
    )


@contextmanager
def job_errors() -> Iterator[None]:
    """Raise values that no job may hold as errors that a person can act on."""
    try:
        yield
    except CodecError as error:
        raise job_error(error) from error


def job_error(error: CodecError) -> JobError:
    """A value no job may hold, as an error a person can act on."""
    return JobError(
        ErrorCode.JOB_INVALID,
        subject=error.place,
        found=error.found,
        expected=error.expected,
        remedy=tr("Change this value."),
    )


def headline(code: ErrorCode) -> str:
    """What is wrong, in a few words."""
    return _headlines()[code]


def _headlines() -> dict[ErrorCode, str]:
    """Every code's words; looked up late, because the language is known only once QGIS runs."""
    return {
        ErrorCode.JOB_INVALID: tr("A parameter is missing or has an invalid value"),
        ErrorCode.JOB_TOO_NEW: tr("The job was written by a newer CoLearn"),
        ErrorCode.RASTER_UNREADABLE: tr("The raster cannot be opened"),
        ErrorCode.RASTER_IS_SERVICE: tr("The layer is not a raster file that the engine can read"),
        ErrorCode.RASTER_WITHOUT_CRS: tr("The raster has no coordinate reference system"),
        ErrorCode.RASTER_WITHOUT_GEOTRANSFORM: tr("The raster is not georeferenced"),
        ErrorCode.INPUT_UNTRUSTED: tr("The input refers to something that is not opened for security reasons"),
        ErrorCode.RASTER_SETTINGS: tr("The layer's settings cannot be passed to the engine"),
        ErrorCode.RASTER_READ_FAILED: tr("Reading the raster failed"),
        ErrorCode.INPUT_CHANGED: tr("An input file changed while it was being read"),
        ErrorCode.CRS_UNUSABLE: tr("A coordinate reference system cannot be used"),
        ErrorCode.SENSOR_GRIDS_DIFFER: tr("The sensor's rasters are on different grids"),
        ErrorCode.SENSOR_LAYOUT_UNCLEAR: tr("The layout of the sensor's rasters is unclear"),
        ErrorCode.SENSOR_NAMES_CLASH: tr("Two sensors have the same name"),
        ErrorCode.SENSOR_TWICE: tr("The same pixels are used more than once"),
        ErrorCode.BANDS_UNKNOWN: tr("The raster does not have these bands"),
        ErrorCode.BANDS_DIFFER: tr("The bands do not match"),
        ErrorCode.BANDS_EMPTY: tr("A band has no valid values at the labels"),
        ErrorCode.DATES_DIFFER: tr("The dates do not match"),
        ErrorCode.RESOLUTION_DIFFERS: tr("The pixel size differs from that of the training"),
        ErrorCode.PRODUCT_UNUSABLE: tr("The product cannot be used as it is"),
        ErrorCode.QUALITY_MASK_MISSING: tr("The quality mask is missing"),
        ErrorCode.QUALITY_MASK_UNCLEAR: tr("The assignment of quality masks to rasters is unclear"),
        ErrorCode.SEVERAL_SCENES: tr("There are several scenes, but one is needed"),
        ErrorCode.LABELS_UNREADABLE: tr("The labels cannot be used"),
        ErrorCode.LABELS_EMPTY: tr("There are no labels"),
        ErrorCode.LABELS_WITHOUT_CRS: tr("The labels have no coordinate reference system"),
        ErrorCode.LABEL_FIELD_MISSING: tr("The label layer does not have this field"),
        ErrorCode.LABEL_FIELD_UNSUITABLE: tr("The label field does not suit the task"),
        ErrorCode.LABEL_ONE_CLASS: tr("All labels are of one class"),
        ErrorCode.LABEL_SEVERAL_BANDS: tr("The label raster has several bands, and none is named"),
        ErrorCode.LABELS_OUTSIDE_SENSOR: tr("The labels are outside the sensor's rasters"),
        ErrorCode.UNITS_UNFIT: tr("The units do not match the task"),
        ErrorCode.TOO_FEW_SAMPLES: tr("There are too few samples"),
        ErrorCode.CONTEXT_TOO_LARGE: tr("The patch size is too large"),
        ErrorCode.EXTENT_OUTSIDE: tr("The extent is outside the raster"),
        ErrorCode.MASK_EMPTY: tr("The mask is empty"),
        ErrorCode.MASK_UNREADABLE: tr("The mask cannot be used"),
        ErrorCode.MAP_UNSUITABLE: tr("The class map cannot be assessed with these labels"),
        ErrorCode.TRAINING_DIVERGED: tr("The training diverged"),
        ErrorCode.MODEL_UNREADABLE: tr("The model cannot be read"),
        ErrorCode.MODEL_TOO_NEW: tr("The model was made by a newer CoLearn"),
        ErrorCode.MODEL_DAMAGED: tr("The model file is damaged"),
        ErrorCode.PRECISION_MISSING: tr("The model has no quantized (int8) network that runs here"),
        ErrorCode.MODEL_OTHER_SENSOR: tr("The model was not trained on this sensor"),
        ErrorCode.MODEL_EXPORT_DIFFERS: tr("The exported network differs from the trained one"),
        ErrorCode.OUTPUT_UNWRITABLE: tr("The output cannot be written"),
        ErrorCode.OUTPUT_IS_INPUT: tr("The output would overwrite an input"),
        ErrorCode.OUTPUT_BUSY: tr("Another run is writing the output"),
        ErrorCode.DISK_FULL: tr("The disk is full"),
        ErrorCode.DEVICE_MISSING: tr("The requested device is not available"),
        ErrorCode.OUT_OF_MEMORY: tr("There is not enough memory"),
        ErrorCode.CLUSTER_FAILED: tr("The cluster failed"),
        ErrorCode.DEPENDENCY_MISSING: tr("The engine's Python environment is not ready"),
        ErrorCode.ENGINE_DIED: tr("The engine ended unexpectedly"),
        ErrorCode.UNFORESEEN: tr("An unexpected error occurred in the engine"),
    }
