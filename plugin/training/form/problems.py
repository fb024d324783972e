"""The problems that a form can have, as data; ``words.py`` has the messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional


class Problem(str, Enum):
    """Kinds of problems."""

    # of a raster
    GONE = "gone"
    UNREADABLE = "unreadable"
    SERVICE = "service"
    HEADER_FAILED = "header_failed"
    REMOTE = "remote"
    NO_CRS = "no_crs"
    # of a sensor
    PIXEL_SIZES = "pixel_sizes"
    LAYOUT_UNCLEAR = "layout_unclear"
    BANDS_OF_SEVERAL_DATES = "bands_of_several_dates"
    BANDS_DIFFER = "bands_differ"
    GRIDS_DIFFER = "grids_differ"
    TWICE = "twice"
    NO_NAME = "no_name"
    NAME_TWICE = "name_twice"
    COVERS_NO_LABEL = "covers_no_label"
    IS_LABELS = "is_labels"
    IS_MAP = "is_map"  # made by CoLearn with a model
    APART = "apart"  # no overlap with the other sensors
    # of the form
    RASTERS_BEING_READ = "rasters_being_read"
    LABELS_BEING_READ = "labels_being_read"
    ONE_SENSOR = "one_sensor"
    NO_LABELS = "no_labels"
    LABELS_GONE = "labels_gone"
    LABELS_FAILED = "labels_failed"
    LABELS_WITHOUT_CRS = "labels_without_crs"
    NO_FIELD = "no_field"
    ONE_CLASS = "one_class"
    FEW_GROUPS = "few_groups"
    NO_MODEL_FILE = "no_model_file"
    MODEL_ENDING = "model_ending"
    MODEL_BUSY = "model_busy"
    MODEL_REPLACED = "model_replaced"


BEING_READ = frozenset({Problem.RASTERS_BEING_READ, Problem.LABELS_BEING_READ})
WARNINGS = frozenset({Problem.FEW_GROUPS, Problem.MODEL_REPLACED})


class Mend(str, Enum):
    """The fix that a button offers."""

    SPLIT_BY_PIXEL_SIZE = "split_by_pixel_size"
    SPLIT_BY_NAME = "split_by_name"
    DROP_TWICE = "drop_twice"
    REMOVE_UNUSABLE = "remove_unusable"
    REMOVE_LABELS = "remove_labels"
    REMOVE_MAPS = "remove_maps"
    RENAME = "rename"


class Page(Enum):
    """The page on which a problem is fixed."""

    SENSORS = 0
    LABELS = 1
    TRAINING = 2
    RUN = 3


@dataclass(frozen=True)
class Issue:
    """A problem found in the form. ``sensor`` is the index of its row; ``names`` are rasters, classes or sensors."""

    problem: Problem
    page: Page = Page.SENSORS
    sensor: Optional[int] = None
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    mend: Optional[Mend] = None

    @property
    def is_warning(self) -> bool:
        """Whether a training may start nevertheless."""
        return self.problem in WARNINGS
