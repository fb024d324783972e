"""A label raster that was dragged in among the sensors."""

from dataclasses import replace

import pytest
from colearn.plugin.training.form.form import TrainingForm
from colearn.plugin.training.form.labels import LabelFacts, LabelForm
from colearn.plugin.training.form.mending import mended
from colearn.plugin.training.form.problems import Problem
from colearn.plugin.training.form.sensors.sensor_row import SensorRow
from colearn.plugin.training.form.verdict import Surroundings, verdict

from .headers import TEN, TWENTY, header

LULC = header("lulc", ("lulc",))
SENSORS = (SensorRow("ten", TEN), SensorRow("twenty", TWENTY), SensorRow("lulc", (LULC,)))
FORM = TrainingForm(SENSORS, output_model="/out/land.colearn")
RASTER = LabelFacts(shape="raster")


@pytest.mark.parametrize("key", [LULC.key, LULC.source])
def test_it_is_refused_and_taken_out_of_the_sensors(key):
    """The engine would refuse it, but only when the training starts."""
    form = replace(FORM, labels=LabelForm(key, "lulc", is_raster=True))
    (issue,) = verdict(form, RASTER, Surroundings()).issues
    assert (issue.problem, issue.sensor, issue.names) == (Problem.IS_LABELS, 2, ("lulc",))
    without = mended(form, issue)
    assert [sensor.name for sensor in without.sensors] == ["ten", "twenty"]
    assert verdict(without, RASTER, Surroundings()).is_ready


def test_another_raster_of_labels_is_none_of_the_sensors():
    form = replace(FORM, labels=LabelForm("/data/other.tif", "other", is_raster=True))
    assert verdict(form, RASTER, Surroundings()).is_ready
