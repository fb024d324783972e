"""Maps and labels that do not fit one another."""

import numpy as np
import pytest
from colearn.engine.contract.wire.errors import ErrorCode, InputError

from assessed_maps import MAP, assess, points
from world import write_raster


def refused(class_map, labels):
    with pytest.raises(InputError) as caught:
        assess(class_map, labels)
    assert caught.value.code is ErrorCode.MAP_UNSUITABLE
    return caught.value.sentence()


class TestRefusals:
    def test_codes_the_model_does_not_know(self, class_map, sampled):
        message = refused(write_raster(class_map, np.where(MAP == 5, 77, MAP)[np.newaxis], nodata=0), sampled)
        assert "map: found the value 77" in message
        assert "5 (bare), 200 (crop)" in message

    def test_nodata_that_is_not_declared_reads_as_an_unknown_code(self, class_map, sampled):
        message = refused(write_raster(class_map, MAP[np.newaxis]), sampled)
        assert "the value 0" in message
        assert "declare them as nodata" in message

    def test_a_raster_of_measurements(self, class_map, sampled):
        heights = np.random.default_rng(0).normal(5, 2, (1, 40, 40)).astype(np.float32)
        assert "and 1590 more" in refused(write_raster(class_map, heights), sampled)

    def test_several_bands(self, class_map, sampled):
        message = refused(write_raster(class_map, np.stack([MAP, MAP]), nodata=0), sampled)
        assert "found 2 bands (1, 2)" in message
        assert "MAP_BAND" in message

    def test_nothing_but_nodata(self, class_map, sampled):
        assert "nodata in every pixel" in refused(write_raster(class_map, MAP[np.newaxis] * 0, nodata=0), sampled)

    def test_no_label_on_a_class_of_the_map(self, class_map, tmp_path):
        message = refused(class_map, points(tmp_path / "p.gpkg", [(38, "bare"), (39, "crop")]))
        assert "nodata of the map at all 2 labelled locations" in message

    def test_labels_of_another_area(self, class_map, tmp_path):
        message = refused(class_map, points(tmp_path / "p.gpkg", [(5000, "bare"), (5001, "crop")]))
        assert "my stands and map" in message
        assert "the labels are at" in message
        assert "leave MAP empty" in message

    def test_a_map_without_a_crs(self, class_map, sampled):
        write_raster(class_map, MAP[np.newaxis], nodata=0, epsg=None)
        with pytest.raises(InputError) as caught:
            assess(class_map, sampled)
        assert caught.value.code is ErrorCode.RASTER_WITHOUT_CRS
