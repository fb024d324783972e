"""Labels that say different things of one pixel are counted, and the classes named."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.labels.label_space import LabelSpace
from colearn.engine.samples.points.contradictions import log_contradictions
from colearn.engine.samples.sample_set import Footprints, Lattice, SampleSet, SensorSamples

from journeys import Listening

SPACE = LabelSpace(
    Task.CLASSIFICATION, ("kind",), tuple(LabelClass(at + 1, name, "#000000") for at, name in enumerate("abcd")), 255
)


def logged(cols, target, pixels_m=(20.0, 10.0)) -> Listening:
    """Samples in columns of 10 m, seen by a coarse and a fine sensor."""
    sensors = []
    for name, pixel_m in zip(("coarse", "fine"), pixels_m, strict=True):
        grid = Lattice("EPSG:32633", (4e5, pixel_m, 0.0, 5.8e6, 0.0, -pixel_m), 10, 1000, pixel_m)
        pixel = np.column_stack([np.zeros(len(cols), np.int64), np.asarray(cols) * 10 // int(pixel_m)])
        footprints = Footprints((grid,), np.zeros(len(cols), np.int64), pixel, 1)
        values = np.zeros((len(cols), 1, 1, 1), np.float32)
        sensors.append(SensorSamples(name, SensorKind.IMAGE, values, footprints=footprints))
    sink, nowhere = Listening(), np.zeros(len(cols))
    present = np.ones((len(cols), 2), bool)
    samples = SampleSet(SPACE.task, tuple(sensors), present, np.asarray(target), np.arange(len(cols)), nowhere, nowhere)
    log_contradictions(samples, SPACE, Reporter(sink))
    return sink


def test_they_are_counted_and_the_classes_named() -> None:
    """Column 5 is a and b, columns 9 and 11 are c and d, column 7 is a twice."""
    sink = logged([5, 5, 7, 7, 9, 9, 11, 11], [0, 1, 0, 0, 2, 3, 3, 2])
    assert "3 pixels of fine with labels of different classes (c and d: 2, a and b: 1)" in sink.texts(Level.WARNING)


def test_mixtures_of_a_coarse_sensor_are_no_fault_of_the_labels() -> None:
    sink = logged([4, 5, 8], [0, 1, 1])
    assert sink.texts(Level.WARNING) == ""
    assert "1 pixel of coarse with labels of different classes (a and b: 1)" in sink.texts(Level.INFO)


@pytest.mark.parametrize("target", [[0, 0, 1], [2, 2, 2]])
def test_agreement_is_not_spoken_of(target) -> None:
    assert logged([4, 4, 8], target).texts() == ""
