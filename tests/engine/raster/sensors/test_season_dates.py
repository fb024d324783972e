"""Which dates are the same season, in which year, and from which the trained ones can be had."""

from datetime import date, timedelta

import pytest
from colearn.engine.raster.sensors.season_dates import match_dates, months_shared
from hypothesis import given, settings
from hypothesis import strategies as st


def every(step_days, first, last):
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(day + timedelta(days=at)).isoformat() for at in range(0, (end - day).days + 1, step_days)]


SEASON = every(15, "2020-04-01", "2020-08-29")


def test_the_same_dates_of_any_year_are_the_same():
    for year in (2016, 2019, 2020, 2023):
        match = match_dates(SEASON, [f"{year}{iso[4:]}" for iso in SEASON])
        assert (match.interpolation, match.years, match.missing) == (None, year - 2020, ())


@pytest.mark.parametrize(("off", "same"), [(3, True), (-3, True), (4, False)])
def test_a_few_days_are_no_difference(off, same):
    found = [(date.fromisoformat(iso) + timedelta(days=off)).isoformat() for iso in SEASON]
    assert (match_dates(SEASON, found).interpolation is None) == same


def test_a_few_days_may_lie_across_new_year():
    match = match_dates(("2020-12-31", "2021-02-01"), ("2023-01-02", "2023-02-01"))
    assert (match.interpolation, match.years) == (None, 2)


def test_a_season_across_new_year_is_moved_as_one():
    match = match_dates(every(20, "2020-10-01", "2021-05-09"), every(7, "2017-09-01", "2018-06-30"))
    assert match.years == -3
    assert (match.wanted[0], match.wanted[-1]) == (date(2017, 10, 1), date(2018, 5, 9))
    assert match.missing == ()


def test_the_29th_of_february_is_the_28th_where_there_is_none():
    assert match_dates(("2020-02-29", "2020-03-20"), every(5, "2023-02-01", "2023-04-01")).wanted[0] == date(
        2023, 2, 28
    )
    assert match_dates(("2020-02-29", "2020-03-20"), every(5, "2024-02-01", "2024-04-01")).wanted[0] == date(
        2024, 2, 29
    )


@pytest.mark.parametrize(
    ("first", "last", "year"),
    [
        ("2018-01-01", "2022-12-31", 2020),  # the trained year itself, where it is there
        ("2021-01-01", "2023-12-31", 2021),  # else the nearest
        ("2016-01-01", "2018-12-31", 2018),
        ("2020-06-01", "2021-12-31", 2021),  # the trained one is there by half
    ],
)
def test_of_several_years_the_nearest_whole_season_counts(first, last, year):
    match = match_dates(SEASON, every(10, first, last))
    assert (match.wanted[0].year, match.missing) == (year, ())


def test_of_two_years_as_near_the_later_counts():
    assert (
        match_dates(SEASON, [*every(10, "2019-01-01", "2019-12-31"), *every(10, "2021-01-01", "2021-12-31")]).years == 1
    )


def test_a_year_with_a_hole_in_the_season_loses_against_a_whole_one():
    holed = [*every(10, "2020-03-01", "2020-04-20"), *every(10, "2020-08-10", "2020-09-30")]
    assert match_dates(SEASON, [*holed, *every(10, "2021-03-01", "2021-09-30")]).years == 1


@pytest.mark.parametrize(
    ("step", "late", "missing"),
    [(5, 7, ()), (5, 8, (0,)), (30, 15, ()), (30, 16, (0,))],  # half of the trained 15 days, or of the found 30
)
def test_an_end_is_reached_over_half_a_step(step, late, missing):
    first = (date(2021, 4, 1) + timedelta(days=late)).isoformat()
    assert match_dates(SEASON, every(step, first, "2021-10-30")).missing == missing


def test_dates_that_cannot_contribute_are_not_read():
    found = every(10, "2019-01-01", "2022-12-31")
    used = [found[at] for at in match_dates(SEASON, found).needed]
    assert used[0] >= "2020-01-30"
    assert used[-1] <= "2020-10-30"


def test_one_trained_date_and_one_found():
    assert match_dates(("2020-06-01",), ("2022-06-10",)).missing == ()
    assert match_dates(("2020-06-01",), ("2022-06-17",)).missing == (0,)
    assert match_dates(("2020-06-01",), ("2022-05-10",)).missing == (0,)


def months(count, first="2020-01", step=1):
    year, month = map(int, first.split("-"))
    at = [year * 12 + month - 1 + step * number for number in range(count)]
    return tuple(f"{number // 12}-{number % 12 + 1:02d}" for number in at)


YEAR = months(12)


@pytest.mark.parametrize("first", ["2020-10", "2023-10", "2011-10"])
def test_the_same_months_of_any_year_are_the_same(first):
    match = match_dates(months(6, "2020-10"), months(6, first))
    assert (match.interpolation, match.years, match.missing) == (None, int(first[:4]) - 2020, ())


@pytest.mark.parametrize(
    ("day", "same"), [("2022-05-31", True), ("2022-04-29", True), ("2022-06-01", False), ("2022-04-28", False)]
)
def test_a_day_is_the_same_as_a_month_half_a_month_around_its_15th(day, same):
    for trained, found in (("2020-05", day), (day, "2020-05")):
        assert (match_dates((trained,), (found,)).interpolation is None) == same


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (months(12, "2021-02"), 1),
        (months(12, "2020-02"), 1),  # a month later in the trained year itself
        (months(12, "2020-12"), 1),  # a month earlier
        (months(12, "2021-03"), 2),
        (months(12, "2021-07"), 6),  # another season
        (months(6, "2021-01"), 6),
        (months(6, "2021-01", step=2), 1),  # every second month: only December lies beyond
        (months(11, "2021-01"), 1),
        (months(11, "2021-02"), 1),
        ((*months(7, "2021-01"), *months(3, "2021-10")), 2),
        (every(15, "2021-01-01", "2021-06-15"), 6),  # twelve dates, two a month
    ],
)
def test_of_a_year_of_months_what_was_not_seen_is_missing(found, missing):
    match = match_dates(YEAR, found)
    assert match.interpolation is not None
    assert len(match.missing) == missing
    gone = [match.wanted[at] for at in match.missing]
    assert not {day.isoformat()[:7] for day in gone} & set(found)


@pytest.mark.parametrize(("shift", "missing"), [(1, (0,)), (2, (0, 1)), (6, (0, 1, 2, 3, 4, 5))])
def test_a_season_of_months_is_never_taken_by_position(shift, missing):
    match = match_dates(months(6, "2020-03"), months(6, f"2020-{3 + shift:02d}"))
    assert match.interpolation is not None
    assert match.missing == missing


def test_a_month_beside_a_day_of_it_cannot_be_put_in_order():
    assert months_shared(("2021-03", "2021-03-05", "2021-04")) == ("2021-03",)
    assert months_shared(("2021-03", "2021-04-05", "2021-04-20")) == ()


def test_days_for_trained_months_in_another_number():
    match = match_dates(("2020-03", "2020-04", "2020-05"), every(10, "2022-03-01", "2022-06-30"))
    assert match.wanted == (date(2022, 3, 15), date(2022, 4, 15), date(2022, 5, 15))
    assert match.missing == ()


@settings(max_examples=60, derandomize=True)
@given(
    st.lists(st.dates(date(2015, 1, 1), date(2016, 12, 31)), min_size=1, max_size=6, unique=True),
    st.lists(st.dates(date(2014, 1, 1), date(2021, 12, 31)), min_size=1, max_size=12, unique=True),
)
def test_whatever_the_dates_their_messages_are_consistent(trained, found):
    season, days = sorted(trained), sorted(found)
    match = match_dates([day.isoformat() for day in season], [day.isoformat() for day in days])
    assert len(match.wanted) == len(season)
    assert all((one.month, one.day) in {(other.month, other.day), (2, 28)} for one, other in zip(match.wanted, season))
    if match.interpolation is None:
        assert len(days) == len(season)
        return
    assert match.interpolation.observed == tuple((days[at] - days[0]).days for at in match.needed)
    reach = match.interpolation.reach_days
    for at, want in enumerate(match.wanted):
        if (days[0] - want).days > reach or (want - days[-1]).days > reach:
            assert at in match.missing
    gone = {at for at, want in enumerate(match.wanted) if all(abs((day - want).days) > 62 for day in days)}
    assert gone <= set(match.missing) or max(reach, match.interpolation.gap_days) > 62
