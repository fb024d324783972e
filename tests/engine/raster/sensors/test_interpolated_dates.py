"""Series on other dates than the trained ones: interpolated where that is sound, refused where it is not."""

from datetime import date, timedelta

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.scenes import scene as module
from colearn.engine.raster.sensors.open import open_as

from trained_sensors import OPTICAL, SPRING, first_pixel, planes, trained


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
            (("2020-03-25", "2020-04-10", "2020-05-01"), "there is no observation near 2020-03-01, 1 of the 3 dates"),
            (("2021-02-01", "2021-03-01", "2021-03-20"), "there is no observation near 2021-04-30, 1 of the 3 dates"),
            (
                ("2020-08-01", "2020-09-01"),
                "there is no observation near 2020-03-01, 2020-03-31, 2020-04-30, 3 of the 3 dates",
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
        assert "there is no observation near 2020-02-01, 2020-03-01, " in error.found

    def test_what_lies_in_a_long_gap_is_missing_and_reported(self, stack):
        sensor = trained(
            "optical", ("red", "nir"), ("2020-01-01", "2020-02-15", "2020-03-26", "2020-04-01"), Layout.STACK
        )
        opened = open_as(sensor, (stack("2019-12-10", "2020-01-01", "2020-03-26", "2020-04-01", "2020-04-10"),))
        values = opened.scenes[0].read(Window(0, 0, 1, 1))[:, 0, 0, 0]
        np.testing.assert_array_equal(values, [1, np.nan, 86, 92])
        assert any("There is no observation near 2020-02-15: this date is missing" in note for note in opened.notes)

    @pytest.mark.parametrize("gone", [(0,), (11,), (7, 8), (0, 7, 8), (0, 10, 11)])
    def test_up_to_a_quarter_of_the_months_may_be_missing_wherever(self, months, gone):
        opened = open_as(YEAR, (months(*(at for at in range(12) if at not in gone)),))
        expected = [[np.nan] if at in gone else [at] for at in range(12)]
        np.testing.assert_array_equal(first_pixel(opened), expected)
        (note,) = (note for note in opened.notes if "There is no observation near" in note)
        named = ", ".join(YEAR.dates[at] for at in gone)
        assert f"There is no observation near {named}: " in note
        assert opened.dates_text() == ""

    @pytest.mark.parametrize("first", [1, 2, 3, -1, -3])
    def test_months_later_or_earlier_are_taken_where_they_belong(self, months, first):
        opened = open_as(YEAR, (months(*range(first, first + 12)),))
        expected = [[at] if first <= at < first + 12 else [np.nan] for at in range(12)]
        np.testing.assert_array_equal(first_pixel(opened), expected)
        assert any("There is no observation near" in note for note in opened.notes)

    @pytest.mark.parametrize(
        "at", [range(6, 18), range(4, 16), range(6), range(8), range(12, 16), (0, 1, 2, 3, 8, 9, 10, 11)]
    )
    def test_more_than_a_quarter_of_the_months_missing_is_refused(self, months, error_of, at):
        error = error_of(open_as, YEAR, (months(*at),))
        assert error.code is ErrorCode.DATES_DIFFER
        assert "there is no observation near " in error.found
        assert "of the 12 dates of the training" in error.found
        assert "the season 2020-01 to 2020-12 that radar was trained on" in error.expected
        assert "at most a quarter of them missing" in error.expected

    def test_every_second_month_is_interpolated(self, months):
        opened = open_as(YEAR, (months(*range(0, 12, 2)),))
        values = [date[0] for date in first_pixel(opened)]
        np.testing.assert_allclose(values[:11], range(11), atol=0.04)
        assert np.isnan(values[11])
        assert any("There is no observation near 2020-12: this date is missing" in note for note in opened.notes)

    @pytest.mark.parametrize("years", [0, 3])
    def test_the_same_months_are_taken_as_they_are_and_reported(self, months, years):
        opened = open_as(YEAR, (months(*range(12 * years, 12 * years + 12)),))
        assert [scene.interpolation for scene in opened.scenes] == [None]
        assert first_pixel(opened) == [[12 * years + at] for at in range(12)]
        assert not any("dates" in note or "2020" in note for note in opened.notes)
        assert opened.dates_text().startswith(f" Its dates are used as they are: {2020 + years}-01, ")

    def test_two_dates_a_month_are_not_twelve_months(self, make_raster, error_of):
        days = [f"VV_2021-{month:02d}-{day}" for month in range(1, 7) for day in ("01", "16")]
        error = error_of(open_as, YEAR, (make_raster(array=planes(*range(12)), bands=days),))
        assert error.code is ErrorCode.DATES_DIFFER
        assert "6 of the 12 dates" in error.found

    def test_two_dates_of_one_month_need_their_days(self, make_raster, error_of):
        twice = make_raster("twice.tif", planes(1, 2), bands=("VV_2021-03", "VV_2021-03"))
        assert "2021-03 has no day" in error_of(open_as, YEAR, (twice,)).expected
        files = [make_raster(f"{name}_2021-03.tif", planes(1), bands=("VV",)) for name in "ab"]
        assert "2021-03 has no day" in error_of(open_as, YEAR, files, Layout.DATES).expected
        beside = make_raster("beside.tif", planes(1, 2), bands=("VV_2021-03", "VV_2021-03-05"))
        error = error_of(open_as, YEAR, (beside,))
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "2 dates (2021-03, 2021-03-05), where 2021-03 has no day" in error.found

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
