"""Rasters of one lattice that differ in extent, direction or CRS; rasters of one place that are no scenes."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.sensors.open import open_sensor

ROWS, COLS = 20, 24
WEST, NORTH, STEP = 500000.0, 5800000.0, 10.0
PLACE = np.arange(ROWS * COLS, dtype=np.uint16).reshape(ROWS, COLS)  # the value is the pixel's number on the lattice


@pytest.fixture
def cut(make_raster):
    """A window of the lattice as a file; ``shift`` is in pixels, ``add`` tells its band from others."""

    def make(
        name, row=0, col=0, rows=ROWS, cols=COLS, *, add=0, shift=(0.0, 0.0), south_up=False, mirrored=False, **kind
    ):
        values = PLACE[row : row + rows, col : col + cols] + np.uint16(add)
        x, y = WEST + (col + shift[1]) * STEP, NORTH - (row + shift[0]) * STEP
        step_x, step_y = STEP, -STEP
        if south_up:
            values, y, step_y = values[::-1], y - rows * STEP, STEP
        if mirrored:
            values, x, step_x = values[:, ::-1], x + cols * STEP, -STEP
        return make_raster(name, values[np.newaxis].copy(), transform=(x, step_x, 0.0, y, 0.0, step_y), **kind)

    return make


def opened(*sources, layout=Layout.AUTO, bands=()):
    return open_sensor(SensorSpec("camera", sources, layout, bands))


def everything(sensor, scene=0):
    one = sensor.scenes[scene]
    return one.read(Window(0, 0, one.grid.rows, one.grid.cols))


def corner(sensor):
    transform = sensor.scenes[0].grid.transform
    return transform[0], transform[3]


class TestOneLattice:
    def test_a_band_of_one_row_less_is_a_band_of_what_all_show(self, cut):
        """B03 lacks the first row: the stack begins 10 m further south, and every pixel stays where it is."""
        sensor = opened(cut("T33_B02.tif"), cut("T33_B03.tif", row=1, rows=19, add=1000), cut("T33_B04.tif", add=2000))
        assert (sensor.layout, sensor.bands, len(sensor.scenes)) == (Layout.BANDS, ("B02", "B03", "B04"), 1)
        assert corner(sensor) == (500000.0, 5799990.0)
        values = everything(sensor)
        assert values.shape == (3, 19, 24)
        assert values[:, 0, 0].tolist() == [24, 1024, 2024]  # row 1, col 0 of the lattice
        assert values[:, 18, 23].tolist() == [479, 1479, 2479]
        (note,) = sensor.notes
        assert "20 × 24, 19 × 24 rows × columns" in note and "Their common extent is used: 19 × 24." in note

    def test_every_side_is_cut(self, cut):
        sensor = opened(cut("a_B02.tif", 1, 0, 19, 22), cut("a_B03.tif", 0, 2, 18, 22))
        np.testing.assert_array_equal(everything(sensor), [PLACE[1:18, 2:22]] * 2)
        assert corner(sensor) == (500020.0, 5799990.0)

    def test_dated_files_of_one_row_less_are_a_series(self, cut):
        sensor = opened(cut("S2_20200201.tif", rows=19, add=100), cut("S2_20200101.tif"))
        assert (sensor.layout, sensor.dates) == (Layout.DATES, ("2020-01-01", "2020-02-01"))
        np.testing.assert_array_equal(everything(sensor)[:, 0], [PLACE[:19], PLACE[:19] + 100])

    @pytest.mark.parametrize("way", [{"south_up": True}, {"mirrored": True}, {"south_up": True, "mirrored": True}])
    @pytest.mark.parametrize("first", [True, False])
    def test_copies_stored_in_another_direction_are_turned(self, cut, way, first):
        upright, turned = cut("a_B02.tif"), cut("a_B03.tif", 1, 1, 19, 23, add=1000, **way)
        sensor = opened(*([upright, turned] if first else [turned, upright]))
        np.testing.assert_array_equal(everything(sensor)[:: 1 if first else -1], [PLACE[1:, 1:], PLACE[1:, 1:] + 1000])
        assert sensor.scenes[0].grid.transform == (500010.0, 10.0, 0.0, 5799990.0, 0.0, -10.0)
        assert any("direction than a_B02.tif" in note and "a_B03.tif" in note for note in sensor.notes)

    def test_a_window_of_a_turned_copy_with_halo_nodata_mask_and_alpha(self, cut):
        upright = cut("a_B02.tif", add=1)
        turned = cut("a_B03.tif", row=1, rows=19, add=1, south_up=True, nodata=51)  # row 2, col 2 of the lattice
        scene = opened(upright, turned).scenes[0]
        values = scene.read(Window(1, 2, 3, 4), 1)  # begins on row 1 of the lattice, with its halo
        expected = PLACE[1:6, 1:7].astype(np.float32) + 1
        np.testing.assert_array_equal(values[0], expected)
        expected[1, 1] = np.nan
        np.testing.assert_array_equal(values[1], expected)

    def test_a_quality_mask_in_a_flipped_file_matches_its_pixels(self, cut, make_raster):
        upright = cut("a.tif", rows=19, bands=("B02",))
        values = np.stack([PLACE, np.where(PLACE == 51, 3, 4).astype(np.uint16)])[:, ::-1]
        place = (WEST, STEP, 0.0, NORTH - ROWS * STEP, 0.0, STEP)
        turned = make_raster("b.tif", values.copy(), transform=place, bands=("B03", "SCL"))
        sensor = open_sensor(SensorSpec("camera", (upright, turned), Layout.BANDS, mask="SCL values 3"))
        assert sensor.bands == ("B02", "B03")
        expected = PLACE[:19].astype(np.float32)
        expected[2, 3] = np.nan  # 51 = 2 × 24 + 3
        np.testing.assert_array_equal(everything(sensor), [expected, expected])

    def test_south_up_files_alone_stay_as_they_are(self, cut):
        sensor = opened(cut("a_B02.tif", south_up=True), cut("a_B03.tif", south_up=True))
        assert sensor.scenes[0].grid.transform[5] == 10.0
        np.testing.assert_array_equal(everything(sensor)[0], PLACE[::-1])
        assert sensor.notes == ()

    def test_heights_of_a_compound_crs_do_not_count(self, cut):
        sensor = opened(cut("a_B02.tif", crs="EPSG:25833"), cut("a_B03.tif", crs="EPSG:25833+7837"))
        assert (sensor.layout, sensor.bands, sensor.notes) == (Layout.BANDS, ("B02", "B03"), ())

    def test_datums_that_make_no_shift_are_one_and_reported(self, cut):
        """GDAL moves nothing between WGS 84 and ETRS89 (their ellipsoids differ by 0.1 mm)."""
        sensor = opened(cut("a_B02.tif"), cut("a_B03.tif", rows=19, crs="EPSG:25833"))
        assert (sensor.layout, everything(sensor).shape) == (Layout.BANDS, (2, 19, 24))
        assert any("EPSG:25833 (a_B03.tif) and in EPSG:32633 (a_B02.tif)" in note for note in sensor.notes)

    def test_longitudes_360_degrees_apart_are_the_same_position(self, make_raster):
        sources = [
            make_raster(f"a_{band}.tif", crs="EPSG:4326", transform=(west, 0.5, 0.0, 10.0, 0.0, -0.5))
            for band, west in (("B02", -70.0), ("B03", 290.0))
        ]
        assert opened(*sources).layout is Layout.BANDS

    def test_more_than_a_tenth_of_a_side_is_cut_only_when_a_person_says_so(self, cut, error_of):
        files = (cut("a_B02.tif"), cut("a_B03.tif", 12, 0, 8, 24, add=1000))
        error = error_of(opened, *files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "B02, B03" in error.found
        seen = (
            "a_B03.tif compared with a_B02.tif: 8 rows and 24 columns, not 20 and 24, with an origin offset by +12 rows"
        )
        assert seen in error.found
        assert "Clip" in error.remedy
        sensor = opened(*files, layout=Layout.BANDS)
        np.testing.assert_array_equal(everything(sensor), [PLACE[12:], PLACE[12:] + 1000])
        assert any("Their common extent is used: 8 × 24." in note for note in sensor.notes)


class TestNoScenes:
    """Each of these was three scenes of one band, from which a model maps whatever band it gets."""

    @pytest.mark.parametrize(
        ("shift", "logged"),
        [
            ((0.5, 0.0), "shifted by 0.5 pixels down and 0 pixels to the right"),
            ((0.0, -0.25), "shifted by 0 pixels down and -0.25 pixels to the right"),
            ((0.03, 1.0), "shifted by 0.03 pixels down and 1 pixels to the right"),
        ],
    )
    @pytest.mark.parametrize("named_by", ["file", "layer", "description"])
    def test_bands_between_the_pixels_of_others_name_files_difference_and_cure(
        self, cut, error_of, shift, logged, named_by
    ):
        def named(band, **more):
            names = {"file": {}, "layer": {"layer": f"my {band}"}, "description": {"bands": (band,)}}[named_by]
            return cut(f"T33_{band}.tif" if named_by == "file" else f"{ord(band[-1])}.tif", **more, **names)

        files = (named("B02"), named("B03", shift=shift), named("B04"))
        error = error_of(opened, *files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "different bands (B02, B03, B04)" in error.found
        assert f"{files[1].label()} compared with {files[0].label()}: {logged}" in error.found
        assert f"Warp {files[1].label()} to the CRS, extent and pixel size of {files[0].label()}" in error.remedy

    def test_a_shift_by_the_datum_is_distinguished(self, cut, error_of):
        """NAD27 lies some 200 m from NAD83, by no whole number of pixels."""
        files = (cut("a_B02.tif", crs="EPSG:26911"), cut("a_B03.tif", crs="EPSG:26711"))
        error = error_of(opened, *files, layout=Layout.BANDS)
        assert error.code is ErrorCode.SENSOR_GRIDS_DIFFER
        assert "EPSG:26711, not EPSG:26911" in error.found and "Warp a_B03.tif" in error.remedy
        assert error_of(opened, *files).code is ErrorCode.SENSOR_LAYOUT_UNCLEAR

    def test_dates_half_a_pixel_off_are_no_scenes(self, cut, error_of):
        error = error_of(opened, cut("S2_20200101.tif"), cut("S2_20200201.tif", shift=(0.5, 0.5)))
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "different dates (2020-01-01, 2020-02-01)" in error.found and "shifted by 0.5 pixels down" in error.found
        assert "Warp S2_20200201.tif" in error.remedy

    def test_unknown_words_in_names_distinguish_files_of_one_area(self, cut, error_of):
        error = error_of(opened, cut("alpha.tif"), cut("beta.tif", shift=(0.5, 0.0)))
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "alpha, beta" in error.found and "SENSOR_X_LAYOUT" in error.remedy

    def test_bands_of_two_areas_are_reported_as_combined(self, make_raster, error_of):
        far = (600000.0, 10.0, 0.0, 5800000.0, 0.0, -10.0)
        here = [make_raster(f"here_{band}.tif") for band in ("B02", "B03")]
        there = [make_raster(f"there_{band}.tif", transform=far) for band in ("B02", "B03")]
        error = error_of(opened, *here, *there)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "several areas" in error.found and "Build Virtual Raster" in error.remedy

    @pytest.mark.parametrize("shift", [0.5, 5.0])
    def test_stacks_of_a_band_each_are_no_scenes(self, make_raster, error_of, shift):
        """VV and VH as stacks whose bands are named by dates alone were two scenes of one band."""
        values = np.zeros((2, 20, 20), np.uint8)
        files = [
            make_raster(
                f"{band}.tif",
                values,
                bands=("2020-01", "2020-02"),
                transform=(WEST + off, 10.0, 0.0, NORTH, 0.0, -10.0),
            )
            for band, off in (("VV", 0.0), ("VH", shift * STEP))
        ]
        error = error_of(opened, *files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "different bands (VV, VH)" in error.found
        unnamed = [make_raster(f"x_{at}.tif", values, layer=f"my {band}") for at, band in enumerate(("VV", "VH"))]
        far = make_raster("far.tif", values, layer="VH", transform=(600000.0, 10.0, 0.0, NORTH, 0.0, -10.0))
        error = error_of(open_sensor, SensorSpec("radar", (unnamed[0], far), dates=2))
        assert "different bands (VV, VH)" in error.found
        assert opened(files[0]).bands == ("VV",)

    def test_a_band_here_and_another_there_are_no_scenes(self, make_raster, error_of):
        far = (600000.0, 10.0, 0.0, 5800000.0, 0.0, -10.0)
        files = (make_raster("here_B02.tif"), make_raster("there_B03.tif", transform=far))
        error = error_of(opened, *files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "B02, B03" in error.found and "layout scenes" in error.remedy
        assert len(opened(*files, layout=Layout.SCENES).scenes) == 2  # they may be called that: a person says so

    def test_bands_and_dates_in_one_file_each_are_reported_as_put_together(self, cut, error_of):
        names = [f"S2_{day}_{band}.tif" for day in ("20200101", "20200201") for band in ("B02", "B03")]
        error = error_of(opened, *(cut(name) for name in names))
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "B02, B03 on several dates" in error.found and "Build Virtual Raster" in error.remedy

    def test_scenes_of_one_area_named_as_bands_are_refused_unless_bands_are_numbered(self, cut, error_of):
        files = (cut("a_B02.tif"), cut("a_B03.tif", shift=(0.5, 0.0), add=1000))
        error = error_of(opened, *files, layout=Layout.SCENES)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert len(opened(*files, layout=Layout.SCENES, bands=("1",)).scenes) == 2

    def test_dates_that_name_other_bands_are_refused_when_called_dates(self, cut, error_of):
        files = (cut("a_20200101_B02.tif"), cut("a_20200201_B03.tif"))
        error = error_of(opened, *files, layout=Layout.DATES)
        assert error.code is ErrorCode.BANDS_DIFFER
        assert ("B03" in error.found, "B02" in error.expected) == (True, True)


class TestScenes:
    def test_neighbours_that_overlap_stay_scenes_whatever_their_dates(self, cut):
        west, east = cut("S2_20200101.tif", cols=14), cut("S2_20200108.tif", col=10, cols=14)  # 4 of 14 columns
        sensor = opened(west, east)
        assert (sensor.layout, len(sensor.scenes)) == (Layout.SCENES, 2)

    def test_scenes_of_the_same_named_bands_may_overlap_by_most(self, cut):
        sensor = opened(cut("a.tif", bands=("chm",)), cut("b.tif", shift=(4.5, 0.0), bands=("chm",)))
        assert (sensor.layout, sensor.bands, len(sensor.scenes)) == (Layout.SCENES, ("chm",), 2)

    def test_files_that_are_counted_are_scenes(self, cut):
        assert len(opened(cut("plot_1.tif"), cut("plot_2.tif", shift=(4.5, 0.0))).scenes) == 2

    def test_dated_files_of_one_area_are_scenes_if_declared(self, cut):
        files = (cut("S2_20200101.tif"), cut("S2_20200201.tif", shift=(0.5, 0.5)))
        assert len(opened(*files, layout=Layout.SCENES).scenes) == 2

    def test_a_file_of_one_band_is_named_by_what_its_name_says(self, cut):
        assert opened(cut("T33_20200101_B02_10m.tif")).bands == ("B02",)
        assert opened(cut("x.tif", layer="radar VV")).bands == ("VV",)
        assert opened(cut("Green_Valley_1.tif")).bands == ("1",)  # a place
        assert opened(cut("Green_Valley_red-edge 2.tif")).bands == ("rededge2",)
