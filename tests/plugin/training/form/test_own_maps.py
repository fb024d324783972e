"""Maps by CoLearn among the sensors, as “Add all layers of the project” puts them there after the first map."""

from colearn.plugin.training.form.form import TrainingForm
from colearn.plugin.training.form.labels import LabelFacts, LabelForm
from colearn.plugin.training.form.mending import mended
from colearn.plugin.training.form.problems import Problem
from colearn.plugin.training.form.sensors.sensor_row import SensorRow
from colearn.plugin.training.form.verdict import Surroundings, verdict
from colearn.plugin.training.layers.header_reading import header_of
from osgeo import gdal

from .headers import TEN, TWENTY, header

ORIGIN = "cd8d", "ten"
MAP, CONFIDENCE = header("map", ("class",), origin=ORIGIN), header("confidence", ("probability",), origin=ORIGIN)
LABELS = LabelForm("/data/labels.tif", "labels", is_raster=True)
RASTER = LabelFacts(shape="raster")


def form_of(*sensors):
    return TrainingForm(sensors, labels=LABELS, output_model="/out/land.colearn")


def test_a_map_is_refused_as_a_sensor_and_taken_out():
    """It was learned from labels: test samples would be scored with their own answers among the inputs."""
    form = form_of(SensorRow("ten", TEN), SensorRow("map", (MAP,)), SensorRow("twenty", (*TWENTY, CONFIDENCE)))
    first, second = verdict(form, RASTER, Surroundings()).issues
    assert (first.problem, first.sensor, first.names) == (Problem.IS_MAP, 1, ("map",))
    assert (second.problem, second.sensor, second.names) == (Problem.IS_MAP, 2, ("confidence",))
    without = mended(mended(form, second), first)
    assert [(sensor.name, sensor.rasters) for sensor in without.sensors] == [("ten", TEN), ("twenty", TWENTY)]
    assert verdict(without, RASTER, Surroundings()).is_ready


def test_a_map_may_be_the_quality_mask_of_a_sensor():
    """A map of clouds is a usual mask."""
    form = form_of(SensorRow("ten", TEN, mask_rasters=(MAP,)), SensorRow("twenty", TWENTY))
    assert verdict(form, RASTER, Surroundings()).is_ready


def test_a_map_is_known_by_the_mark_in_its_file(raster_layer):
    layer = raster_layer("land.tif")
    assert not header_of(layer.id(), layer).is_map
    dataset = gdal.Open(layer.source(), gdal.GA_Update)
    dataset.SetMetadataItem("COLEARN_MODEL", "cd8d")
    dataset = None
    assert header_of(layer.id(), layer).is_map
