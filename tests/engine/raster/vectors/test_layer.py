"""Vector layers read."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import VectorSource
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import ogr
from colearn.engine.raster.vectors.layer import layer_bounds, point_xy, read_features
from colearn.engine.raster.vectors.wkb import coordinates, moved

SQUARE = "POLYGON((0 0,10 0,10 10,0 10,0 0))"


def area(wkb):
    return ogr.CreateGeometryFromWkb(wkb).GetArea()


def test_points_with_their_values(make_layer):
    fields = (("name", ogr.OFTString), ("count", ogr.OFTInteger), ("height", ogr.OFTReal), ("day", ogr.OFTDate))
    rows = ({"name": "oak", "count": 3, "height": 1.5, "day": "2020/06/01"}, {"name": "ash"})
    features = read_features(
        make_layer(("POINT(1 2)", "POINT(3 4)"), rows, fields=fields), [name for name, _ in fields]
    )
    assert (features.kind, len(features), features.fid) == ("point", 2, (1, 2))
    assert features.values == {
        "name": ["oak", "ash"],
        "count": [3, None],
        "height": [1.5, None],
        "day": ["2020-06-01", None],
    }
    assert features.field_types == {"name": "string", "count": "integer", "height": "real", "day": "date"}


def test_big_integers_booleans_nan_and_the_feature_id(make_layer):
    fields = (("big", ogr.OFTInteger64), ("part", ogr.OFTReal))
    source = make_layer(("POINT(1 2)",), ({"big": 2**40, "part": float("nan")},), fields=fields)
    dataset = ogr.Open(source.path, 1)
    yes = ogr.FieldDefn("yes", ogr.OFTInteger)
    yes.SetSubType(ogr.OFSTBoolean)
    dataset.GetLayer(0).CreateField(yes)
    dataset.ExecuteSQL("UPDATE labels SET yes = 1")
    dataset = None
    features = read_features(source, ("big", "part", "yes", "fid"))
    assert features.values == {"big": [2**40], "part": [None], "yes": [True], "fid": [1]}
    assert features.field_types == {"big": "integer", "part": "real", "yes": "bool", "fid": "integer"}


def test_multi_points_give_several_positions(make_layer):
    features = read_features(make_layer(("MULTIPOINT((1 2),(3 4))", "POINT Z(5 6 7)")))
    x, y, index = point_xy(features)
    assert (x.tolist(), y.tolist(), index.tolist()) == ([1, 3, 5], [2, 4, 6], [0, 0, 1])


def test_heights_are_dropped_and_curves_made_straight(make_layer):
    circle = "CURVEPOLYGON(CIRCULARSTRING(0 0,5 5,10 0,5 -5,0 0))"
    features = read_features(make_layer(("POLYGON Z((0 0 1,10 0 2,10 10 3,0 10 4,0 0 1))", circle)))
    assert features.kind == "polygon"
    assert coordinates(features.geometry[0]).tolist() == [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
    assert area(features.geometry[1]) == pytest.approx(np.pi * 25, rel=0.01)


def test_invalid_polygons_are_repaired_and_counted(make_layer):
    features = read_features(make_layer(("POLYGON((0 0,10 10,10 0,0 10,0 0))", SQUARE)))
    assert (len(features), features.mended) == (2, 1)
    assert area(features.geometry[0]) == pytest.approx(50)


def test_features_without_usable_geometry_are_skipped_and_counted(make_layer):
    flat = "POLYGON((0 0,10 0,5 0,0 0))"
    fields = (("name", ogr.OFTString),)
    rows = [{"name": name} for name in "abcd"]
    features = read_features(make_layer((None, "POLYGON EMPTY", flat, SQUARE), rows, fields=fields), ("name",))
    assert (len(features), features.skipped, features.values["name"], features.fid) == (1, 3, ["d"], (4,))


def test_an_empty_layer_is_empty_features(make_layer):
    features = read_features(make_layer((), kind=ogr.wkbMultiPolygon))
    assert (len(features), features.kind) == (0, "polygon")
    assert len(point_xy(features)[0]) == 0


@pytest.mark.parametrize(
    "geometries", [("LINESTRING(0 0,1 1)",), (SQUARE, "POINT(0 0)"), ("GEOMETRYCOLLECTION(POINT(0 0))",)]
)
def test_lines_mixtures_and_collections_are_reported(make_layer, error_of, geometries):
    error = error_of(read_features, make_layer(geometries))
    assert error.code is ErrorCode.LABELS_UNREADABLE
    assert "1 ×" in error.found


def test_a_missing_field_lists_those_there_are(make_layer, error_of):
    fields = (("class", ogr.OFTString), ("area", ogr.OFTReal))
    error = error_of(read_features, make_layer(("POINT(0 0)",), fields=fields), ("klass",))
    assert error.code is ErrorCode.LABEL_FIELD_MISSING
    assert ("klass" in error.found, "class, area" in error.expected) == (True, True)


def test_a_layer_without_crs(make_layer, error_of):
    for crs in (None, 'LOCAL_CS["somewhere"]'):
        error = error_of(read_features, make_layer(("POINT(0 0)",), crs=crs, name=f"{bool(crs)}.gpkg"))
        assert error.code is ErrorCode.LABELS_WITHOUT_CRS


def test_the_only_spatial_layer_is_taken_and_one_of_several_must_be_named(make_layer, error_of):
    source = make_layer(("POINT(0 0)",), layer="trees")
    make_layer((), layer="layer_styles", kind=ogr.wkbNone)
    assert len(read_features(VectorSource(source.path))) == 1
    make_layer(("POINT(0 0)",), layer="plots")
    error = error_of(read_features, VectorSource(source.path))
    assert error.code is ErrorCode.LABELS_UNREADABLE
    assert "trees, plots, layer_styles" in error.found
    assert error_of(read_features, VectorSource(source.path, "shrubs")).code is ErrorCode.LABELS_UNREADABLE


def test_a_file_that_is_no_layer_or_not_there(tmp_path, error_of):
    (tmp_path / "text.gpkg").write_text("nothing")
    for name in ("text.gpkg", "missing.gpkg"):
        assert error_of(read_features, VectorSource(str(tmp_path / name))).code is ErrorCode.LABELS_UNREADABLE


def test_bounds_of_a_layer(make_layer):
    found = layer_bounds(make_layer((SQUARE, "POLYGON((20 20,30 20,30 40,20 20))")))
    assert found.bounds == (0, 0, 30, 40)
    assert np.isnan(layer_bounds(make_layer((), name="empty.gpkg")).bounds).all()


def test_moving_keeps_rings_and_parts():
    wkt = "MULTIPOLYGON (((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1)),((5 5,6 5,6 6,5 5)))"
    wkb = bytes(ogr.CreateGeometryFromWkt(wkt).ExportToWkb(ogr.wkbNDR))
    there = moved(wkb, lambda x, y: (y + 1, -x))
    back = moved(there, lambda x, y: (-y, x - 1))
    assert back == wkb
    assert coordinates(there)[1].tolist() == [1, -9]


def test_other_geometries_are_refused():
    line = bytes(ogr.CreateGeometryFromWkt("LINESTRING(0 0,1 1)").ExportToWkb(ogr.wkbNDR))
    with pytest.raises(ValueError, match="type 2"):
        coordinates(line)


def test_gdal_stays_silent_about_newer_geopackages(data, capfd):
    features = read_features(VectorSource(str(data / "idtrees_neon" / "crowns.gpkg")), ("genus", "height"))
    assert (len(features), features.kind) == (846, "polygon")
    assert features.values["height"].count(None) > 0
    assert capfd.readouterr() == ("", "")
