"""Rasters whose values are none that the model was trained on, or none at all."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Extent, VectorSource
from colearn.engine.contract.wire.events import Level
from osgeo import gdal

from journeys import predict_job, read, run_predict
from layers import square, write_layer
from world import CAMERA_BANDS, NORTH, WEST, write_raster


class TestValues:
    @pytest.fixture
    def warnings(self, small_model, tmp_path):
        def of(values, change=lambda dataset: None, **changes):
            path = write_raster(tmp_path / "other.tif", values, nodata=0, names=CAMERA_BANDS)
            dataset = gdal.Open(str(path), gdal.GA_Update)
            change(dataset)
            del dataset
            _, sink = run_predict(predict_job(small_model, path, tmp_path / "map.tif", **changes))
            return sink.texts(Level.WARNING)

        return of

    def test_reflectance_from_0_to_1_names_bands_ranges_and_the_factor(self, warnings, world, tmp_path) -> None:
        logged = warnings((read(world.camera) / 10000).astype(np.float32))
        assert "far outside the range that camera was trained on" in logged
        assert "multiply by 10000" in logged
        assert all(f"{band} 0.0" in logged for band in CAMERA_BANDS)
        assert "(trained on 1 to " in logged
        assert "declares" not in logged
        assert (read(tmp_path / "map.tif") != 255).any()

    def test_a_scale_the_file_declares_is_mentioned(self, warnings, world) -> None:
        def declare(dataset):
            for number in range(1, 5):
                dataset.GetRasterBand(number).SetScale(10000)

        logged = warnings((read(world.camera) / 10000).astype(np.float32), declare)
        assert "apply the scale and offset that the file declares" in logged
        assert "The file declares the scale 10000 and the offset 0; CoLearn uses the stored values" in logged

    def test_a_scale_on_similar_values_is_not_logged(self, warnings, world) -> None:
        logged = warnings(read(world.camera), lambda dataset: dataset.GetRasterBand(1).SetScale(0.0001))
        assert "far outside" not in logged

    @pytest.mark.parametrize("light", [0.6, 1.0, 1.5])
    def test_other_illumination_is_not_logged(self, warnings, world, light) -> None:
        assert "far outside" not in warnings((read(world.camera) * light).astype(np.uint16))

    def test_only_the_mask_and_the_extent_are_looked_at(self, warnings, world, tmp_path) -> None:
        values = read(world.camera)
        values[:, :60] //= 5000  # the northern half is another unit
        values[:, :60] += 1
        mask = VectorSource(str(write_layer(tmp_path / "south.gpkg", [(square(0, 60, 60), {})])), "", "south")
        assert "far outside" not in warnings(values, mask=mask)
        extent = Extent(WEST, NORTH - 1200, WEST + 1200, NORTH - 600, "EPSG:32633")
        assert "far outside" not in warnings(values, extent=extent)
        north = Extent(WEST, NORTH - 600, WEST + 1200, NORTH, "EPSG:32633")
        assert "far outside" in warnings(values, extent=north)
