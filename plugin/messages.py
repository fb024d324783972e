"""Error codes as sentences in the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ..engine.contract import CodecError, CoLearnError, ErrorCode, JobError, shown_text

_MOST_SUBJECT = 200  # characters


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("CoLearn", text)


def sentence(error: CoLearnError) -> str:
    """The error as lines of text: what is wrong and where, what was found and expected, what to do, and last the code.

    What was found is omitted if the headline already contains it.
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
    """A warning about a temporary output that the user would probably want to keep."""
    return tr("The {what} is a temporary file: it is deleted when QGIS closes. Choose a file to keep it.").format(
        what=what
    )


@contextmanager
def job_errors() -> Iterator[None]:
    """Turn errors about values that a job does not allow into errors that the user can act on."""
    try:
        yield
    except CodecError as error:
        raise job_error(error) from error


def job_error(error: CodecError) -> JobError:
    """A value that a job does not allow, as an error that the user can act on."""
    return JobError(
        ErrorCode.JOB_INVALID,
        subject=error.place,
        found=error.found,
        expected=error.expected,
        remedy=tr("Change this value."),
    )


def headline(code: ErrorCode) -> str:
    """The headline of an error; translated late, because the language is known only once QGIS runs."""
    return tr(_HEADLINES[code])


_HEADLINES: dict[ErrorCode, str] = {
    ErrorCode.JOB_INVALID: QT_TRANSLATE_NOOP("CoLearn", "A parameter is missing or has an invalid value"),
    ErrorCode.JOB_TOO_NEW: QT_TRANSLATE_NOOP("CoLearn", "The job was written by a newer CoLearn"),
    ErrorCode.RASTER_UNREADABLE: QT_TRANSLATE_NOOP("CoLearn", "The raster cannot be opened"),
    ErrorCode.RASTER_IS_SERVICE: QT_TRANSLATE_NOOP(
        "CoLearn", "The layer is not a raster file that the engine can read"
    ),
    ErrorCode.RASTER_WITHOUT_CRS: QT_TRANSLATE_NOOP("CoLearn", "The raster has no coordinate reference system"),
    ErrorCode.RASTER_WITHOUT_GEOTRANSFORM: QT_TRANSLATE_NOOP("CoLearn", "The raster is not georeferenced"),
    ErrorCode.INPUT_UNTRUSTED: QT_TRANSLATE_NOOP(
        "CoLearn", "The input refers to something that is not opened for security reasons"
    ),
    ErrorCode.RASTER_SETTINGS: QT_TRANSLATE_NOOP("CoLearn", "The layer's settings cannot be passed to the engine"),
    ErrorCode.RASTER_READ_FAILED: QT_TRANSLATE_NOOP("CoLearn", "Reading the raster failed"),
    ErrorCode.INPUT_CHANGED: QT_TRANSLATE_NOOP("CoLearn", "An input file changed while it was being read"),
    ErrorCode.CRS_UNUSABLE: QT_TRANSLATE_NOOP("CoLearn", "A coordinate reference system cannot be used"),
    ErrorCode.SENSOR_GRIDS_DIFFER: QT_TRANSLATE_NOOP("CoLearn", "The sensor's rasters are on different grids"),
    ErrorCode.SENSOR_LAYOUT_UNCLEAR: QT_TRANSLATE_NOOP("CoLearn", "The layout of the sensor's rasters is unclear"),
    ErrorCode.SENSOR_NAMES_CLASH: QT_TRANSLATE_NOOP("CoLearn", "Two sensors have the same name"),
    ErrorCode.SENSOR_TWICE: QT_TRANSLATE_NOOP("CoLearn", "The same pixels are used more than once"),
    ErrorCode.BANDS_UNKNOWN: QT_TRANSLATE_NOOP("CoLearn", "The raster does not have these bands"),
    ErrorCode.BANDS_DIFFER: QT_TRANSLATE_NOOP("CoLearn", "The bands do not match"),
    ErrorCode.BANDS_EMPTY: QT_TRANSLATE_NOOP("CoLearn", "A band has no valid values at the labels"),
    ErrorCode.DATES_DIFFER: QT_TRANSLATE_NOOP("CoLearn", "The dates do not match"),
    ErrorCode.RESOLUTION_DIFFERS: QT_TRANSLATE_NOOP("CoLearn", "The pixel size differs from that of the training"),
    ErrorCode.PRODUCT_UNUSABLE: QT_TRANSLATE_NOOP("CoLearn", "The product cannot be used as it is"),
    ErrorCode.QUALITY_MASK_MISSING: QT_TRANSLATE_NOOP("CoLearn", "The quality mask is missing"),
    ErrorCode.QUALITY_MASK_UNCLEAR: QT_TRANSLATE_NOOP(
        "CoLearn", "The assignment of quality masks to rasters is unclear"
    ),
    ErrorCode.SEVERAL_SCENES: QT_TRANSLATE_NOOP("CoLearn", "There are several scenes, but one is needed"),
    ErrorCode.LABELS_UNREADABLE: QT_TRANSLATE_NOOP("CoLearn", "The labels cannot be used"),
    ErrorCode.LABELS_EMPTY: QT_TRANSLATE_NOOP("CoLearn", "There are no labels"),
    ErrorCode.LABELS_WITHOUT_CRS: QT_TRANSLATE_NOOP("CoLearn", "The labels have no coordinate reference system"),
    ErrorCode.LABEL_FIELD_MISSING: QT_TRANSLATE_NOOP("CoLearn", "The label layer does not have this field"),
    ErrorCode.LABEL_FIELD_UNSUITABLE: QT_TRANSLATE_NOOP("CoLearn", "The label field does not suit the task"),
    ErrorCode.LABEL_ONE_CLASS: QT_TRANSLATE_NOOP("CoLearn", "All labels are of one class"),
    ErrorCode.LABEL_SEVERAL_BANDS: QT_TRANSLATE_NOOP(
        "CoLearn", "The label raster has several bands, and none is named"
    ),
    ErrorCode.LABELS_OUTSIDE_SENSOR: QT_TRANSLATE_NOOP("CoLearn", "The labels are outside the sensor's rasters"),
    ErrorCode.UNITS_UNFIT: QT_TRANSLATE_NOOP("CoLearn", "The units do not match the task"),
    ErrorCode.TOO_FEW_SAMPLES: QT_TRANSLATE_NOOP("CoLearn", "There are too few samples"),
    ErrorCode.CONTEXT_TOO_LARGE: QT_TRANSLATE_NOOP("CoLearn", "The patch size is too large"),
    ErrorCode.EXTENT_OUTSIDE: QT_TRANSLATE_NOOP("CoLearn", "The extent is outside the raster"),
    ErrorCode.MASK_EMPTY: QT_TRANSLATE_NOOP("CoLearn", "The mask is empty"),
    ErrorCode.MASK_UNREADABLE: QT_TRANSLATE_NOOP("CoLearn", "The mask cannot be used"),
    ErrorCode.MAP_UNSUITABLE: QT_TRANSLATE_NOOP("CoLearn", "The class map cannot be assessed with these labels"),
    ErrorCode.TRAINING_DIVERGED: QT_TRANSLATE_NOOP("CoLearn", "The training diverged"),
    ErrorCode.MODEL_UNREADABLE: QT_TRANSLATE_NOOP("CoLearn", "The model cannot be read"),
    ErrorCode.MODEL_TOO_NEW: QT_TRANSLATE_NOOP("CoLearn", "The model was made by a newer CoLearn"),
    ErrorCode.MODEL_DAMAGED: QT_TRANSLATE_NOOP("CoLearn", "The model file is damaged"),
    ErrorCode.PRECISION_MISSING: QT_TRANSLATE_NOOP(
        "CoLearn", "The model has no quantized (int8) network that runs here"
    ),
    ErrorCode.MODEL_OTHER_SENSOR: QT_TRANSLATE_NOOP("CoLearn", "The model was not trained on this sensor"),
    ErrorCode.MODEL_EXPORT_DIFFERS: QT_TRANSLATE_NOOP("CoLearn", "The exported network differs from the trained one"),
    ErrorCode.OUTPUT_UNWRITABLE: QT_TRANSLATE_NOOP("CoLearn", "The output cannot be written"),
    ErrorCode.OUTPUT_IS_INPUT: QT_TRANSLATE_NOOP("CoLearn", "The output would overwrite an input"),
    ErrorCode.OUTPUT_BUSY: QT_TRANSLATE_NOOP("CoLearn", "Another run is writing the output"),
    ErrorCode.DISK_FULL: QT_TRANSLATE_NOOP("CoLearn", "The disk is full"),
    ErrorCode.DEVICE_MISSING: QT_TRANSLATE_NOOP("CoLearn", "The requested device is not available"),
    ErrorCode.OUT_OF_MEMORY: QT_TRANSLATE_NOOP("CoLearn", "There is not enough memory"),
    ErrorCode.CLUSTER_FAILED: QT_TRANSLATE_NOOP("CoLearn", "The cluster failed"),
    ErrorCode.DEPENDENCY_MISSING: QT_TRANSLATE_NOOP("CoLearn", "The engine's Python environment is not ready"),
    ErrorCode.ENGINE_DIED: QT_TRANSLATE_NOOP("CoLearn", "The engine ended unexpectedly"),
    ErrorCode.UNFORESEEN: QT_TRANSLATE_NOOP("CoLearn", "An unexpected error occurred"),
}
