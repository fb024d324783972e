"""How the rasters of one sensor belong together, bands and dates matched."""

import zipfile

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, RasterSource, SensorSpec
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal, osr
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.sensors.open import open_sensor

EAST = (600000.0, 10.0, 0.0, 5800000.0, 0.0, -10.0)
COARSE = (500000.0, 20.0, 0.0, 5800000.0, 0.0, -20.0)


def spec(*sources, layout=Layout.AUTO, bands=(), dates=None):
    return SensorSpec("camera", sources, layout, bands, dates)


def planes(*values):
    """One constant plane for each value."""
    return np.array([np.full((4, 6), value, np.uint8) for value in values])


def first_pixel(opened, scene=0):
    return opened.scenes[scene].read(Window(0, 0, 1, 1))[..., 0, 0].tolist()


# One raster


def test_one_raster_is_one_scene(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2), bands=("red", "nir"))))
    assert (opened.kind, opened.layout, opened.bands, opened.bands_named) == (
        SensorKind.IMAGE,
        Layout.SCENES,
        ("red", "nir"),
        True,
    )
    assert (opened.dates, opened.dtype, opened.notes) == ((), "uint8", ())


def test_bands_without_names_are_numbered_and_reported(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2))))
    assert (opened.bands, opened.bands_named) == (("1", "2"), False)
    assert "order" in opened.notes[0]


def test_names_that_repeat_are_no_names(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3), bands=("refl", "refl", "x"))))
    assert (opened.bands, opened.bands_named) == (("1", "2", "3"), False)
    assert "refl" in opened.notes[0]


def test_bands_that_are_called_by_their_number_have_no_names(make_raster):
    assert not open_sensor(spec(make_raster(array=planes(1, 2), bands=("Band 1", "Band 2")))).bands_named


def test_wavelengths_in_the_metadata_are_names(make_raster):
    source = make_raster(array=planes(1, 2))
    dataset = gdal.Open(source.path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetMetadataItem("wavelength", "0.4182")
    dataset.GetRasterBand(1).SetMetadataItem("wavelength_units", "Micrometers")
    dataset.GetRasterBand(2).SetMetadataItem("CENTRAL_WAVELENGTH_UM", "0.665", "IMAGERY")
    dataset = None
    assert open_sensor(spec(source)).bands == ("418.2 nm", "665.0 nm")


def test_a_date_that_all_bands_share_is_no_part_of_their_names(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2), bands=("B02_20200101", "B03_20200101"))))
    assert (opened.bands, opened.kind) == (("B02", "B03"), SensorKind.IMAGE)


def test_bands_are_chosen_by_name_or_number_and_a_name_wins(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("3", "red", "1"))
    opened = open_sensor(spec(source, bands=("1", "red")))
    assert (opened.bands, first_pixel(opened)) == (("1", "red"), [3, 2])
    assert first_pixel(open_sensor(spec(source, bands=("2",)))) == [2]


@pytest.mark.parametrize("bands", [("green",), ("0",), ("4",), ("red", "1")])
def test_bands_that_are_not_there_or_twice_are_an_error_with_those_there_are(make_raster, error_of, bands):
    source = make_raster(array=planes(1, 2, 3), bands=("red", "nir", "swir"))
    error = error_of(open_sensor, spec(source, bands=bands))
    assert error.code is ErrorCode.BANDS_UNKNOWN
    assert "red, nir, swir" in error.expected


# Stacks


def test_dates_in_band_names_make_a_sorted_series(make_raster):
    names = ("VV_2021-02", "VH_2021-02", "VV_2020-12", "VH_2020-12")
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4), bands=names)))
    assert (opened.kind, opened.layout) == (SensorKind.SERIES, Layout.STACK)
    assert (opened.bands, opened.dates, opened.dates_known) == (("VV", "VH"), ("2020-12", "2021-02"), True)
    assert first_pixel(opened) == [[3, 4], [1, 2]]


def test_a_stacks_band_is_chosen_without_its_date(make_raster):
    names = ("VV_2020-12", "VH_2020-12", "VV_2021-02", "VH_2021-02")
    source = make_raster(array=planes(1, 2, 3, 4), bands=names)
    assert first_pixel(open_sensor(spec(source, bands=("VH",)))) == [[2], [4]]
    assert first_pixel(open_sensor(spec(source, bands=("2", "1")))) == [[2, 1], [4, 3]]


def test_a_stack_of_one_band_has_dates_for_names(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2), bands=("2020-01-05", "2020-01-15"))))
    assert (opened.bands, opened.dates, opened.notes) == (("1",), ("2020-01-05", "2020-01-15"), ())


def test_an_unnamed_stack_is_read_date_by_date(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4, 5, 6)), dates=3))
    assert (opened.dates, opened.dates_known, opened.layout) == (("1", "2", "3"), False, Layout.STACK)
    assert first_pixel(opened) == [[1, 2], [3, 4], [5, 6]]
    assert any("order" in note for note in opened.notes)


def test_names_that_repeat_on_every_date_are_the_bands(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4), bands=("VV", "VH") * 2), dates=2))
    assert (opened.bands, opened.bands_named) == (("VV", "VH"), True)


def test_a_number_of_dates_that_does_not_divide_the_bands_is_an_error(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster(array=planes(1, 2, 3, 4)), dates=3))
    assert error.code is ErrorCode.DATES_DIFFER
    assert ("4 bands" in error.found, "3 dates" in error.expected) == (True, True)


def test_a_number_of_dates_that_the_names_deny_is_an_error(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("VV_2020-12", "VV_2021-02"))
    assert error_of(open_sensor, spec(source, dates=1)).code is ErrorCode.DATES_DIFFER


def test_a_stack_without_dates_anywhere_is_unclear(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster(array=planes(1, 2)), layout=Layout.STACK))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "SENSOR_X_DATES" in error.expected


def test_a_date_that_lacks_a_band_is_an_error_unless_the_band_is_not_used(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2020-12", "VH_2020-12", "VV_2021-02"))
    error = error_of(open_sensor, spec(source))
    assert error.code is ErrorCode.BANDS_DIFFER
    assert "2021-02" in error.found
    assert first_pixel(open_sensor(spec(source, bands=("VV",)))) == [[1], [3]]


def test_a_band_twice_on_a_date_is_unclear(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2020-12", "VV_2020-12", "VV_2021-02"))
    assert error_of(open_sensor, spec(source)).code is ErrorCode.SENSOR_LAYOUT_UNCLEAR


def test_dated_bands_beside_undated_ones_are_unclear_until_bands_are_chosen(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2020-12", "VV_2021-02", "slope"))
    error = error_of(open_sensor, spec(source))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "slope" in error.found
    assert open_sensor(spec(source, bands=("VV",))).dates == ("2020-12", "2021-02")


# Scenes


def test_rasters_of_different_places_are_scenes(make_raster):
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
    assert error.remedy.startswith("Give the 20 m rasters a sensor of their own")


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


# Bands


def test_one_file_a_band_is_named_by_the_end_of_the_file(make_raster):
    sources = [make_raster(f"T33UUU_20170216T102101_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B8A"))]
    opened = open_sensor(spec(*sources))
    assert (opened.layout, opened.bands, opened.kind) == (Layout.BANDS, ("B02", "B8A"), SensorKind.IMAGE)
    assert (first_pixel(opened), opened.dates) == ([0, 1], ())


def test_bands_in_the_middle_of_names_name_files_that_end_in_numbers(make_raster):
    """Sentinel-1's measurements, as they come in a product's folder."""
    name = "s1a-iw-grd-{}-20200101t052345-20200101t052410-030611-038222-{}.tif"
    sources = [make_raster(name.format(*parts), planes(at)) for at, parts in enumerate((("vv", "001"), ("vh", "002")))]
    opened = open_sensor(spec(*sources))
    assert (opened.layout, opened.bands, first_pixel(opened)) == (Layout.BANDS, ("vv", "vh"), [0, 1])


def test_layer_names_name_bands_before_files_and_descriptions_before_both(make_raster):
    sources = [make_raster(f"x_{at}.tif", planes(at), layer=name) for at, name in enumerate(("red", "nir"))]
    assert open_sensor(spec(*sources)).bands == ("red", "nir")
    described = [
        make_raster(f"y_{at}.tif", planes(at), layer="l", bands=(name,)) for at, name in enumerate(("B4", "B8"))
    ]
    assert open_sensor(spec(*described)).bands == ("B4", "B8")


def test_files_of_other_pixel_sizes_may_stand_beside_the_bands_chosen(make_raster):
    fine = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03", "B04"))]
    coarse = make_raster("T33_B05.tif", planes(9), transform=COARSE)
    opened = open_sensor(spec(coarse, *fine, bands=("B04", "B02")))
    assert (opened.layout, opened.bands, first_pixel(opened)) == (Layout.BANDS, ("B04", "B02"), [2, 0])


def test_bands_of_unequal_pixel_sizes_are_an_error_that_names_those_of_each(make_raster, error_of):
    fine, coarse = make_raster("T33_B02.tif", planes(1)), make_raster("T33_B05.tif", planes(1), transform=COARSE)
    error = error_of(open_sensor, spec(fine, coarse, layout=Layout.BANDS))
    assert error.code is ErrorCode.SENSOR_GRIDS_DIFFER
    assert error.found == "pixels of 10 m (T33_B02.tif) and pixels of 20 m (T33_B05.tif)"


def test_rasters_of_several_bands_are_joined_when_asked_to(make_raster):
    one = make_raster("one.tif", planes(1, 2), bands=("red", "nir"))
    other = make_raster("other.tif", planes(3), bands=("swir",))
    opened = open_sensor(spec(one, other, layout=Layout.BANDS))
    assert (opened.bands, first_pixel(opened)) == (("red", "nir", "swir"), [1, 2, 3])


def test_a_product_inside_a_zip_is_read_in_place(make_raster, tmp_path):
    sources = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03"))]
    wheel = tmp_path / "data.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for source in sources:
            archive.write(source.path, "img/" + source.path.rsplit("/", 1)[1])
    inside = [RasterSource(f"/vsizip/{{{wheel}}}/img/T33_{band}.tif") for band in ("B02", "B03")]
    opened = open_sensor(spec(*inside))
    assert (opened.bands, first_pixel(opened)) == (("B02", "B03"), [0, 1])


# Dates


def test_rasters_of_one_place_with_dates_in_their_names_are_a_sorted_series(make_raster):
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


def test_dates_that_no_name_tells_are_taken_in_order_with_a_note(make_raster):
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


def test_a_date_that_stands_twice_in_a_stack_names_both_bands(make_raster, error_of):
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
    assert "NDVI_20200101_20200823 the first one, 2020-01-01," in note and "1 more" in note and "2020-08-23" in note


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


# What cannot be used


def test_a_raster_without_crs(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster("bare.tif", crs=None)))
    assert (error.code, error.subject) == (ErrorCode.RASTER_WITHOUT_CRS, "bare.tif")


def test_a_raster_without_geotransform(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster("loose.tif", transform=None)))
    assert error.code is ErrorCode.RASTER_WITHOUT_GEOTRANSFORM


def test_a_raster_with_ground_control_points_only(make_raster, error_of):
    source = make_raster("points.tif", transform=None, crs=None)
    dataset = gdal.Open(source.path, gdal.GA_Update)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    dataset.SetGCPs([gdal.GCP(10 + at, 50 + at % 2, 0, at, at % 2) for at in range(4)], reference)
    dataset.SetSpatialRef(reference)
    dataset = None
    error = error_of(open_sensor, spec(source))
    assert error.code in (ErrorCode.RASTER_WITHOUT_GEOTRANSFORM, ErrorCode.RASTER_WITHOUT_CRS)


def test_complex_numbers(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster(array=np.ones((1, 2, 2), np.complex64))))
    assert error.code is ErrorCode.RASTER_UNREADABLE
    assert "CFloat32" in error.found


@pytest.mark.parametrize(
    "path",
    [
        "type=xyz&url=https://tile.example.org/{z}/{x}/{y}.png&zmax=19",
        "contextualWMSLegend=0&crs=EPSG:3857&layers=a&styles=&url=https://example.org/wms",
        'dbname=\'gis\' host=localhost table="public"."dem" (rast)',
    ],
)
def test_a_web_service_is_called_one(path, error_of):
    error = error_of(open_sensor, spec(RasterSource(path, "background")))
    assert (error.code, error.subject) == (ErrorCode.RASTER_IS_SERVICE, "background")


def test_a_file_that_is_no_raster_or_not_there(tmp_path, error_of):
    (tmp_path / "text.tif").write_text("no raster")
    for name in ("text.tif", "missing.tif"):
        error = error_of(open_sensor, spec(RasterSource(str(tmp_path / name))))
        assert (error.code, error.subject) == (ErrorCode.RASTER_UNREADABLE, name)


def test_gdal_stays_silent(make_raster, capfd, error_of, tmp_path):
    (tmp_path / "text.tif").write_text("no raster")
    error_of(open_sensor, spec(RasterSource(str(tmp_path / "text.tif"))))
    open_sensor(spec(make_raster()))
    assert capfd.readouterr() == ("", "")


# Real data


def test_every_scene_of_three_real_sensors(data):
    for folder, bands, kind in (("RGB", 3, "uint8"), ("HSI", 369, "int16"), ("CHM", 1, "float32")):
        sources = [RasterSource(str(path)) for path in sorted((data / "idtrees_neon" / folder).glob("*.tif"))]
        opened = open_sensor(spec(*sources))
        assert (len(opened.scenes), len(opened.bands), opened.dtype) == (59, bands, kind)


def test_a_real_series(data):
    opened = open_sensor(spec(RasterSource(str(data / "worldcereal_hesbaye" / "S2_monthly.tif"))))
    assert opened.bands == ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12")
    assert (opened.dates[0], opened.dates[-1], len(opened.dates)) == ("2020-11", "2021-10", 12)
