"""Class maps as polygons: every pixel in one of its class, and nothing else."""

from collections import defaultdict

import numpy as np
import pytest
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal, ogr, osr
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.geo.pixel_area import OutlineAreas, pixel_areas_m2
from colearn.engine.raster.output.geotiff import Finish, RasterWriter
from colearn.engine.raster.vector_output.feature_file import require_feature_format
from colearn.engine.raster.vector_output.polygonize import PolygonFile, write_polygons
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

UTM = ("EPSG:32633", (500000, 10, 0, 5800000, 0, -10))
PIXEL_M2 = 100 / 0.9996**2  # on the ground, in the middle of a zone
DEGREES = ("EPSG:4326", (10.0, 0.001, 0.0, 60.0, 0.0, -0.001))
TURNED = ("EPSG:32633", (500000, 8, 6, 5800000, 6, -8))
FEET = ("EPSG:2263", (900000, 10, 0, 200000, 0, -10))
CLASSES = (
    LabelClass(1, "Wald", "#00ff00"),
    LabelClass(2, "Gewässer", "#0000ff"),
    LabelClass(60_000, "Moor", "#aa5500"),
)


@pytest.fixture
def traced(tmp_path):
    """Trace an array of codes; features as dicts with their geometry."""

    def run(codes, place=UTM, least_m2=0.0, name="Flächen.gpkg", dtype="uint8", finish=Finish(), logged=None):  # noqa: B008
        codes = np.asarray(codes, dtype)
        grid = Grid(*place, *codes.shape)
        nodata = np.iinfo(dtype).max
        classes = tuple(label for label in CLASSES if label.code < nodata)
        (tmp_path / name).unlink(missing_ok=True)
        writer = RasterWriter.create(
            tmp_path / "map.tif", grid, bands=1, dtype=dtype, nodata=nodata, classes=classes, finish=finish
        )
        writer.write(grid.window(), codes)
        writer.close()
        before = (tmp_path / "map.tif").read_bytes()
        wanted = PolygonFile("", least_m2)
        steps = [] if logged is None else logged
        count = write_polygons(tmp_path / "map.tif", tmp_path / name, wanted, grid, CLASSES, steps.append)
        assert (tmp_path / "map.tif").read_bytes() == before
        features = read(tmp_path / name)
        assert count == len(features)
        return features

    return run


def read(path):
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    return [{**feature.items(), "shape": feature.GetGeometryRef().Clone()} for feature in dataset.GetLayer(0)]


def total(features):
    sums = defaultdict(float)
    for feature in features:
        sums[feature["code"]] += feature["area_m2"]
    return dict(sums)


def pixels(**counts):
    return pytest.approx({int(code[1:]): count * PIXEL_M2 for code, count in counts.items()})


@pytest.mark.parametrize("name", ["Flächen.gpkg", "areas.GeoJSON"])
def test_each_area_has_its_class_and_colour(traced, tmp_path, name):
    features = traced([[1, 1, 255], [2, 1, 1]], name=name)
    logged = {(each["code"], each["class"], each["color"], round(each["area_m2"] / PIXEL_M2, 6)) for each in features}
    assert logged == {(1, "Wald", "#00ff00", 4), (2, "Gewässer", "#0000ff", 1)}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["map.tif", "map.tif.aux.xml", name])
    dataset = gdal.OpenEx(str(tmp_path / name), gdal.OF_VECTOR)
    layer = dataset.GetLayer(0)
    assert layer.GetName() == name.rpartition(".")[0]
    expected = osr.SpatialReference()
    expected.ImportFromEPSG(32633)
    assert layer.GetSpatialRef().IsSame(expected)
    assert layer.GetExtent() == (500000, 500030, 5799980, 5800000)


@given(
    rows=st.integers(1, 12),
    cols=st.integers(1, 12),
    seed=st.integers(0, 10_000),
    place=st.sampled_from([UTM, DEGREES, TURNED, FEET]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_areas_are_whole_valid_and_those_of_the_pixels(traced, rows, cols, seed, place):
    codes = np.random.default_rng(seed).choice([1, 2, 255], (rows, cols), p=[0.45, 0.45, 0.1])
    features = traced(codes, place, name="areas.geojson")  # the quicker format
    grid = Grid(*place, rows, cols)
    ground = np.broadcast_to(pixel_areas_m2(grid, grid.window()), grid.shape)
    expected = {int(code): pytest.approx(ground[codes == code].sum()) for code in np.unique(codes[codes < 255])}
    assert total(features) == expected
    assert all(each["shape"].IsValid() and each["shape"].GetGeometryType() == ogr.wkbPolygon for each in features)


def test_an_area_has_the_class_of_the_pixels_inside(traced):
    codes = np.random.default_rng(3).choice([1, 2, 255], (9, 14))
    features = traced(codes, TURNED)
    x, y = Grid(*TURNED, *codes.shape).xy_of(*np.indices(codes.shape))
    for place in np.ndindex(codes.shape):
        centre = ogr.Geometry(ogr.wkbPoint)
        centre.AddPoint_2D(float(x[place]), float(y[place]))
        shown = [each["code"] for each in features if each["shape"].Contains(centre)]
        assert shown == ([] if codes[place] == 255 else [codes[place]])


def test_outlines_that_meet_themselves_at_a_corner_are_valid(traced):
    """Two holes that touch at a corner, and a hole that touches the border's corner."""
    codes = np.ones((6, 6), int)
    codes[1, 1] = codes[2, 2] = codes[4, 4] = 2
    codes[5, 5] = 255
    features = traced(codes)
    assert all(each["shape"].IsValid() for each in features)
    assert total(features) == pixels(_1=32, _2=3)


def test_sixteen_bits_have_areas_too(traced):
    features = traced([[60_000, 60_000], [1, 65_535]], dtype="uint16")
    assert total(features) == pixels(_60000=2, _1=1)
    assert {each["class"] for each in features} == {"Moor", "Wald"}


def test_a_cog_is_traced_as_well(traced):
    assert total(traced(np.ones((700, 3)), finish=Finish(cog=True))) == pixels(_1=2100)


def test_a_map_of_nodata_is_an_empty_layer(traced):
    assert traced(np.full((3, 3), 255)) == []


class TestSieve:
    def test_small_areas_join_the_largest_beside_them(self, traced):
        codes = np.ones((8, 8), int)
        codes[:, 6:] = 2
        codes[1, 1] = 2
        codes[4, 7] = 1
        assert len(traced(codes)) == 4
        sieved = traced(codes, least_m2=300.0)
        assert total(sieved) == pixels(_1=48, _2=16)
        assert len(sieved) == 2

    def test_areas_of_just_that_size_stay(self, traced):
        codes = np.ones((5, 5), int)
        codes[2, 1:4] = 2
        assert total(traced(codes, least_m2=300.0))[2] == pytest.approx(3 * PIXEL_M2)
        assert 2 not in total(traced(codes, least_m2=301.0))

    def test_sizes_are_ground_sizes(self, traced):
        codes = np.ones((5, 5), int)
        codes[2, 1:4] = 2
        pixel_m2 = Grid(*DEGREES, 5, 5).pixel_area_m2()
        assert 2 in total(traced(codes, DEGREES, least_m2=2.9 * pixel_m2))
        assert 2 not in total(traced(codes, DEGREES, least_m2=3.1 * pixel_m2))

    @pytest.mark.parametrize("x", [500_000, 166_200, 833_800])  # the middle and both edges of a zone at the equator
    def test_twenty_five_pixels_of_ten_metres_are_2500_m2_in_all_of_a_zone(self, x):
        grid = Grid("EPSG:32633", (x, 10, 0, 1000, 0, -10), 5, 5)
        for pixels, least_m2 in ((25, 2500), (100, 10_000), (3, 300), (1, 100), (4, 301)):
            assert PolygonFile("", least_m2).least_px(grid) == pixels

    def test_twenty_units_of_web_mercator_at_60_degrees_are_ten_metres(self):
        """2,500 m² are 25 pixels there (10.02 m each), not 6 of 400 m² that the CRS counts."""
        grid = Grid("EPSG:3857", (1_113_195, 20, 0, 8_399_738, 0, -20), 5, 5)
        assert PolygonFile("", 2500.0).least_px(grid) == 25

    def test_nodata_neither_takes_nor_gives(self, traced):
        codes = np.full((6, 6), 255)
        codes[1, 1] = 2
        codes[3:, 3:] = 1
        codes[4, 4] = 255
        assert total(traced(codes, least_m2=900.0)) == pixels(_1=8, _2=1)

    def test_pixels_that_touch_at_a_corner_are_not_one_area(self, traced):
        codes = np.ones((5, 5), int)
        codes[1, 1] = codes[2, 2] = codes[3, 3] = 2
        assert total(traced(codes, least_m2=200.0)) == pixels(_1=25)

    def test_a_least_area_beyond_the_map_leaves_one_class(self, traced):
        codes = np.ones((5, 5), int)
        codes[:, 3:] = 2
        assert len(traced(codes, least_m2=1e30)) == 2  # none is large enough to take the other in


def test_progress_goes_from_start_to_end(traced):
    logged = []
    traced(np.random.default_rng(0).integers(1, 3, (50, 50)), least_m2=200.0, logged=logged)
    assert logged == sorted(logged) and logged[-1] == 1.0 and len(logged) > 5


@pytest.mark.parametrize("path", ["areas.shp", "areas", "areas.gpkg.txt"])
def test_other_formats_are_refused_with_a_message(error_of, path):
    error = error_of(require_feature_format, path, "OUTPUT_POLYGONS")
    assert (error.code, error.subject) == (ErrorCode.OUTPUT_UNWRITABLE, "OUTPUT_POLYGONS")
    assert ".gpkg or .geojson" in error.expected


def test_a_path_that_cannot_be_written_is_reported(tmp_path, error_of):
    grid = Grid(*UTM, 3, 3)
    writer = RasterWriter.create(tmp_path / "map.tif", grid, bands=1, dtype="uint8", nodata=255)
    writer.close()
    (tmp_path / "areas.gpkg").mkdir()
    error = error_of(
        write_polygons, tmp_path / "map.tif", tmp_path / "areas.gpkg", PolygonFile(""), grid, CLASSES, lambda _: None
    )
    assert error.code is ErrorCode.OUTPUT_UNWRITABLE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["areas.gpkg", "map.tif"]


def test_the_earth_seen_as_one_outline_has_its_surface():
    earth = Grid("EPSG:4326", (-180.0, 0.25, 0.0, 90.0, 0.0, -0.25), 720, 1440)
    outline = np.array([(-180, 90), (180, 90), (180, -90), (-180, -90), (-180, 90)], np.float64)
    assert OutlineAreas(earth).area_m2(outline) == pytest.approx(5.10066e14, rel=1e-5)
