"""A map assessed by labels that are a sample of it: areas of its classes, its classes at the labels, the log."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob, Task
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.contract.wire.events import Level
from colearn.engine.evaluation.class_map import open_class_map
from colearn.engine.evaluation.map_assessment import _plus_minus, area_numbers, map_accuracy
from colearn.engine.learning.metrics.area_estimates import AreaEstimate, area_accuracy
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.output.color_table import add_table
from colearn.engine.samples.labels.label_space import LabelSpace
from colearn.engine.samples.points.label_points import DrawOptions
from colearn.engine.samples.positions.positions import Positions
from osgeo import gdal, ogr

from assessed_maps import CLASSES, MAP, PIXEL_M2, assess, point, points
from journeys import Listening, source
from layers import stands, write_layer
from world import GROUND_SCALE, NORTH, PIXEL_M, WEST, write_raster

COUNTS = np.array([[8, 1, 0, 0], [0, 9, 2, 1], [0, 0, 5, 0], [0, 0, 0, 0]])


def same(one, two):
    np.testing.assert_allclose(one.proportions, two.proportions, rtol=1e-5)
    for name in ("users", "producers", "areas_m2"):
        for own, other in zip(getattr(one, name), getattr(two, name), strict=True):
            np.testing.assert_allclose([own.value, own.standard_error], [other.value, other.standard_error], rtol=1e-4)
    assert one.overall.value == pytest.approx(two.overall.value)
    assert one.overall.standard_error == pytest.approx(two.overall.standard_error)


def test_labels_and_pixels_are_counted_by_class_of_the_map_and_of_the_reference(class_map, sampled):
    found, sink = assess(class_map, sampled)
    same(found, area_accuracy(COUNTS, np.array([400, 800, 320, 0]), PIXEL_M2))
    # By hand: bare is a quarter of the area and 8/9 right, crop is a half and 9/12 right, wood 0.2 and all right.
    shares = np.array([400, 800, 320]) / 1520
    assert found.overall.value == pytest.approx(shares @ [8 / 9, 9 / 12, 1])
    assert found.areas_m2[2].value == pytest.approx((800 * 2 / 12 + 320) * PIXEL_M2, rel=1e-4)
    assert sink.texts(Level.WARNING) == ""
    assert "from 26 labels" in sink.texts(Level.INFO)


def test_blocks_change_nothing(class_map, sampled, monkeypatch):
    whole, _ = assess(class_map, sampled)
    monkeypatch.setattr("colearn.engine.evaluation.class_map.MAP_BLOCK_PX", 7)
    in_blocks, _ = assess(class_map, sampled)
    same(in_blocks, whole)


def test_labels_of_another_crs_find_their_pixels(class_map, tmp_path, sampled):
    gdal.VectorTranslate(str(tmp_path / "degrees.gpkg"), str(tmp_path / "points.gpkg"), dstSRS="EPSG:4326")
    found, _ = assess(class_map, stands(tmp_path / "degrees.gpkg"))
    same(found, assess(class_map, sampled)[0])


def test_a_map_in_degrees_is_measured_on_the_ground(tmp_path):
    """Two classes of as many pixels, one at the equator, one at 60° N, where a pixel covers half as much."""
    array = np.repeat(np.array([5, 0, 200], np.uint8), [2, 596, 2])[:, np.newaxis].repeat(3, axis=1)
    degrees = write_raster(tmp_path / "d.tif", array[np.newaxis], 0.1, nodata=0, epsg=4326, origin=(10.0, 60.0))
    features = [
        (f"POINT ({10.05 + 0.1 * at} {y})", {"kind": kind})
        for y, kind in ((59.9, "bare"), (0.1, "crop"))
        for at in (0, 1)
    ]
    found, sink = assess(degrees, stands(write_layer(tmp_path / "l.gpkg", features, kind=ogr.wkbPoint, epsg=4326)))
    assert found.areas_m2[0].value / found.areas_m2[1].value == pytest.approx(0.5, rel=0.02)
    assert found.areas_m2[1].value == pytest.approx(6 * (0.1 * 111_195) ** 2, rel=0.01)
    assert "times those on the ground" not in sink.texts()


def test_areas_in_a_crs_with_large_distortion_are_ground_areas(tmp_path):
    array = np.repeat(np.array([[5], [200]], np.uint8), 5, axis=0).repeat(10, axis=1)
    mercator = write_raster(
        tmp_path / "web.tif", array[np.newaxis], 10.0, nodata=0, epsg=3857, origin=(2_226_390.0, 8_399_738.0)
    )
    features = [
        (f"POINT ({2_226_395 + 10 * at} {8_399_738 - y})", {"kind": "bare"}) for y in (5, 95) for at in range(3)
    ]
    found, sink = assess(mercator, stands(write_layer(tmp_path / "l.gpkg", features, kind=ogr.wkbPoint, epsg=3857)))
    # By hand: at 60° N a unit is 0.50126 m from west to east and 0.50042 m from south to north (WGS 84).
    assert found.areas_m2[0].value == pytest.approx(100 * 100 * 0.50126 * 0.50042, rel=1e-4)
    assert "areas" not in sink.texts(Level.WARNING)


def test_a_class_of_the_map_without_labels_is_reported_and_excluded(class_map, tmp_path):
    rows = [4] * 5 + [20] * 5
    found, sink = assess(class_map, points(tmp_path / "p.gpkg", zip(rows, ["bare"] * 5 + ["crop"] * 5, strict=True)))
    messages = sink.texts(Level.WARNING)
    assert "No label is on pixels mapped as wood (3.202 ha, 21.1 % of the map)" in messages
    assert sum(area.value for area in found.areas_m2) == pytest.approx(1200 * PIXEL_M2, rel=1e-4)
    assert found.overall.value == pytest.approx(1)
    assert np.isnan(found.users[2].value)


def test_a_single_label_in_a_class_gives_no_interval(class_map, tmp_path):
    rows = [4] * 5 + [20] * 5 + [33]
    kinds = ["bare"] * 5 + ["crop"] * 5 + ["wood"]
    found, sink = assess(class_map, points(tmp_path / "p.gpkg", zip(rows, kinds, strict=True)))
    assert "Only one label is on pixels mapped as wood" in sink.texts(Level.WARNING)
    numbers = area_numbers(CLASSES, found)
    assert numbers["AREA_ACCURACY"] == pytest.approx(1)
    assert "AREA_ACCURACY_LOW" not in numbers


def test_labels_on_nodata_and_outside_the_map_are_reported(class_map, tmp_path, sampled):
    kinds = ["bare"] * 8 + ["crop"] + ["crop"] * 9 + ["wood"] * 2 + ["bog"] + ["wood"] * 5
    rows = [4] * 9 + [20] * 12 + [33] * 5
    more = [*zip(rows, kinds, strict=True), (38, "bare"), (39, "crop"), (500, "wood")]
    found, sink = assess(class_map, points(tmp_path / "more.gpkg", more))
    same(found, assess(class_map, sampled)[0])
    warnings = sink.texts(Level.WARNING)
    assert "2 of 28 labelled locations are on nodata of map" in warnings
    assert "1 of 29 labelled locations are outside map" in warnings


class TestUnsure:
    """A map with a minimum confidence: what it is not sure of shows no class."""

    UNSURE = LabelClass(254, "unsure", "#9e9e9e")

    def with_unsure(self, class_map, code=254, classes=(), nodata=0):
        """Ten columns of the map are unsure."""
        array = MAP.copy()
        array[:, 30:] = np.where(array[:, 30:], code, 0)
        write_raster(class_map, array[np.newaxis], nodata=nodata)
        if classes:
            dataset = gdal.Open(str(class_map), gdal.GA_Update)
            add_table(dataset.GetRasterBand(1), classes)
            del dataset
        return class_map

    @pytest.fixture
    def labels(self, tmp_path):
        """As sampled, and on unsure pixels three more of another class."""
        kinds = ["bare"] * 8 + ["crop"] + ["crop"] * 9 + ["wood"] * 2 + ["bog"] + ["wood"] * 5
        rows = [4] * 9 + [20] * 12 + [33] * 5
        features = [
            (point(row, at % 30), {"kind": kind}) for at, (row, kind) in enumerate(zip(rows, kinds, strict=True))
        ]
        features += [(point(4, 35), {"kind": "wood"})] * 3
        return stands(write_layer(tmp_path / "points.gpkg", features, kind=ogr.wkbPoint))

    @pytest.mark.parametrize("legend", [False, True])
    def test_unsure_pixels_count_as_not_mapped_and_are_reported(self, class_map, labels, legend):
        assessed = self.with_unsure(class_map, classes=(*CLASSES, self.UNSURE) if legend else ())
        found, sink = assess(assessed, labels, nodata=255)
        same(found, area_accuracy(COUNTS, np.array([300, 600, 240, 0]), PIXEL_M2))
        warnings = sink.texts(Level.WARNING)
        assert "map: 3.802 ha (25.0 % of the valid area) are unsure and count as not mapped" in warnings
        assert "3 of 29 labelled locations are on unsure pixels of map" in warnings
        assert "nodata of map" not in warnings

    def test_the_legend_tells_the_code_of_another_model(self, class_map, labels):
        assessed = self.with_unsure(class_map, 77, (*CLASSES, LabelClass(77, "unsure", "#9e9e9e")))
        assert assess(assessed, labels)[0].areas_m2[0].value > 0

    def test_a_code_that_the_legend_calls_something_else_is_no_code_of_the_model(self, class_map, labels):
        assessed = self.with_unsure(class_map, 254, (*CLASSES, LabelClass(254, "water", "#0000ff")))
        with pytest.raises(InputError) as caught:
            assess(assessed, labels, nodata=255)
        assert "the value 254" in caught.value.found

    def test_nothing_but_unsure_pixels(self, class_map, labels):
        write_raster(class_map, np.full((1, 40, 40), 254, np.uint8))
        with pytest.raises(InputError) as caught:
            assess(class_map, labels, nodata=255)
        assert "all pixels are unsure" in caught.value.found


def test_what_was_logged_of_the_labels_is_not_logged_again(class_map, tmp_path):
    labels = points(tmp_path / "p.gpkg", [(4, "bare"), (4, "bare"), (20, "crop"), (20, None), (33, "wood")])
    sink = Listening()
    reporter = Reporter(sink)
    reporter.warning("labels_null", "my stands: 1 label without a value in kind excluded.")
    job = EvaluateJob("model.colearn", (RasterSource("unused.tif"),), labels)
    space = LabelSpace(Task.CLASSIFICATION, ("kind",), CLASSES)
    map_accuracy(
        job, source(class_map), DrawOptions(Task.CLASSIFICATION, 100, 0, 1000, space, as_they_are=True), reporter
    )
    assert sink.texts().count("without a value") == 1


def test_polygons_are_sampled_at_the_maps_pixels_and_reported_as_no_random_points(class_map, tmp_path):
    def box(row, kind):
        x, y = WEST + 20, NORTH - row * PIXEL_M
        return f"POLYGON (({x} {y}, {x + 40} {y}, {x + 40} {y - 40}, {x} {y - 40}, {x} {y}))", {"kind": kind}

    labels = stands(write_layer(tmp_path / "p.gpkg", [box(2, "bare"), box(15, "crop"), box(31, "wood")]))
    found, sink = assess(class_map, labels)
    assert found.overall.value == pytest.approx(1)
    assert "48 pixels of only 3 polygons" in sink.texts(Level.WARNING)


def test_another_legend_of_the_same_codes_is_reported(class_map, sampled):
    dataset = gdal.Open(str(class_map), gdal.GA_Update)
    other = (LabelClass(5, "bare", "#000000"), LabelClass(200, "maize", "#000000"))
    add_table(dataset.GetRasterBand(1), other)
    del dataset
    _, sink = assess(class_map, sampled)
    assert "map: 200 is maize in the map, crop in the model" in sink.texts(Level.WARNING)
    assert "5 is" not in sink.texts(Level.WARNING)


def test_the_numbers_name_the_classes_and_hold_nothing_unknown(class_map, sampled):
    found, _ = assess(class_map, sampled)
    numbers = area_numbers(CLASSES, found)
    assert numbers["AREA_ACCURACY"] == pytest.approx(found.overall.value)
    assert numbers["AREA_ACCURACY_LOW"] < numbers["AREA_ACCURACY"] < numbers["AREA_ACCURACY_HIGH"] <= 1
    assert numbers["AREA_HA:bare"] == pytest.approx(4 / GROUND_SCALE**2 * 8 / 9, rel=1e-4)
    assert numbers["AREA_HA_ERROR:bare"] == pytest.approx(found.areas_m2[0].standard_error / 10_000)
    assert numbers["USERS_ACCURACY:crop"] == pytest.approx(9 / 12)
    assert numbers["PRODUCERS_ACCURACY:bare"] == pytest.approx(1)
    assert "USERS_ACCURACY:bog" not in numbers  # the map shows none
    assert all(np.isfinite(list(numbers.values())))


@pytest.mark.parametrize("band", ["2", "class"])
def test_of_several_bands_the_one_that_is_named_is_the_map(class_map, band):
    write_raster(class_map, np.stack([MAP * 0 + 77, MAP]), nodata=0, names=("quality", "class"))
    assessed = open_class_map(source(class_map), CLASSES, band=band)
    areas = assessed.areas(lambda fraction: None).classes_m2
    np.testing.assert_allclose(areas, np.array([400, 800, 320, 0]) * PIXEL_M2, rtol=1e-4)


def test_what_the_map_calls_unclassified_is_nodata_and_reported(class_map, sampled):
    write_raster(class_map, MAP[np.newaxis])  # nothing declares the 0
    dataset = gdal.Open(str(class_map), gdal.GA_Update)
    dataset.GetRasterBand(1).SetCategoryNames(["Unclassified"])
    del dataset
    found, sink = assess(class_map, sampled)
    same(found, area_accuracy(COUNTS, np.array([400, 800, 320, 0]) * PIXEL_M2, 1.0))
    assert "0 is “no class” in its legend and is treated as nodata" in sink.texts(Level.WARNING)


def test_classes_are_indices_in_the_models_order_and_minus_one_on_nodata(class_map):
    assessed = open_class_map(source(class_map), CLASSES)
    row = np.array([4, 20, 33, 39])
    x, y = np.full(4, WEST + 5), NORTH - (row + 0.5) * PIXEL_M
    assert assessed.classes_at(Positions("EPSG:32633", x, y)).tolist() == [0, 1, 2, -1]


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (3992.4, 44.04, "3\u202f992 ± 44 ha"),
        (940.5, 25.3, "940 ± 25 ha"),  # no digit of the value is finer than those of what it may be off by
        (64.677, 0.4281, "64.68 ± 0.43 ha"),
        (12.3456, 3.21, "12.3 ± 3.2 ha"),
        (12.3456, float("nan"), "12.35 ha"),
    ],
)
def test_an_estimate_is_as_fine_as_its_interval(value, half, text):
    assert _plus_minus(AreaEstimate(value, half / 1.96), 1.0, "ha") == text
