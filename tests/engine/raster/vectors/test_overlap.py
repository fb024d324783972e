"""Polygons that share ground."""

import numpy as np
import pytest
from colearn.engine.raster.gdal_calls import ogr
from colearn.engine.raster.vectors.features import Features
from colearn.engine.raster.vectors.layer import overlapping
from colearn.engine.raster.vectors.overlap import SHARED_PART

UTM = "EPSG:32633"


def wkb_of(wkt):
    return bytes(ogr.CreateGeometryFromWkt(wkt).ExportToWkb(ogr.wkbNDR))


def rectangle(x0, y0, x1, y1):
    return wkb_of(f"POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))")


def groups_of(*polygons, rows=None):
    features = Features(UTM, "polygon", polygons, {}, tuple(range(len(polygons))), 0, {})
    return overlapping(features, range(len(polygons)) if rows is None else rows).tolist()


SQUARE = rectangle(0, 0, 10, 10)


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        (SQUARE, True),
        (rectangle(10, 0, 20, 10), False),  # touches along a border
        (rectangle(10, 10, 20, 20), False),  # touches at a corner
        (rectangle(9.2, 0, 19.2, 10), False),  # 8 % of each
        (rectangle(8.8, 0, 18.8, 10), True),  # 12 % of each
        (rectangle(9.5, 0, 10.5, 1), True),  # half of the smaller one, half a percent of the other
        (rectangle(2, 2, 3, 3), True),  # inside
        (rectangle(100, 100, 110, 110), False),
        (wkb_of("POLYGON((0 -9,19 -9,19 10,18 10,18 -8,0 -8,0 -9))"), False),  # around: only the boxes overlap
        (wkb_of("MULTIPOLYGON(((50 50,60 50,60 60,50 50)),((1 1,9 1,9 9,1 1)))"), True),  # by one of its parts
    ],
)
def test_a_tenth_of_the_smaller_one_is_sharing(other, shares):
    first, second = groups_of(SQUARE, other)
    assert (first == second) is shares
    assert groups_of(other, SQUARE) == [first, second]


def test_a_polygon_in_anothers_hole_shares_nothing():
    ring = wkb_of("POLYGON((0 0,30 0,30 30,0 30,0 0),(10 10,10 20,20 20,20 10,10 10))")
    assert groups_of(ring, rectangle(10, 10, 20, 20)) == [0, 1]


def test_what_shares_with_one_that_shares_with_a_third_is_one_group():
    chain = [rectangle(6 * step, 0, 6 * step + 10, 10) for step in (4, 0, 2, 1, 3)]
    assert groups_of(*chain, rectangle(200, 0, 210, 10)) == [0, 0, 0, 0, 0, 1]


def test_only_the_rows_asked_for_are_compared_and_the_answer_is_in_their_order():
    far = rectangle(50, 0, 60, 10)
    bridge = rectangle(5, 0, 15, 10)
    beyond = rectangle(12, 0, 22, 10)
    assert groups_of(far, SQUARE, bridge, beyond, rows=[1, 3]) == [0, 1]
    assert groups_of(far, SQUARE, bridge, beyond, rows=[3, 0, 1, 2, 0]) == [1, 0, 1, 1, 0]
    assert groups_of(far, rows=[]) == []


def plainly(boxes):
    """Every box against every other."""
    x0, y0, x1, y1 = boxes.T
    across = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    along = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    areas = (x1 - x0) * (y1 - y0)
    linked = across.clip(0) * along.clip(0) >= SHARED_PART * np.minimum(areas[:, None], areas)
    for _ in range(len(boxes)):
        linked = linked @ linked
    return linked


@pytest.mark.parametrize("seed", range(5))
def test_the_sweep_finds_what_comparing_all_with_all_finds(seed):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 100, (60, 2))
    boxes = np.hstack([corner, corner + rng.uniform(1, 15, (60, 2))])
    groups = np.array(groups_of(*(rectangle(*box) for box in boxes)))
    np.testing.assert_array_equal(groups[:, None] == groups, plainly(boxes))


def test_scattered_polygons_are_not_compared_with_all_others(monkeypatch):
    """A count instead of a clock: ten thousand polygons, each near a handful of others."""
    from colearn.engine.raster.vectors import overlap

    asked = []
    share = overlap._share
    monkeypatch.setattr(overlap, "_share", lambda *pair: asked.append(1) or share(*pair))
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 100_000, (10_000, 2))
    groups = groups_of(*(rectangle(x, y, x + 100, y + 100) for x, y in corners))
    assert len(asked) < 500
    assert 9_000 < len(set(groups)) < 10_000
    assert groups_of(*[SQUARE] * 10_000) == [0] * 10_000


@pytest.mark.parametrize("turn", [-360, 0, 360])
def test_the_same_area_overlaps_in_any_longitude_range(turn):
    polygons = (rectangle(-71, 0, -70, 1), rectangle(-71 + turn, 0, -70 + turn, 1), rectangle(60, 0, 61, 1))
    features = Features("EPSG:4326", "polygon", polygons, {}, (0, 1, 2), 0, {})
    assert overlapping(features, range(3)).tolist() == [0, 0, 1]


def test_polygons_across_180_degrees_overlap_in_either_longitude_range():
    polygons = (rectangle(179, 0, 181, 1), rectangle(-181, 0, -179, 1), rectangle(-180, 0, -179, 1))
    features = Features("EPSG:4326", "polygon", polygons, {}, (0, 1, 2), 0, {})
    assert overlapping(features, range(3)).tolist() == [0, 0, 0]
