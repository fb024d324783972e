"""Places are those the sensors enclose, patches are cut where they lie, and classes nobody sees are not promised."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import RasterLabels, RasterSource, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.extract.gathering import gather, without_empty_classes
from colearn.engine.samples.extract.patches import context_px
from colearn.engine.samples.extract.sensor_coverage import seen_by_any
from colearn.engine.samples.points.draw import draw_label_points
from colearn.engine.samples.points.label_points import DrawOptions
from osgeo import gdal

from journeys import Listening, polygon_labels, read, source
from world import NORTH, WEST, write_raster


def sensor(path, name="camera"):
    return open_sensor(SensorSpec(name, (source(path),)))


def points(world, *fields):
    return VectorLabels(VectorSource(str(world.points), "labels", "points"), fields or ("kind",))


def place(labels, sensors, most=1000, **changes):
    sink = Listening()
    return draw_label_points(labels, tuple(sensors), DrawOptions(Task.AUTO, most, 0, **changes), Reporter(sink)), sink


@pytest.mark.parametrize(
    ("context_m", "pixel_m", "side"),
    [(0, 10, 1), (150, 10, 15), (150, 20, 7), (150, 9.9999999, 15), (9, 10, 1), (20, 10, 3), (19.9, 10, 1)],
)
def test_context_is_an_odd_number_of_pixels(context_m, pixel_m, side) -> None:
    assert context_px(context_m, pixel_m) == side


def test_patches_are_the_rasters_own_pixels_around_the_label(world) -> None:
    camera = sensor(world.camera)
    label_points, _ = place(points(world), [camera])
    samples = gather((camera,), (5,), label_points, Reporter(Listening()))
    whole = read(world.camera).astype(np.float32)
    whole[:, (whole == 0).any(axis=0)] = np.nan
    padded = np.pad(whole, ((0, 0), (2, 2), (2, 2)), mode="reflect")
    for at in range(len(label_points)):
        row, col = int((NORTH - label_points.y[at]) // 10), int((label_points.x[at] - WEST) // 10)
        assert np.array_equal(samples.sensors[0].values[at], padded[:, row : row + 5, col : col + 5], equal_nan=True)
        assert samples.present[at, 0] == (not np.isnan(whole[:, row, col]).any())


def test_labels_in_degrees_land_on_the_right_pixels(world) -> None:
    camera = sensor(world.camera)
    label_points, _ = place(polygon_labels(world), [camera])
    samples = gather((camera,), (1,), label_points, Reporter(Listening()))
    x, y = np.divmod(samples.longitude, 1)[0], samples.latitude
    assert set(x) <= {13.0}
    assert ((y > 52) & (y < 53)).all()
    names = [label.name for label in label_points.space.classes]
    brightness = [np.nanmean(samples.sensors[0].values[samples.target == at][:, 3]) for at in range(3)]
    assert names == ["bare", "crop", "wöod & heath"]
    assert np.allclose(brightness, [600, 2500, 1800], rtol=0.15)


def test_series_are_read_at_the_pixel_itself(world) -> None:
    series = sensor(world.series, "series")
    label_points, _ = place(points(world), [series])
    values = gather((series,), (1,), label_points, Reporter(Listening())).sensors[0].values
    assert values.shape == (300, 6, 2)
    assert np.isnan(values[:, 4]).all()
    assert not np.isnan(values[:, :4]).any()


def test_points_outside_the_rasters_do_not_use_up_the_sample(world, tmp_path) -> None:
    corner = write_raster(tmp_path / "corner.tif", np.full((1, 30, 30), 5, dtype=np.uint8))
    label_points, sink = place(points(world), [sensor(corner)], most=10)
    assert len(label_points) == 10
    assert "are outside camera" in sink.texts(Level.WARNING)


def test_labels_that_no_sensor_covers_are_not_said_to_be_used(world, tmp_path) -> None:
    """Outside both sensors, and where both have no data: each was said to leave them to the other."""
    half = np.full((1, 60, 60), 5, dtype=np.uint8)
    half[:, :, 30:] = 0
    paths = [write_raster(tmp_path / f"{name}.tif", half, nodata=0) for name in ("first", "second")]
    sensors = tuple(sensor(path, path.stem) for path in paths)
    label_points, sink = place(points(world), sensors)
    gather(sensors, (1, 1), label_points, Reporter(sink))
    warnings = sink.texts(Level.WARNING)
    assert f"{300 - len(label_points)} of 300 labelled locations are outside all sensors; they are not used" in warnings
    assert f"second has no data at {(label_points.x >= WEST + 300).sum()} of" in warnings
    assert "for the other sensors only" not in warnings


def test_points_are_not_said_to_be_drawn_by_polygon(world) -> None:
    for labels, said in ((points(world), False), (polygon_labels(world), True)):
        _, sink = place(labels, [sensor(world.camera)])
        assert ("per polygon" in sink.texts(Level.INFO)) is said


def test_polygons_smaller_than_a_pixel_still_give_a_sample(world, tmp_path) -> None:
    coarse = write_raster(tmp_path / "coarse.tif", np.full((1, 3, 3), 5, dtype=np.uint8), 400.0)
    label_points, _ = place(polygon_labels(world), [sensor(coarse)])
    assert len(np.unique(label_points.row)) == 99  # all but the one without a label


def test_labels_outside_one_sensor_name_it(world, tmp_path) -> None:
    far = write_raster(tmp_path / "far.tif", np.full((1, 30, 30), 5, dtype=np.uint8), origin=(WEST + 90_000, NORTH))
    with pytest.raises(CoLearnError) as caught:
        place(points(world), [sensor(world.camera), sensor(far, "far away")])
    assert caught.value.code is ErrorCode.LABELS_OUTSIDE_SENSOR
    assert "far away" in caught.value.subject


def test_a_sensor_of_nodata_at_every_label_is_an_error_with_counts(world, tmp_path) -> None:
    empty = write_raster(tmp_path / "empty.tif", np.zeros((1, 120, 120), dtype=np.uint8), nodata=0)
    sensors = (sensor(world.camera), sensor(empty, "empty"))
    label_points, _ = place(points(world), sensors)
    sink = Listening()
    samples = gather(sensors, (1, 1), label_points, Reporter(sink))
    assert "empty has no data at 300 of 300 samples" in sink.texts(Level.WARNING)
    with pytest.raises(CoLearnError, match="camera covers 299, empty covers 0") as caught:
        seen_by_any(samples, "points")
    assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert "remove the sensor" in caught.value.remedy


class TestPartialOverlap:
    """The camera shows everything, a finer camera the west quarter only."""

    @pytest.fixture
    def sensors(self, world, tmp_path):
        fine = np.random.default_rng(0).integers(1, 99, (1, 240, 60)).astype(np.uint8)
        return sensor(world.camera), sensor(write_raster(tmp_path / "fine.tif", fine, 5.0), "fine")

    def test_locations_covered_by_one_sensor_only_are_used(self, world, sensors) -> None:
        label_points, sink = place(points(world), sensors)
        samples = seen_by_any(gather(sensors, (1, 1), label_points, Reporter(sink)), "points")
        west = label_points.x < WEST + 300
        assert len(samples) == 300
        assert np.array_equal(samples.present[:, 1], west)
        assert np.isnan(samples.sensors[1].values[~west]).all()
        assert f"{(~west).sum()} of 300 labelled locations are outside fine" in sink.texts(Level.WARNING)

    def test_polygons_outside_the_finest_sensor_are_sampled_on_the_next(self, world, sensors) -> None:
        label_points, _ = place(polygon_labels(world), sensors, most=100_000)
        assert len(np.unique(label_points.row)) == 99
        utm = label_points.positions.to("EPSG:32633")
        beside = utm.x > WEST + 300
        on_camera = np.abs((utm.x - WEST) / 10 % 1 - 0.5) < 0.01
        assert on_camera[beside].all()
        assert not on_camera[~beside].any()  # centres of pixels of 5 m

    def test_pixels_of_a_label_raster_need_one_sensor(self, world, sensors) -> None:
        label_points, sink = place(RasterLabels((source(world.label_raster),)), sensors, most=20_000)
        assert len(label_points) == 120 * 120
        assert "14400 labelled pixels within the rasters of at least one sensor" in sink.texts()

    @pytest.mark.parametrize("labels", ["points", "raster"])
    def test_a_sensor_with_little_coverage_is_oversampled(self, world, tmp_path, labels) -> None:
        tiny = write_raster(tmp_path / "tiny.tif", np.ones((1, 120, 12), np.uint8))
        sensors = sensor(world.camera), sensor(tiny, "tiny")
        source_of = {"points": points(world), "raster": RasterLabels((source(world.label_raster),))}
        label_points, _ = place(source_of[labels], sensors, most=60)
        assert np.bincount(label_points.target).tolist() == [20, 20, 20]
        within = (label_points.x < WEST + 120).sum()
        if labels == "points":
            assert within > 20  # of a tenth of the ground
            return
        # It shows a tenth, so that its places need ten times as much; each class fills its 20 in that proportion.
        little = np.bincount(world.truth[:, :12].ravel(), minlength=3)
        rest = np.bincount(world.truth[:, 12:].ravel(), minlength=3)
        assert within == pytest.approx((20 * 10 * little / (10 * little + rest)).sum(), abs=1.5)  # whole places

    def test_measurements_are_shared_likewise(self, world, tmp_path) -> None:
        tiny = write_raster(tmp_path / "tiny.tif", np.ones((1, 120, 12), np.uint8))
        heights = np.random.default_rng(0).normal(20, 4, (1, 120, 120)).astype(np.float32)
        labels = RasterLabels((source(write_raster(tmp_path / "heights.tif", heights)),))
        label_points, _ = place(labels, (sensor(world.camera), sensor(tiny, "tiny")), most=60)
        # A tenth of the ground, times ten, beside nine tenths: 60 · 1 / 1.9 = 31.6.
        assert (label_points.x < WEST + 120).sum() == 32


def test_a_band_without_values_is_named(world, tmp_path) -> None:
    values = read(world.radar)
    values[1] = np.nan
    radar = sensor(write_raster(tmp_path / "radar.tif", values, 20.0, names=("VV", "VH")), "radar")
    label_points, _ = place(points(world), [radar])
    with pytest.raises(CoLearnError, match=r"bands with nodata at every labelled location: VH;") as caught:
        gather((radar,), (1,), label_points, Reporter(Listening()))
    assert caught.value.code is ErrorCode.BANDS_EMPTY
    assert "SENSOR_X_BANDS" in caught.value.remedy


def test_a_date_without_values_is_no_band_without_values(world) -> None:
    series = sensor(world.series, "series")
    label_points, _ = place(points(world), [series])
    assert gather((series,), (1,), label_points, Reporter(Listening())).present.all()


def test_infinite_values_are_nodata_and_counted(world, tmp_path) -> None:
    values = read(world.radar)
    values[0, :, 15:30] = np.inf
    values[1, :, 15:30] = -np.inf
    radar = sensor(write_raster(tmp_path / "radar.tif", values, 20.0), "radar")
    label_points, sink = place(points(world), [radar])
    samples = gather((radar,), (1,), label_points, Reporter(sink))
    infinite = (label_points.x > WEST + 300) & (label_points.x < WEST + 600)
    assert f"radar: infinite values (or values beyond ±1e+30) at {infinite.sum()} of 300 locations" in sink.texts(
        Level.WARNING
    )
    assert not samples.present[infinite, 0].any()
    assert not np.isinf(samples.sensors[0].values).any()


def test_infinite_values_beside_the_centre_are_nodata_there(world, tmp_path) -> None:
    values = np.ones((1, 120, 120), np.float32)
    values[0, :, 60] = np.inf
    camera = sensor(write_raster(tmp_path / "camera.tif", values))
    label_points, sink = place(points(world), [camera])
    samples = gather((camera,), (3,), label_points, Reporter(sink))
    col = ((label_points.x - WEST) // 10).astype(int)
    assert f"{(np.abs(col - 60) <= 1).sum()} of 300 locations" in sink.texts(Level.WARNING)
    assert samples.present[col == 59, 0].all()
    assert np.isnan(samples.sensors[0].values[col == 59][:, 0, :, 2]).all()


def test_infinite_labels_are_left_out_and_counted(world, tmp_path) -> None:
    heights = np.random.default_rng(0).normal(20, 4, (1, 120, 120)).astype(np.float32)
    heights[0, 0, :7] = np.inf
    heights[0, 1, :5] = np.nan
    labels = RasterLabels((source(write_raster(tmp_path / "heights.tif", heights)),))
    label_points, sink = place(labels, [sensor(world.camera)], most=20_000)
    assert len(label_points) == 14400 - 12
    assert "infinite values are treated as unlabelled: 7 pixels" in sink.texts(Level.WARNING)


def test_a_class_without_samples_is_not_promised(world, tmp_path) -> None:
    camera = sensor(world.camera)
    labels = read(world.label_raster).copy()
    labels[:, :6, :8] = 9  # where the camera has nodata
    raster = write_raster(tmp_path / "labels.tif", labels, nodata=0)
    label_points, _ = place(RasterLabels((RasterSource(str(raster)),)), [camera], most=20_000)
    assert len(label_points.space.classes) == 4
    samples = seen_by_any(gather((camera,), (1,), label_points, Reporter(Listening())), "labels")
    sink = Listening()
    space, samples = without_empty_classes(label_points.space, samples, Reporter(sink))
    assert [label.code for label in space.classes] == [1, 2, 3]
    assert set(np.unique(samples.target)) == {0, 1, 2}
    assert "of 9" in sink.texts(Level.WARNING)


def test_the_cap_on_label_pixels_is_filled_evenly_over_classes(world) -> None:
    camera = sensor(world.camera)
    label_points, _ = place(RasterLabels((source(world.label_raster),)), [camera], most=300)
    assert np.bincount(label_points.target).tolist() == [100, 100, 100]


def test_scores_are_drawn_from_labels_as_they_are(world, tmp_path) -> None:
    rare = np.ones((1, 120, 120), dtype=np.uint8)
    rare[0, :12] = 2  # a tenth
    raster = write_raster(tmp_path / "rare.tif", rare)
    labels = RasterLabels((RasterSource(str(raster)),))
    evenly, _ = place(labels, [sensor(world.camera)], most=1000)
    as_they_are, _ = place(labels, [sensor(world.camera)], most=1000, as_they_are=True)
    assert np.bincount(evenly.target).tolist() == [500, 500]
    assert np.bincount(as_they_are.target)[1] == pytest.approx(100, abs=40)


def test_measurements_in_whole_numbers_are_drawn_as_they_are(world, tmp_path) -> None:
    heights = np.zeros((1, 120, 120), dtype=np.int16)
    heights[0, :2] = np.arange(240).reshape(2, 120)
    raster = write_raster(tmp_path / "heights.tif", heights)
    label_points, _ = place(RasterLabels((RasterSource(str(raster)),)), [sensor(world.camera)], most=1000)
    assert label_points.space.task is Task.REGRESSION
    assert label_points.target.mean() == pytest.approx(heights.mean(), abs=1.5)


def test_overlapping_polygons_are_one_group(world, tmp_path) -> None:
    twice = tmp_path / "twice.gpkg"
    gdal.VectorTranslate(str(twice), str(world.polygons), format="GPKG", layerName="labels")
    gdal.VectorTranslate(str(twice), str(world.polygons), format="GPKG", layerName="labels", accessMode="append")
    labels = VectorLabels(VectorSource(str(twice), "labels", "twice"), ("kind",))
    label_points, sink = place(labels, [sensor(world.camera)], most=100_000)
    assert len(np.unique(label_points.groups)) == 99
    assert "Polygons that overlap others: 99;" in sink.texts()


def test_numbers_read_as_codes_of_the_map_are_reported(world) -> None:
    camera = sensor(world.camera)
    texts, _ = place(polygon_labels(world), [camera])
    labels = RasterLabels((source(world.label_raster),))
    label_points, sink = place(labels, [camera], space=texts.space)
    assert set(label_points.target.tolist()) == {0, 1, 2}
    assert "1 = bare, 2 = crop, 3 = wöod & heath" in sink.texts(Level.WARNING)
