"""Rasters opened as a trained sensor expects them; the sensor that rasters belong to."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.contract.manifest.manifest import Band, Manifest, SampleCounts, SensorKind, SensorManifest
from colearn.engine.contract.manifest.scores import Estimate, SensorScore, Verdict
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.scenes import scene as module
from colearn.engine.raster.sensors.open import open_as, open_sensor, recognize

RGBA = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)
COARSE = (500000.0, 20.0, 0.0, 5800000.0, 0.0, -20.0)
SCORE = SensorScore("balanced accuracy", None, Estimate(0.5, 0.4, 0.6), None, Verdict.NOT_MEASURED)


def trained(
    name="camera", bands=("red", "nir"), dates=(), layout=Layout.SCENES, *, dtype="uint8", named=True, known=True
):
    return SensorManifest(
        name=name,
        kind=SensorKind.SERIES if dates else SensorKind.IMAGE,
        layout=layout,
        bands=tuple(Band(band, 0, 1, 0, 1) for band in bands),
        bands_named=named,
        dates=dates,
        dates_known=known,
        pixel_m=10,
        context_px=1,
        dtype=dtype,
        graph=f"sensors/{name}.onnx",
        score=SCORE,
    )


def model(*sensors):
    return Manifest(
        task=Task.CLASSIFICATION,
        method="mdico",
        label_fields=("class",),
        sensors=sensors,
        classes=(),
        targets=(),
        nodata=255,
        samples=SampleCounts(1, 1, 1, 1, 0),
        area=None,
        split="polygon",
        seed=0,
        created="",
        versions={},
        job={},
    )


def planes(*values):
    return np.array([np.full((4, 6), value, np.uint8) for value in values])


def first_pixel(opened):
    return opened.scenes[0].read(Window(0, 0, 1, 1))[..., 0, 0].tolist()


def test_bands_are_found_by_name_whatever_their_order_and_company(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("nir", "blue", "Red"))
    opened = open_as(trained(), (source,))
    assert (opened.bands, first_pixel(opened), opened.notes) == (("red", "nir"), [3, 1], ())


def test_nodata_is_that_of_the_training_unless_other_values_or_none_are_given(make_raster):
    source = make_raster(array=planes(1, 2), bands=("red", "nir"))
    sensor = replace(trained(), nodata=(1.0,))
    assert np.isnan(first_pixel(open_as(sensor, (source,)))).tolist() == [True, False]
    assert np.isnan(first_pixel(open_as(sensor, (source,), nodata=(2.0,)))).tolist() == [False, True]
    assert first_pixel(open_as(sensor, (source,), nodata=())) == [1, 2]


def test_bands_are_found_by_wavelength(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("665.4 nm", "band (0.8331 µm)", "700 nm"))
    assert first_pixel(open_as(trained(bands=("833.0 nm", "665.0 nm")), (source,))) == [2, 1]


def test_wavelengths_too_far_apart_are_other_bands(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("667.0 nm", "833.0 nm"))
    assert error_of(open_as, trained(bands=("833.0 nm", "665.0 nm")), (source,)).code is ErrorCode.BANDS_DIFFER


def test_two_trained_bands_never_share_one(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("665.0 nm", "833.0 nm"))
    assert error_of(open_as, trained(bands=("665.0 nm", "665.8 nm")), (source,)).code is ErrorCode.BANDS_DIFFER


@pytest.mark.parametrize("bands", [("red", "swir"), (), ("red",)])
def test_bands_that_do_not_match_name_both_lists(make_raster, error_of, bands):
    error = error_of(open_as, trained(), (make_raster(array=planes(*range(max(len(bands), 1))), bands=bands),))
    assert error.code is ErrorCode.BANDS_DIFFER
    assert "red, nir" in error.expected
    assert (", ".join(bands) or "without names") in error.found


def test_order_counts_only_where_the_model_knows_no_names(make_raster, error_of):
    nameless = trained(bands=("1", "2"), named=False)
    opened = open_as(nameless, (make_raster(array=planes(5, 6)),))
    assert first_pixel(opened) == [5, 6]
    assert any("order" in note for note in opened.notes)
    error = error_of(open_as, nameless, (make_raster("three.tif", planes(1, 2, 3)),))
    assert error.code is ErrorCode.BANDS_DIFFER


def test_named_bands_for_a_model_without_names_are_taken_by_order_and_reported(make_raster):
    opened = open_as(trained(bands=("1", "2"), named=False), (make_raster(array=planes(5, 6), bands=("b", "a")),))
    assert first_pixel(opened) == [5, 6]
    assert any("order" in note for note in opened.notes)


def test_another_type_of_values_is_reported(make_raster):
    opened = open_as(trained(dtype="uint16"), (make_raster(array=planes(1, 2), bands=("red", "nir")),))
    assert any("uint8" in note and "uint16" in note for note in opened.notes)


MONTHS = ("2020-01", "2020-02")


def test_a_series_of_another_year_with_as_many_dates_is_the_same_sensor(make_raster):
    source = make_raster(array=planes(1, 2), bands=("VV_2023-02", "VV_2023-01"))
    opened = open_as(trained(bands=("VV",), dates=MONTHS, layout=Layout.STACK), (source,))
    assert (first_pixel(opened), opened.dates) == ([[2], [1]], ("2023-01", "2023-02"))


@pytest.mark.parametrize("count", [1, 3])
def test_fewer_or_more_dates_are_an_error_where_days_are_not_known(make_raster, error_of, count):
    """By their names neither, or neither in training: what is a date is only a number."""
    named = make_raster("named.tif", planes(*range(count)), bands=[f"VV_2020-{at + 1:02d}-01" for at in range(count)])
    unknown = trained(bands=("VV",), dates=("1", "2"), layout=Layout.STACK, known=False)
    error = error_of(open_as, unknown, (named,))
    assert error.code is ErrorCode.DATES_DIFFER
    assert (f"{count} date{'s' * (count > 1)} (" in error.found, "2 dates" in error.expected) == (True, True)
    nameless = [make_raster(f"{name}.tif", planes(1), bands=("VV",)) for name in "abc"[:count]]
    error = error_of(open_as, trained(bands=("VV",), dates=MONTHS, layout=Layout.DATES), nameless, Layout.DATES)
    assert error.code is ErrorCode.DATES_DIFFER


SPRING = ("2020-03-01", "2020-03-31", "2020-04-30")
OPTICAL = trained("optical", ("red", "nir"), SPRING, Layout.STACK)


@pytest.fixture
def stack(make_raster):
    """A stack of red and nir on some dates; value = day of the year, nir a thousand more."""

    def make(*days, name="stack.tif", **options):
        values = [(date.fromisoformat(day).timetuple().tm_yday, day) for day in days]
        array = np.array([np.full((4, 6), number + more) for number, _ in values for more in (0, 1000)], np.int16)
        return make_raster(name, array, bands=[f"{band}_{day}" for day in days for band in ("red", "nir")], **options)

    return make


YEAR = trained("radar", ("VV",), tuple(f"2020-{month:02d}" for month in range(1, 13)), Layout.STACK)


@pytest.fixture
def months(make_raster):
    """A stack of VV on some months, counted from January 2020; value = that number."""

    def make(*at):
        array = np.array([np.full((4, 6), number) for number in at], np.int16)
        return make_raster(
            "months.tif", array, bands=[f"VV_{2020 + number // 12}-{number % 12 + 1:02d}" for number in at]
        )

    return make


class TestOtherDates:
    def test_trained_dates_are_interpolated_years_later_and_reported(self, stack):
        opened = open_as(OPTICAL, (stack("2022-02-20", "2022-03-12", "2022-04-01", "2022-04-28"),))
        assert first_pixel(opened) == [[60, 1060], [90, 1090], [118, 1118]]  # the last is the nearest, two days off
        assert opened.dates == SPRING
        (note,) = (note for note in opened.notes if "interpolated" in note)
        assert "The 4 dates of stack.tif (2022-02-20 to 2022-04-28) are not the 3 dates that optical" in note
        assert "2 years later" in note
        assert "2020-03-01 from 2022-02-20 and 2022-03-12, 2020-03-31 from 2022-03-12 and 2022-04-01" in note
        assert "2020-04-30 from 2022-04-28." in note

    @pytest.mark.parametrize("days", [SPRING, ("2023-03-02", "2023-03-28", "2023-04-30")])
    def test_dates_as_trained_are_taken_as_they_are(self, stack, days):
        opened = open_as(OPTICAL, (stack(*days),))
        assert opened.dates == days
        assert opened.scenes[0].interpolation is None
        assert [date[0] for date in first_pixel(opened)] == [
            date.fromisoformat(day).timetuple().tm_yday for day in days
        ]
        assert any("up to 3 days" in note for note in opened.notes) == (days != SPRING)

    def test_only_the_bands_of_the_sensor_are_read(self, stack, make_raster):
        array = np.arange(24, dtype=np.int16).reshape(6, 2, 2)
        days = ("2020-02-20", "2020-04-20")
        source = make_raster(array=array, bands=[f"{band}_{day}" for day in days for band in ("nir", "blue", "red")])
        values = open_as(OPTICAL, (source,)).scenes[0].read(Window(0, 0, 2, 2))
        np.testing.assert_allclose(values[0], array[[2, 0]] + 12 * 10 / 60, rtol=1e-6)

    @pytest.mark.parametrize(
        ("days", "logged"),
        [
            (("2020-03-25", "2020-04-10", "2020-05-01"), "there is nothing near 2020-03-01, 1 of the 3 dates"),
            (("2021-02-01", "2021-03-01", "2021-03-20"), "there is nothing near 2021-04-30, 1 of the 3 dates"),
            (
                ("2020-08-01", "2020-09-01"),
                "there is nothing near 2020-03-01, 2020-03-31, 2020-04-30, 3 of the 3 dates",
            ),
        ],
    )
    def test_a_season_that_is_not_there_is_refused(self, stack, error_of, days, logged):
        error = error_of(open_as, OPTICAL, (stack(*days),))
        assert error.code is ErrorCode.DATES_DIFFER
        assert logged in error.found
        assert ", ".join(days) in error.found
        assert "the season 2020-03-01 to 2020-04-30 that optical was trained on" in error.expected
        assert "Add images" in error.remedy

    def test_ends_alone_are_no_season(self, stack, error_of):
        sensor = trained(
            "optical", ("red", "nir"), tuple(f"2020-{month:02d}-01" for month in range(1, 13)), Layout.STACK
        )
        error = error_of(open_as, sensor, (stack("2020-01-01", "2020-12-01"),))
        assert "there is nothing near 2020-02-01, 2020-03-01, " in error.found

    def test_what_lies_in_a_long_gap_is_missing_and_reported(self, stack):
        sensor = trained(
            "optical", ("red", "nir"), ("2020-01-01", "2020-02-15", "2020-03-26", "2020-04-01"), Layout.STACK
        )
        opened = open_as(sensor, (stack("2019-12-10", "2020-01-01", "2020-03-26", "2020-04-01", "2020-04-10"),))
        values = opened.scenes[0].read(Window(0, 0, 1, 1))[:, 0, 0, 0]
        np.testing.assert_array_equal(values, [1, np.nan, 86, 92])
        assert any("Nothing is near 2020-02-15: to the network this date is missing." in note for note in opened.notes)

    @pytest.mark.parametrize("gone", [(0,), (11,), (7, 8), (0, 7, 8), (0, 10, 11)])
    def test_up_to_a_quarter_of_the_months_may_be_missing_wherever(self, months, gone):
        opened = open_as(YEAR, (months(*(at for at in range(12) if at not in gone)),))
        expected = [[np.nan] if at in gone else [at] for at in range(12)]
        np.testing.assert_array_equal(first_pixel(opened), expected)
        (note,) = (note for note in opened.notes if "Nothing is near" in note)
        named = ", ".join(YEAR.dates[at] for at in gone)
        assert f"Nothing is near {named}: to the network " in note
        assert opened.dates_text() == ""

    @pytest.mark.parametrize("first", [1, 2, 3, -1, -3])
    def test_months_later_or_earlier_are_taken_where_they_belong(self, months, first):
        opened = open_as(YEAR, (months(*range(first, first + 12)),))
        expected = [[at] if first <= at < first + 12 else [np.nan] for at in range(12)]
        np.testing.assert_array_equal(first_pixel(opened), expected)
        assert any("Nothing is near" in note for note in opened.notes)

    @pytest.mark.parametrize(
        "at", [range(6, 18), range(4, 16), range(6), range(8), range(12, 16), (0, 1, 2, 3, 8, 9, 10, 11)]
    )
    def test_more_than_a_quarter_of_the_months_missing_is_refused(self, months, error_of, at):
        error = error_of(open_as, YEAR, (months(*at),))
        assert error.code is ErrorCode.DATES_DIFFER
        assert "there is nothing near " in error.found
        assert "of the 12 dates trained on" in error.found
        assert "the season 2020-01 to 2020-12 that radar was trained on" in error.expected
        assert "at most a quarter may be missing" in error.expected

    def test_every_second_month_is_interpolated(self, months):
        opened = open_as(YEAR, (months(*range(0, 12, 2)),))
        values = [date[0] for date in first_pixel(opened)]
        np.testing.assert_allclose(values[:11], range(11), atol=0.04)
        assert np.isnan(values[11])
        assert any("Nothing is near 2020-12: to the network this date is missing." in note for note in opened.notes)

    @pytest.mark.parametrize("years", [0, 3])
    def test_the_same_months_are_taken_as_they_are_and_reported(self, months, years):
        opened = open_as(YEAR, (months(*range(12 * years, 12 * years + 12)),))
        assert [scene.interpolation for scene in opened.scenes] == [None]
        assert first_pixel(opened) == [[12 * years + at] for at in range(12)]
        assert not any("dates" in note or "2020" in note for note in opened.notes)
        assert opened.dates_text().startswith(f" Its dates are taken as they are: {2020 + years}-01, ")

    def test_two_dates_a_month_are_not_twelve_months(self, make_raster, error_of):
        days = [f"VV_2021-{month:02d}-{day}" for month in range(1, 7) for day in ("01", "16")]
        error = error_of(open_as, YEAR, (make_raster(array=planes(*range(12)), bands=days),))
        assert error.code is ErrorCode.DATES_DIFFER
        assert "6 of the 12 dates" in error.found

    def test_two_dates_of_one_month_need_their_days(self, make_raster, error_of):
        twice = make_raster("twice.tif", planes(1, 2), bands=("VV_2021-03", "VV_2021-03"))
        assert "of 2021-03 only the month is known" in error_of(open_as, YEAR, (twice,)).expected
        files = [make_raster(f"{name}_2021-03.tif", planes(1), bands=("VV",)) for name in "ab"]
        assert "of 2021-03 only the month is known" in error_of(open_as, YEAR, files, Layout.DATES).expected
        beside = make_raster("beside.tif", planes(1, 2), bands=("VV_2021-03", "VV_2021-03-05"))
        error = error_of(open_as, YEAR, (beside,))
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "2 dates (2021-03, 2021-03-05), where 2021-03 is a month without a day" in error.found

    def test_a_file_for_every_date_of_what_was_a_stack(self, make_raster):
        files = [
            make_raster(f"S2_{day}.tif", planes(at, at + 100), bands=("red", "nir"))
            for at, day in enumerate(("20210221", "20210401", "20210501"))
        ]
        opened = open_as(OPTICAL, files)
        assert opened.layout is Layout.DATES
        assert first_pixel(opened)[2] == [pytest.approx(1 + 29 / 30), pytest.approx(101 + 29 / 30)]

    def test_more_months_than_trained_are_found_by_their_middles(self, make_raster):
        months = [f"VV_2023-{month:02d}" for month in range(1, 13)]
        source = make_raster(array=planes(*range(1, 13)), bands=months)
        opened = open_as(trained(bands=("VV",), dates=("2020-05", "2020-06"), layout=Layout.STACK), (source,))
        assert first_pixel(opened) == [[5], [6]]

    def test_scenes_on_days_of_their_own_are_one_sensor(self, stack):
        here = stack("2020-02-25", "2020-03-15", "2020-05-02", name="here.tif")
        there = stack(*SPRING, name="there.tif", transform=(900000.0, 10.0, 0.0, 5800000.0, 0.0, -10.0))
        opened = open_as(trained("optical", ("red", "nir"), SPRING, Layout.STACK), (here, there))
        assert opened.dates == SPRING
        assert [scene.interpolation is None for scene in opened.scenes] == [False, True]
        assert [scene.shape for scene in opened.scenes] == [(3, 2), (3, 2)]

    def test_a_date_without_one_of_the_bands_is_an_error(self, make_raster, error_of):
        bands = ("red_2020-02-25", "nir_2020-02-25", "red_2020-05-02", "nir_2020-05-02", "red_2020-04-01")
        error = error_of(open_as, OPTICAL, (make_raster(array=planes(*range(5)), bands=bands),))
        assert error.code is ErrorCode.BANDS_DIFFER
        assert "the bands red on 2020-04-01" in error.found

    def test_only_dates_near_the_season_are_read(self, stack):
        days = [f"{year}-{month:02d}-01" for year in (2018, 2019, 2020, 2021) for month in range(1, 13)]
        (scene,) = open_as(OPTICAL, (stack(*days),)).scenes
        assert len(scene.planes) == 2 * 7  # January to July of the trained year

    def test_values_do_not_change_with_how_many_dates_are_read_at_once(self, make_raster, monkeypatch):
        random = np.random.default_rng(0)
        days = [(date(2021, 2, 1) + timedelta(days=5 * at)).isoformat() for at in range(24)]
        array = random.integers(1, 3000, (48, 9, 11)).astype(np.int16)
        array[random.random(array.shape) < 0.3] = -1
        source = make_raster(array=array, nodata=-1, bands=[f"{band}_{day}" for day in days for band in ("red", "nir")])
        (scene,) = open_as(OPTICAL, (source,)).scenes
        at_once = scene.read(Window(0, 0, 9, 11), 3)
        monkeypatch.setattr(module, "READ_AT_ONCE_BYTES", 1)
        np.testing.assert_array_equal(scene.read(Window(0, 0, 9, 11), 3), at_once)
        np.testing.assert_array_equal(scene.read(Window(2, 3, 1, 2)), at_once[:, :, 5:6, 6:8])


def test_an_unnamed_stack_is_read_with_the_trained_number_of_dates(make_raster):
    sensor = trained(bands=("1", "2"), dates=("1", "2"), layout=Layout.STACK, named=False, known=False)
    assert first_pixel(open_as(sensor, (make_raster(array=planes(1, 2, 3, 4)),))) == [[1, 2], [3, 4]]


def test_a_series_for_an_image_sensor_and_the_reverse_are_errors(make_raster, error_of):
    series = make_raster("series.tif", planes(1, 2), bands=("VV_2023-02", "VV_2023-01"))
    image = make_raster("image.tif", planes(1), bands=("VV",))
    assert error_of(open_as, trained(bands=("VV",)), (series,)).code is ErrorCode.DATES_DIFFER
    error = error_of(open_as, trained(bands=("VV",), dates=MONTHS, layout=Layout.STACK), (image,))
    assert error.code is ErrorCode.DATES_DIFFER


def test_files_of_bands_are_found_among_others_of_other_pixel_sizes(make_raster):
    fine = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03"))]
    coarse = make_raster("T33_B05.tif", planes(9), transform=COARSE)
    sensor = trained(bands=("B03", "B02"), layout=Layout.BANDS)
    assert first_pixel(open_as(sensor, (coarse, *fine))) == [1, 0]


def shorter(make_raster, band, value):
    """A band file that lacks the first row."""
    place = (500000.0, 10.0, 0.0, 5799990.0, 0.0, -10.0)
    return make_raster(f"T33_{band}.tif", planes(value)[:, 1:], transform=place)


class TestOtherGrids:
    BANDS = trained(bands=("B02", "B03"), layout=Layout.BANDS)

    def test_a_band_of_one_row_less_maps_what_all_show(self, make_raster):
        files = (make_raster("T33_B02.tif", planes(1)), shorter(make_raster, "B03", 2))
        opened = open_as(self.BANDS, files)
        grid = opened.scenes[0].grid
        assert (first_pixel(opened), grid.shape, grid.transform[3]) == ([1, 2], (3, 6), 5799990.0)
        assert any("used are the 3 × 6" in note for note in opened.notes)

    def test_a_band_between_the_pixels_of_another_names_the_difference(self, make_raster, error_of):
        off = make_raster("T33_B03.tif", planes(2), transform=(500005.0, 10.0, 0.0, 5800000.0, 0.0, -10.0))
        error = error_of(open_as, self.BANDS, (make_raster("T33_B02.tif", planes(1)), off))
        assert error.code is ErrorCode.SENSOR_GRIDS_DIFFER
        assert "T33_B03.tif beside T33_B02.tif: shifted by 0 pixels down and 0.5 pixels to the right" in error.found

    def test_band_files_of_what_came_as_one_raster_are_its_bands(self, make_raster):
        files = (shorter(make_raster, "B03", 2), make_raster("T33_B02.tif", planes(1)))
        opened = open_as(trained(bands=("B02", "B03")), files)
        assert (len(opened.scenes), first_pixel(opened)) == (1, [1, 2])

    def test_one_of_the_bands_alone_is_refused(self, make_raster, error_of):
        error = error_of(open_as, self.BANDS, (make_raster("T33_B03.tif", planes(2)),))
        assert error.code is ErrorCode.BANDS_DIFFER
        assert "B02, B03" in error.expected

    def test_another_band_than_the_only_one_is_refused_by_its_files_name(self, make_raster, error_of):
        """A model of T33_B02.tif alone, and a map from a file of B03."""
        sensor = trained(bands=open_sensor(SensorSpec("S2", (make_raster("T33_B02.tif", planes(1)),))).bands)
        assert first_pixel(open_as(sensor, (make_raster("T32_b02_10m.tif", planes(7)),))) == [7]
        error = error_of(open_as, sensor, (make_raster("T33_B03.tif", planes(2)),))
        assert error.code is ErrorCode.BANDS_DIFFER
        assert ("B03" in error.found, "B02" in error.expected) == (True, True)

    def test_bands_are_no_scenes_of_a_model_of_one_unnamed_band(self, make_raster, error_of):
        sensor = trained(bands=("1",), named=False)
        files = (make_raster("T33_B02.tif", planes(1)), shorter(make_raster, "B03", 2))
        error = error_of(open_as, sensor, files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "B02, B03" in error.found

    def test_dates_of_one_place_are_no_scenes_unless_called_so(self, make_raster, error_of):
        off = (500005.0, 10.0, 0.0, 5800000.0, 0.0, -10.0)
        files = [
            make_raster("S2_20200101.tif", planes(1, 2), bands=("red", "nir")),
            make_raster("S2_20200201.tif", planes(3, 4), bands=("red", "nir"), transform=off),
        ]
        error = error_of(open_as, trained(), files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "different dates (2020-01-01, 2020-02-01)" in error.found
        assert len(open_as(trained(), files, Layout.SCENES).scenes) == 2

    def test_dates_of_one_row_less_are_a_series(self, make_raster):
        sensor = trained(bands=("VV",), dates=MONTHS, layout=Layout.DATES)
        place = (500000.0, 10.0, 0.0, 5799990.0, 0.0, -10.0)
        short = make_raster("a_2023-02.tif", planes(2)[:, 1:], bands=("VV",), transform=place)
        opened = open_as(sensor, (short, make_raster("a_2023-01.tif", planes(1), bands=("VV",))))
        assert (first_pixel(opened), opened.scenes[0].grid.shape) == ([[1], [2]], (3, 6))


def test_one_raster_may_hold_what_came_as_many_files_in_training(make_raster):
    bands = make_raster("bands.tif", planes(1, 2), bands=("B02", "B03"))
    assert first_pixel(open_as(trained(bands=("B02", "B03"), layout=Layout.BANDS), (bands,))) == [1, 2]
    dates = make_raster("dates.tif", planes(1, 2), bands=("VV_2023-01", "VV_2023-02"))
    sensor = trained(bands=("VV",), dates=MONTHS, layout=Layout.DATES)
    assert first_pixel(open_as(sensor, (dates,))) == [[1], [2]]


def test_the_layout_can_be_overridden(make_raster):
    files = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03"))]
    sensor = trained(bands=("B02", "B03"), layout=Layout.SCENES)
    assert first_pixel(open_as(sensor, files, Layout.BANDS)) == [0, 1]


def test_what_open_sensor_saw_opens_again_as_that_sensor(make_raster):
    days = ("20200301", "20200101")
    files = [make_raster(f"S2_{day}.tif", planes(at, at + 10), bands=("red", "nir")) for at, day in enumerate(days)]
    opened = open_sensor(SensorSpec("S2", tuple(files)))
    sensor = trained("S2", opened.bands, opened.dates, opened.layout, dtype=opened.dtype)
    again = open_as(sensor, files)
    assert (again.scenes, again.dates) == (opened.scenes, opened.dates)


# Recognizing

RGB, RED_EDGE = trained("rgb", ("red", "green", "blue")), trained("edge", ("B05", "B06", "B07"))
RADAR = trained("radar", ("VV",), MONTHS, Layout.STACK)


def test_the_sensor_is_recognized_from_the_bands(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("B07", "B06", "B05"))
    assert recognize(model(RGB, RED_EDGE, RADAR), (source,)).name == "edge"


def test_a_series_is_recognized_from_its_bands(make_raster):
    source = make_raster(array=planes(1, 2), bands=("VV_2023-01", "VV_2023-02"))
    assert recognize(model(RGB, RED_EDGE, RADAR), (source,)).name == "radar"


def test_the_sensor_that_uses_all_bands_is_likelier_than_one_that_uses_some(make_raster):
    two = trained("two", ("red", "green"))
    source = make_raster(array=planes(1, 2, 3), bands=("red", "green", "blue"))
    assert recognize(model(two, RGB), (source,)).name == "rgb"


def test_the_type_of_values_decides_between_nameless_sensors(make_raster):
    sensors = [trained(dtype, ("1",), dtype=dtype, named=False) for dtype in ("uint8", "float32")]
    assert recognize(model(*sensors), (make_raster(array=planes(1)),)).name == "uint8"


def test_several_sensors_that_fit_are_an_error_that_names_them(make_raster, error_of):
    sensors = [trained(name, ("1",), named=False) for name in ("dem", "chm")]
    error = error_of(recognize, model(*sensors), (make_raster(array=planes(1)),))
    assert error.code is ErrorCode.MODEL_OTHER_SENSOR
    assert ("dem" in error.expected, "chm" in error.expected, "SENSOR" in error.remedy) == (True, True, True)


def test_no_sensor_that_fits_is_an_error_that_names_all(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("x", "y"))
    error = error_of(recognize, model(RGB, RED_EDGE), (source,))
    assert error.code is ErrorCode.MODEL_OTHER_SENSOR
    assert "x, y" in error.found
    assert ("red, green, blue" in error.expected, "B05, B06, B07" in error.expected) == (True, True)


def test_the_only_sensor_tells_why_it_does_not_fit(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("x", "y"))
    assert error_of(recognize, model(RGB), (source,)).code is ErrorCode.BANDS_DIFFER


def test_the_right_bands_of_another_season_are_reported_as_that(make_raster, error_of):
    names = ("VV_2023-05", "VV_2023-06", "VV_2023-07")
    source = make_raster(array=planes(1, 2, 3), bands=names)
    assert error_of(recognize, model(RGB, RADAR), (source,)).code is ErrorCode.DATES_DIFFER


def test_a_series_on_other_dates_is_recognized_from_its_bands(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2023-01", "VV_2023-02", "VV_2023-03"))
    assert recognize(model(RGB, RADAR, OPTICAL), (source,)).name == "radar"


def test_dates_as_trained_win_over_dates_to_interpolate(make_raster):
    winter = trained("winter", ("VV",), ("2020-01-10", "2020-02-10"), Layout.STACK)
    autumn = trained("long", ("VV",), ("2020-01-20", "2020-01-25", "2020-01-30"), Layout.STACK)
    source = make_raster(array=planes(1, 2), bands=("VV_2023-01-11", "VV_2023-02-09"))
    assert recognize(model(winter, autumn), (source,)).name == "winter"


def test_two_sensors_whose_dates_could_both_be_interpolated_are_left_to_the_person(make_raster, error_of):
    sensors = [trained(name, ("VV",), days, Layout.STACK) for name, days in (("a", SPRING), ("b", SPRING[:2]))]
    source = make_raster(array=planes(*range(4)), bands=[f"VV_2023-{month:02d}-01" for month in (2, 3, 4, 5)])
    assert error_of(recognize, model(*sensors), (source,)).code is ErrorCode.MODEL_OTHER_SENSOR


def test_other_bands_are_another_sensor_even_where_their_number_is_no_multiple_of_the_dates(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("x", "y", "z"))
    assert error_of(recognize, model(RGB, RADAR), (source,)).code is ErrorCode.MODEL_OTHER_SENSOR


def test_a_raster_that_cannot_be_used_is_no_matter_of_sensors(make_raster, error_of):
    error = error_of(recognize, model(RGB, RED_EDGE), (make_raster(crs=None),))
    assert error.code is ErrorCode.RASTER_WITHOUT_CRS


def test_a_sensor_trained_on_a_band_tagged_as_alpha_is_read_with_it(make_raster):
    """Unnamed byte bands are four in prediction where they were four in training, whatever the fourth looks like."""
    array = np.full((4, 2, 2), 255, np.uint8)
    source = make_raster(array=array, interpretations=RGBA)
    opened = open_as(trained(bands=("1", "2", "3", "4"), named=False), (source,))
    assert opened.scenes[0].read(Window(0, 0, 2, 2)).shape == (4, 2, 2)
    assert "Band 4 is tagged as transparency, but is taken as values." in opened.notes
    opened = open_as(trained(bands=("1", "2", "3"), named=False), (source,))
    assert opened.scenes[0].read(Window(0, 0, 2, 2)).shape == (3, 2, 2)
