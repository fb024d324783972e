"""A map that CoLearn made from labels is not silently a sensor of the next training."""

import numpy as np
from colearn.engine.contract.job.sources import Layout, RasterLabels, RasterSource, SensorSpec
from colearn.engine.contract.wire.events import Level
from colearn.engine.input_checks.sensors import open_sensors
from colearn.engine.process import Reporter
from osgeo import gdal

from journeys import Listening
from world import write_raster


def warnings(tmp_path, *files):
    """What is warned of when these files are a sensor."""
    sink = Listening()
    labels = RasterLabels((RasterSource(str(write_raster(tmp_path / "labels.tif", np.ones((1, 8, 8), "uint8")))),))
    camera = SensorSpec("camera", tuple(RasterSource(str(file), file.stem) for file in files), Layout.BANDS)
    open_sensors((camera,), labels, Reporter(sink))
    return sink.texts(Level.WARNING)


def test_a_map_among_the_rasters_of_a_sensor_is_named(tmp_path) -> None:
    image = write_raster(tmp_path / "image.tif", np.ones((2, 8, 8), "float32"), names=("red", "nir"))
    confidence = write_raster(tmp_path / "confidence.tif", np.ones((1, 8, 8), "float32"), names=("sure",))
    assert "made by CoLearn" not in warnings(tmp_path, image, confidence)
    gdal.Open(str(confidence), gdal.GA_Update).SetMetadataItem("COLEARN_MODEL", "0" * 64)
    assert "camera: made by CoLearn from labels: confidence. If these were the labels of this training" in warnings(
        tmp_path, image, confidence
    )
