"""Rasters of different places are scenes of one sensor."""

from colearn.engine.contract.job.sources import Layout, RasterSource
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.sensors.open import open_sensor

from opened_sensors import COARSE, EAST, first_pixel, planes, spec


def test_rasters_of_different_areas_are_scenes(make_raster):
    west = make_raster("west.tif", planes(1, 2), bands=("red", "nir"))
    east = make_raster("east.tif", planes(3, 4), bands=("nir", "red"), transform=EAST)
    opened = open_sensor(spec(west, east))
    assert (opened.layout, len(opened.scenes), opened.scenes[1].name) == (Layout.SCENES, 2, "east.tif")
    assert first_pixel(opened, 1) == [4, 3]  # matched by name


def test_scenes_in_different_crs_are_scenes(make_raster):
    sources = [
        make_raster(f"{crs[5:]}.tif", planes(1), bands=("chm",), crs=crs) for crs in ("EPSG:32632", "EPSG:32633")
    ]
    assert len(open_sensor(spec(*sources)).scenes) == 2


def test_scenes_with_other_bands_are_an_error_that_names_both_lists(make_raster, error_of):
    west = make_raster("west.tif", planes(1, 2), bands=("red", "nir"))
    east = make_raster("east.tif", planes(3, 4), bands=("red", "swir"), transform=EAST)
    error = error_of(open_sensor, spec(west, east, layout=Layout.SCENES))
    assert error.code is ErrorCode.BANDS_DIFFER
    assert (error.subject, "red, swir" in error.found, "red, nir" in error.expected) == ("east.tif", True, True)
    assert error_of(open_sensor, spec(west, east)).code is ErrorCode.SENSOR_LAYOUT_UNCLEAR


def test_named_scenes_beside_unnamed_ones_are_an_error(make_raster, error_of):
    west = make_raster("west.tif", planes(1, 2), bands=("red", "nir"))
    east = make_raster("east.tif", planes(3, 4), transform=EAST)
    assert error_of(open_sensor, spec(west, east, layout=Layout.SCENES)).code is ErrorCode.BANDS_DIFFER


def test_bands_chosen_by_number_need_not_be_called_alike(make_raster):
    west = make_raster("west.tif", planes(1), bands=("crops west",))
    east = make_raster("east.tif", planes(3), bands=("crops east",), transform=EAST)
    opened = open_sensor(spec(west, east, layout=Layout.SCENES, bands=("1",)))
    assert first_pixel(opened, 1) == [3]


def test_a_band_that_is_called_like_its_file_has_no_name(make_raster):
    """R names the layer of a single-band raster after its file."""
    west = make_raster("west.tif", planes(1), bands=("west",))
    east = make_raster("east.tif", planes(3), bands=("east",), transform=EAST)
    assert open_sensor(spec(west, east)).bands == ("1",)


def test_many_stacks_are_one_series_of_many_scenes(make_raster):
    names = ("VV_2020-12", "VV_2021-02")
    west = make_raster("west.tif", planes(1, 2), bands=names)
    east = make_raster("east.tif", planes(4, 3), bands=names[::-1], transform=EAST)
    opened = open_sensor(spec(west, east))
    assert (opened.kind, opened.layout, len(opened.scenes)) == (SensorKind.SERIES, Layout.SCENES, 2)
    assert first_pixel(opened, 1) == [[3], [4]]


def test_stacks_of_other_dates_are_an_error_that_names_both(make_raster, error_of):
    west = make_raster("west.tif", planes(1, 2), bands=("VV_2020-12", "VV_2021-02"))
    east = make_raster("east.tif", planes(1, 2), bands=("VV_2020-12", "VV_2021-03"), transform=EAST)
    error = error_of(open_sensor, spec(west, east))
    assert error.code is ErrorCode.DATES_DIFFER
    assert ("2021-03" in error.found, "2021-02" in error.expected) == (True, True)


def test_pixels_of_other_sizes_are_no_scenes(make_raster, error_of):
    """The 10 m and 20 m bands of one Sentinel-2 scene must not pass for scenes of a one-band camera."""
    fine = make_raster("T33_B02.tif", planes(1))
    coarse = make_raster("T33_B05.tif", planes(1), transform=COARSE)
    error = error_of(open_sensor, spec(fine, coarse))
    assert error.code is ErrorCode.SENSOR_GRIDS_DIFFER
    assert error.found == "pixels of 10 m (T33_B02.tif) and pixels of 20 m (T33_B05.tif)"
    assert error.remedy.startswith("Put the 20 m rasters into a separate sensor")


def test_rasters_of_three_pixel_sizes_are_listed_by_size_whatever_their_order(make_raster, error_of):
    pixels = {"B05": 20.0, "B01": 60.0, "B02": 10.0, "B11": 20.0}
    files = [
        make_raster(f"T33_{name}.tif", planes(1), transform=(500000.0, size, 0.0, 5800000.0, 0.0, -size))
        for name, size in pixels.items()
    ]
    for layout in (Layout.AUTO, Layout.BANDS):
        error = error_of(open_sensor, spec(*files, layout=layout))
        assert error.found == (
            "pixels of 10 m (T33_B02.tif) and pixels of 20 m (T33_B05.tif, T33_B11.tif) "
            "and pixels of 60 m (T33_B01.tif)"
        )


def test_a_raster_given_twice_is_unclear(make_raster, error_of):
    source = make_raster("a.tif")
    for layout in Layout:
        error = error_of(open_sensor, spec(source, RasterSource(source.path, "again"), layout=layout))
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "twice" in error.found
