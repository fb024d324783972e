"""How much of the labels each class has, before anything is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import RasterLabels, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.labels.label_space import LabelSpace
from colearn.engine.samples.points.class_shares import of_what_is_left, with_shares
from colearn.engine.samples.points.draw import draw_label_points
from colearn.engine.samples.points.label_points import DrawOptions, LabelPoints
from osgeo import ogr

from journeys import Listening, source
from world import EPSG, NORTH, PIXEL_M, WEST, _crs


def _classes(codes, names) -> tuple[LabelClass, ...]:
    return tuple(LabelClass(code, name, "#000000") for code, name in zip(codes, names, strict=True))


SPACE = LabelSpace(Task.CLASSIFICATION, ("kind",), _classes((0, 1, 2), "abc"))
LABELS = LabelSpace(Task.MULTILABEL, ("wet", "green"), _classes((1, 1), ("wet", "green")))


def label_points(space: LabelSpace, target, stands_for=None) -> LabelPoints:
    rows = np.arange(len(target))
    return LabelPoints(
        "fields", "", np.zeros(len(rows)), np.zeros(len(rows)), rows, space, target, rows, "", stands_for
    )


def placed(labels, world, **wishes) -> LabelPoints:
    sensor = open_sensor(SensorSpec("camera", (source(world.camera),)))
    draw_options = DrawOptions(Task.CLASSIFICATION, most=wishes.pop("most", 60), seed=0, **wishes)
    return draw_label_points(labels, (sensor,), draw_options, Reporter(Listening()))


def test_candidates_count_what_they_stand_for() -> None:
    """2 · 1 of the first class, 6 of the second, 1 + 1 of the third."""
    found = with_shares(
        label_points(SPACE, np.array([0, 1, 2, 2]), np.array([2.0, 6.0, 1.0, 1.0])), Reporter(Listening())
    )
    assert found.space.shares == pytest.approx((0.2, 0.6, 0.2))
    alike = with_shares(label_points(SPACE, np.array([0, 1, 2, 2])), Reporter(Listening()))
    assert alike.space.shares == (0.25, 0.25, 0.5)


def test_labels_have_each_a_share_of_their_own() -> None:
    target = np.array([[1, 0], [1, 1]], np.float32)
    found = with_shares(label_points(LABELS, target, np.array([3.0, 1.0])), Reporter(Listening()))
    assert found.space.shares == (1.0, 0.25)


def test_classes_that_are_left_share_the_whole() -> None:
    some = replace(SPACE, classes=tuple(replace(label, share=share) for label, share in zip(SPACE.classes, (0.5, 0.3))))
    assert of_what_is_left(some).shares == pytest.approx((0.625, 0.375))


@pytest.mark.parametrize("as_they_are", [False, True])
def test_an_even_draw_of_a_label_raster_leaves_the_shares_of_all_its_pixels(world, as_they_are) -> None:
    found = placed(RasterLabels((source(world.label_raster),)), world, as_they_are=as_they_are)
    assert len(found) == 60
    expected = np.bincount(world.truth.ravel()) / world.truth.size
    assert found.space.shares == pytest.approx(expected)
    drawn = np.bincount(found.target) / 60
    assert (np.abs(drawn - expected).max() > 0.01) or not as_they_are


def test_a_polygon_counts_by_its_pixels_and_not_by_its_samples(world, tmp_path) -> None:
    """60 × 40 pixels of one class and 10 × 10 of the other: 2400 to 100, though at most 32 are drawn of each."""
    path = tmp_path / "fields.gpkg"
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("labels", _crs(EPSG), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("kind", ogr.OFTString))
    for name, col, row, width, height in (("large", 10, 10, 60, 40), ("small", 80, 80, 10, 10)):
        west, north = WEST + col * PIXEL_M, NORTH - row * PIXEL_M
        east, south = west + width * PIXEL_M, north - height * PIXEL_M
        feature = ogr.Feature(layer.GetLayerDefn())
        feature["kind"] = name
        ring = f"{west} {north}, {east} {north}, {east} {south}, {west} {south}, {west} {north}"
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))"))
        layer.CreateFeature(feature)
    del layer, dataset
    found = placed(VectorLabels(VectorSource(str(path), "labels", "fields"), ("kind",)), world, most=1000)
    assert np.bincount(found.target).tolist() == [32, 32]
    assert found.space.shares == pytest.approx((2400 / 2500, 100 / 2500))
