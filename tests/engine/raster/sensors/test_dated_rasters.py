"""One raster a date: dates in names of bands, layers and files."""

from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.sensors.open import open_sensor

from opened_sensors import EAST, first_pixel, planes, spec


def test_rasters_of_one_area_with_dates_in_their_names_are_a_sorted_series(make_raster):
    days = ("20200301", "20200101", "20200201")
    sources = [make_raster(f"S2_{day}.tif", planes(at, at + 10), bands=("red", "nir")) for at, day in enumerate(days)]
    opened = open_sensor(spec(*sources))
    assert (opened.layout, opened.kind, opened.bands) == (Layout.DATES, SensorKind.SERIES, ("red", "nir"))
    assert opened.dates == ("2020-01-01", "2020-02-01", "2020-03-01")
    assert first_pixel(opened) == [[1, 11], [2, 12], [0, 10]]


def test_band_names_tell_dates_before_layers_and_layers_before_files(make_raster):
    by_band = [make_raster(f"a_2019010{n}.tif", planes(n), bands=(f"ndvi_2021-0{n}",)) for n in (1, 2)]
    assert open_sensor(spec(*by_band)).dates == ("2021-01", "2021-02")
    by_layer = [make_raster(f"b_2019010{n}.tif", planes(n), layer=f"x 2020-0{n}") for n in (1, 2)]
    assert open_sensor(spec(*by_layer)).dates == ("2020-01", "2020-02")


def test_dates_without_names_are_used_in_order_with_a_note(make_raster):
    sources = [make_raster(f"{name}.tif", planes(at)) for at, name in enumerate(("spring", "summer"))]
    opened = open_sensor(spec(*sources, layout=Layout.DATES))
    assert (opened.dates, opened.dates_known, first_pixel(opened)) == (("1", "2"), False, [[0], [1]])
    assert "spring.tif, summer.tif" in opened.notes[-1]


def test_the_same_date_twice_is_an_error(make_raster, error_of):
    sources = [make_raster(f"S2_20200101_{part}.tif", planes(1)) for part in "ab"]
    error = error_of(open_sensor, spec(*sources, layout=Layout.DATES))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "S2_20200101_a.tif and S2_20200101_b.tif" in error.found


def test_a_date_of_two_files_names_both_without_being_reported_the_layout(make_raster, error_of):
    names = ("S2_20200101_old.tif", "S2_20200101_new.tif", "S2_20200201.tif")
    sources = [make_raster(name, planes(1, 2), bands=("red", "nir")) for name in names]
    error = error_of(open_sensor, spec(*sources))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "two rasters of 2020-01-01: S2_20200101_old.tif and S2_20200101_new.tif" in error.found


def test_a_repeated_date_in_a_stack_names_both_bands(make_raster, error_of):
    """Two granules of one day, as Earth Engine writes them: the second timestamp is no part of the band."""
    names = [
        f"{granule}_T33UUU_B04" for granule in ("20200101T101021_20200101T101522", "20200101T101021_20200101T1018")
    ]
    source = make_raster(array=planes(1, 2, 3), bands=(*names, "20200111T101021_20200111T101522_T33UUU_B04"))
    error = error_of(open_sensor, spec(source))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert f"two bands T33UUU_B04 of 2020-01-01: band 1 ({names[0]}) and band 2 ({names[1]})" in error.found


def test_bands_with_two_timestamps_are_one_band_on_many_dates(make_raster):
    days = ("20200101T101021_20200101T101522", "20200111T101029_20200111T101519")
    names = [f"{day}_T33UUU_{band}" for day in days for band in ("B04", "B08")]
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4), bands=names)))
    assert (opened.bands, opened.dates) == (("T33UUU_B04", "T33UUU_B08"), ("2020-01-01", "2020-01-11"))
    assert (first_pixel(opened), opened.notes) == ([[1, 2], [3, 4]], ())


def test_files_with_two_dates_are_of_the_first_one_and_unknown_products_are_reported(make_raster):
    def dated(name):
        days = ("20200101_20200823", "20200117_20200822")
        return open_sensor(spec(*(make_raster(f"{name}_{day}.tif", planes(at)) for at, day in enumerate(days))))

    landsat, composite = dated("LC08_L2SP_193024"), dated("NDVI")
    assert landsat.dates == composite.dates == ("2020-01-01", "2020-01-17")
    assert not any("acquisition" in note for note in landsat.notes)
    (note,) = (note for note in composite.notes if "acquisition" in note)
    assert (
        "NDVI_20200101_20200823 contains several dates; the first, 2020-01-01," in note
        and "1 more" in note
        and "2020-08-23" in note
    )


def test_dates_match_their_bands_by_name(make_raster, error_of):
    one = make_raster("S2_20200101.tif", planes(1, 2), bands=("red", "nir"))
    other = make_raster("S2_20200201.tif", planes(3, 4), bands=("nir", "red"))
    strange = make_raster("S2_20200301.tif", planes(5, 6), bands=("nir", "swir"))
    assert first_pixel(open_sensor(spec(one, other, layout=Layout.DATES))) == [[1, 2], [4, 3]]
    assert error_of(open_sensor, spec(one, strange, layout=Layout.DATES)).code is ErrorCode.BANDS_DIFFER


def test_dates_on_unequal_grids_are_an_error(make_raster, error_of):
    one = make_raster("S2_20200101.tif", planes(1))
    other = make_raster("S2_20200201.tif", planes(3), transform=EAST)
    assert error_of(open_sensor, spec(one, other, layout=Layout.DATES)).code is ErrorCode.SENSOR_GRIDS_DIFFER


def test_rasters_on_one_grid_that_nothing_tells_apart_are_unclear(make_raster, error_of):
    sources = [make_raster(f"{name}.tif", planes(1, 2), bands=("red", "nir")) for name in ("old", "new")]
    error = error_of(open_sensor, spec(*sources))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert ("red, nir" in error.found, "SENSOR_X_LAYOUT" in error.remedy) == (True, True)


def test_bands_of_different_days_are_unclear(make_raster, error_of):
    """B02 of one day and B03 of another must not become a series of one band."""
    sources = [make_raster(f"T33_{name}.tif", planes(1)) for name in ("20200101_B02", "20200201_B03")]
    error = error_of(open_sensor, spec(*sources))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "B02, B03" in error.found


def test_numbers_at_the_end_of_dated_files_do_not_hinder_a_series(make_raster):
    names = ("MOD13Q1.A2020001.h18v03.2020018000000", "MOD13Q1.A2020017.h18v03.2020034111111")
    opened = open_sensor(spec(*(make_raster(f"{name}.tif", planes(1)) for name in names)))
    assert opened.dates == ("2020-01-01", "2020-01-17")


def test_a_band_number_never_chooses_among_scenes(make_raster):
    west = make_raster("plot_1.tif", planes(1, 2)[:1])
    east = make_raster("plot_2.tif", planes(3, 4)[:1], transform=EAST)
    assert len(open_sensor(spec(west, east, bands=("1",))).scenes) == 2
