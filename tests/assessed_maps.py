"""Maps assessed by labels."""

import numpy as np
from colearn.engine.contract.job.job import EvaluateJob, Task
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.evaluation.map_assessment import map_accuracy
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.labels.label_space import LabelSpace
from colearn.engine.samples.points.label_points import DrawOptions
from osgeo import ogr

from journeys import Listening, source
from layers import stands, write_layer
from world import GROUND_SCALE, NORTH, PIXEL_M, WEST

CLASSES = tuple(
    LabelClass(code, name, "#102030", name) for code, name in ((5, "bare"), (200, "crop"), (3, "wood"), (9, "bog"))
)


# Rows of the map, 40 pixels wide: 10 of bare, 20 of crop, 8 of wood, 2 of nodata.
MAP = np.repeat(np.array([5, 200, 3, 0], np.uint8), [10, 20, 8, 2])[:, np.newaxis].repeat(40, axis=1)


PIXEL_M2 = (PIXEL_M / GROUND_SCALE) ** 2


def point(row, col):
    return f"POINT ({WEST + (col + 0.5) * PIXEL_M} {NORTH - (row + 0.5) * PIXEL_M})"


def points(path, rows_and_kinds, **options):
    """Labels at (row of the map, kind), one beside the other."""
    features = [(point(row, at % 40), {"kind": kind}) for at, (row, kind) in enumerate(rows_and_kinds)]
    return stands(write_layer(path, features, kind=ogr.wkbPoint, **options))


def assess(class_map, labels, classes=CLASSES, nodata=-9999.0):
    sink = Listening()
    job = EvaluateJob("model.colearn", (RasterSource("unused.tif"),), labels)
    draw_options = DrawOptions(
        Task.CLASSIFICATION,
        50_000,
        0,
        1000,
        LabelSpace(Task.CLASSIFICATION, ("kind",), classes, nodata),
        as_they_are=True,
    )
    return map_accuracy(job, source(class_map), draw_options, Reporter(sink)), sink
