"""All errors of CoLearn, as exceptions and as data exchanged between processes.

    CoLearnError
    ├── JobError       the job file is malformed: unknown key, unknown choice, missing value
    ├── InputError     rasters, labels, extents, masks: the user's inputs
    ├── ModelError     a model file that is invalid, too new, damaged, or for another sensor
    ├── OutputError    an output that cannot be written
    ├── DeviceError    a missing GPU, insufficient memory
    └── EngineError    the engine itself: it died, or an unexpected error occurred

Each states what was found, what was expected and what to do. Exceptions of GDAL, torch and ONNX Runtime
are each converted to these in one place.
"""

from __future__ import annotations

import errno
from enum import Enum


class ErrorCode(str, Enum):
    """Stable names of the errors; the plugin translates them, scripts may match on them."""

    JOB_INVALID = "job_invalid"
    JOB_TOO_NEW = "job_too_new"

    RASTER_UNREADABLE = "raster_unreadable"
    RASTER_IS_SERVICE = "raster_is_service"
    RASTER_WITHOUT_CRS = "raster_without_crs"
    RASTER_WITHOUT_GEOTRANSFORM = "raster_without_geotransform"
    INPUT_UNTRUSTED = "input_untrusted"  # it refers to something that is not a file, or to another machine
    RASTER_SETTINGS = "raster_settings"  # made in QGIS, not stored in any file
    RASTER_READ_FAILED = "raster_read_failed"
    INPUT_CHANGED = "input_changed"  # while it was read
    CRS_UNUSABLE = "crs_unusable"
    SENSOR_GRIDS_DIFFER = "sensor_grids_differ"
    SENSOR_LAYOUT_UNCLEAR = "sensor_layout_unclear"
    SENSOR_NAMES_CLASH = "sensor_names_clash"
    SENSOR_TWICE = "sensor_twice"
    BANDS_UNKNOWN = "bands_unknown"
    BANDS_DIFFER = "bands_differ"
    BANDS_EMPTY = "bands_empty"
    DATES_DIFFER = "dates_differ"
    RESOLUTION_DIFFERS = "resolution_differs"
    SEVERAL_SCENES = "several_scenes"
    PRODUCT_UNUSABLE = "product_unusable"
    QUALITY_MASK_MISSING = "quality_mask_missing"  # its band or its raster
    QUALITY_MASK_UNCLEAR = "quality_mask_unclear"  # ambiguous assignment of several masks

    LABELS_UNREADABLE = "labels_unreadable"
    LABELS_EMPTY = "labels_empty"
    LABELS_WITHOUT_CRS = "labels_without_crs"
    LABEL_FIELD_MISSING = "label_field_missing"
    LABEL_FIELD_UNSUITABLE = "label_field_unsuitable"
    LABEL_ONE_CLASS = "label_one_class"
    LABEL_SEVERAL_BANDS = "label_several_bands"  # in a label raster, none specified
    LABELS_OUTSIDE_SENSOR = "labels_outside_sensor"
    UNITS_UNFIT = "units_unfit"  # of targets
    TOO_FEW_SAMPLES = "too_few_samples"
    CONTEXT_TOO_LARGE = "context_too_large"

    EXTENT_OUTSIDE = "extent_outside"
    MASK_EMPTY = "mask_empty"
    MASK_UNREADABLE = "mask_unreadable"
    MAP_UNSUITABLE = "map_unsuitable"  # for accuracy assessment with labels

    MODEL_UNREADABLE = "model_unreadable"
    MODEL_TOO_NEW = "model_too_new"
    MODEL_DAMAGED = "model_damaged"
    MODEL_OTHER_SENSOR = "model_other_sensor"
    MODEL_EXPORT_DIFFERS = "model_export_differs"
    PRECISION_MISSING = "precision_missing"  # int8 requested but not available in the model or on the device
    TRAINING_DIVERGED = "training_diverged"

    OUTPUT_UNWRITABLE = "output_unwritable"
    OUTPUT_IS_INPUT = "output_is_input"
    OUTPUT_BUSY = "output_busy"  # another run is writing it
    DISK_FULL = "disk_full"

    DEVICE_MISSING = "device_missing"
    OUT_OF_MEMORY = "out_of_memory"

    CLUSTER_FAILED = "cluster_failed"  # of Dask
    DEPENDENCY_MISSING = "dependency_missing"
    ENGINE_DIED = "engine_died"
    UNFORESEEN = "unforeseen"


class CoLearnError(Exception):
    """A failure in full.

    Args:
        code: stable name of the error.
        subject: the object concerned, as the user knows it (a layer's name, a file, a field); may be empty.
        found: what was found.
        expected: what was expected.
        remedy: what to do about it.
        details: further lines for the log (a traceback, the engine's last output).
    """

    def __init__(
        self, code: ErrorCode, *, found: str, expected: str, remedy: str, subject: str = "", details: str = ""
    ) -> None:
        self.code = code
        self.subject = subject
        self.found = found
        self.expected = expected
        self.remedy = remedy
        self.details = details
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The error as one readable paragraph."""
        subject = f"{self.subject}: " if self.subject else ""
        return f"{subject}found {self.found}; expected {self.expected}. What to do: {self.remedy} [{self.code.value}]"


class JobError(CoLearnError):
    """The job file is malformed."""


class InputError(CoLearnError):
    """A raster, the labels, the extent or the mask cannot be used."""


class ModelError(CoLearnError):
    """The model file cannot be used."""


class OutputError(CoLearnError):
    """An output cannot be written."""


class DeviceError(CoLearnError):
    """The requested device does not exist or is too small."""


class EngineError(CoLearnError):
    """The engine died, or an unexpected error occurred."""


def disk_is_full(error: BaseException) -> bool:
    """Whether the error means that a disk is full, or a quota or file size limit is reached."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
