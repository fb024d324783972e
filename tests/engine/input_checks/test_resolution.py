"""Pixels of another size than trained, also where scenes of several sizes were trained on."""

from dataclasses import replace

import pytest
from colearn.engine.contract.wire.errors import CoLearnError
from colearn.engine.input_checks.resolution import log_resolution, require_resolution
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.geo.grid import Grid

from journeys import Listening
from world import EPSG, NORTH, WEST


def grid(pixel_m):
    return Grid(f"EPSG:{EPSG}", (WEST, pixel_m, 0, NORTH, 0, -pixel_m), 10, 10)


@pytest.fixture
def logged(small_model):
    """What is logged of pixels of a size, by a sensor trained on pixels of 10 m, or of 10 to 20 m."""
    from colearn.engine.model_file.archive import ModelFile

    camera = ModelFile.open(str(small_model)).manifest.sensor("camera")

    def say(pixel_m, pixel_range_m):
        sink = Listening()
        log_resolution(replace(camera, pixel_range_m=pixel_range_m), [grid(pixel_m)], Reporter(sink))
        return sink.texts()

    def refuse(pixel_m, pixel_range_m):
        with pytest.raises(CoLearnError) as caught:
            require_resolution(replace(camera, pixel_range_m=pixel_range_m), [grid(pixel_m)], False)
        return caught.value.expected

    say.refuse = refuse
    say.camera = camera
    return say


def test_a_model_remembers_the_sizes_of_all_its_scenes(logged):
    assert logged.camera.pixel_range_m == pytest.approx((10.0, 10.0), rel=0.01)


@pytest.mark.parametrize("pixel_m", [5.2, 10, 15, 20, 38])
def test_between_the_trained_sizes_and_near_them_nothing_is_reported(logged, pixel_m):
    assert logged(pixel_m, (10.0, 20.0)) == ""


def test_beyond_them_the_nearest_counts(logged):
    assert "The pixel size is 60 m, 3 times larger than the 10 to 20 m that camera" in logged(60, (10.0, 20.0))
    assert "The pixel size is 4 m, 2.5 times smaller than the 10 to 20 m that camera" in logged(4, (10.0, 20.0))
    assert "4 times larger than the 10 m that camera" in logged(40, None)  # an older model


def test_four_times_beyond_them_is_refused_with_the_range(logged):
    assert "about the 10 to 20 m that camera was trained on, 2.5 to 80 m" in logged.refuse(85, (10.0, 20.0))
    assert "about the 10 m that camera was trained on, 2.5 to 40 m" in logged.refuse(45, None)
