"""Longitudes equal modulo 360 are one place."""

import numpy as np
import pytest
from colearn.engine.raster.geo.longitudes import (
    arc_around,
    arcs_apart,
    east_of_greenwich,
    side_by_side,
    turned_into,
    west_and_east,
)
from hypothesis import given
from hypothesis import strategies as st

DEGREES = st.integers(-179, 180)


def test_what_lies_in_the_range_keeps_every_bit() -> None:
    values = np.random.default_rng(0).uniform(100, 460, 1000)
    np.testing.assert_array_equal(turned_into(values, 100.0), values)


@pytest.mark.parametrize(("given_", "low", "found"), [(-70, 0, 290), (360, 0, 0), (0, 0, 0), (181, -180, -179)])
def test_values_are_shifted_by_whole_periods(given_, low, found) -> None:
    assert turned_into([given_], low).tolist() == [found]


@pytest.mark.parametrize(("given_", "found"), [(290, -70), (180, -180), (-180, -180), (540.5, -179.5), (15, 15)])
def test_longitudes_as_everyone_writes_them(given_, found) -> None:
    assert east_of_greenwich([given_]).tolist() == [found]


@pytest.mark.parametrize(
    ("longitude", "bounds"),
    [
        ([10.0, 20.0], (10, 20)),
        ([179.0, -178.0], (179, -178)),  # RFC 7946: west of the crossing is larger
        ([181.0, 179.5], (179.5, -179)),
        ([290.0, -71.0], (-71, -70)),
        ([-179.0, 179.0, 0.0], (0, -179)),  # 181° from 0 eastward, which is less than 358°
        ([5.0], (5, 5)),
        ([np.nan, 5.0, 6.0], (5, 6)),
        ([170.0, 180.0], (170, 180)),
    ],
)
def test_bounds_are_the_shortest_arc(longitude, bounds) -> None:
    assert west_and_east(longitude) == bounds


def test_no_longitude_has_no_bounds() -> None:
    assert np.isnan(west_and_east([])).all()
    assert np.isnan(west_and_east([np.nan])).all()


@given(st.lists(st.tuples(DEGREES, st.integers(-2, 2)), min_size=1, max_size=12))
def test_whole_periods_change_nothing(drawn) -> None:
    plain, turned = np.array([at for at, _ in drawn]), np.array([at + 360 * circles for at, circles in drawn])
    found = side_by_side(plain)
    np.testing.assert_array_equal(side_by_side(turned), found)
    np.testing.assert_array_equal((found - plain) % 360, 0)
    # By brute force: no other place to cut the circle gives a shorter span.
    spans = [np.ptp(turned_into(plain, cut)) for cut in plain]
    assert np.ptp(found) == min(spans)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ([170, -175], [175, -170], (170, -170)),
        ([170, -175], [200, -173], (170, -160)),  # the one that begins last reaches over the first
        ([-180], [180], (-180, 180)),
        ([0], [360], (-180, 180)),
        ([0, 100, 200], [110, 210, 300], (0, -60)),
        ([0, 100, 200], [110, 210, 370], (-180, 180)),  # all around
        ([350, np.nan], [370, 5], (-10, 10)),
    ],
)
def test_the_arc_around_arcs(first, last, found) -> None:
    assert arc_around(first, last) == found


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((10, 20), (20, 30), False),  # they touch
        ((10, 20), (21, 30), True),
        ((170, 190), (-175, -170), False),
        ((285, 295), (-70, -60), False),
        ((285, 295), (-64, -60), True),
        ((-180, 180), (7, 8), False),
        ((np.nan, np.nan), (7, 8), False),
    ],
)
def test_arcs_apart(one, other, apart) -> None:
    assert arcs_apart(one, other) is apart
    assert arcs_apart(other, one) is apart
