"""What a prediction writes besides plain rasters: statistics, COGs, polygons, regressions in 16 bits."""

import hashlib
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob, Task
from colearn.engine.contract.job.map_choices import ValueType
from colearn.engine.contract.job.sources import Extent, RasterSource
from colearn.engine.contract.manifest.label_classes import Target
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, OutputError
from colearn.engine.contract.wire.events import Level, Progress
from colearn.engine.mapping.layers import BESIDE, layers_of
from colearn.engine.mapping.options import options_of
from colearn.engine.mapping.output_files import MapFiles
from colearn.engine.mapping.packing import packing_of
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.outputs.output_set import OutputSet
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.output.geotiff import RasterWriter
from osgeo import gdal

from journeys import predict_job, read, run_predict
from refusals import refused, says
from world import GROUND_SCALE, NORTH, PIXEL_M, WEST, write_raster

OUTPUTS = ("m.tif", "p.tif", "c.tif")
CAMERA = ("B02", "B03", "B04", "B08")
GROUND_M2 = (PIXEL_M / GROUND_SCALE) ** 2


@pytest.fixture(scope="session")
def large(world, tmp_path_factory):
    """The camera's pixels over and over, larger than one stored block, nodata in places."""
    values = np.tile(read(world.camera), (1, 5, 6))[:, :530, :700]
    names = ("B02", "B03", "B04", "B08")
    return write_raster(tmp_path_factory.mktemp("large") / "large.tif", values, nodata=0, names=names)


@pytest.fixture
def classified(large, small_model, tmp_path):
    """Map the large camera into a folder of its own; the folder."""

    def run(name="out", **changes) -> Path:
        folder = tmp_path / name
        wishes = {"output_probabilities": str(folder / "p.tif"), "output_confidence": str(folder / "c.tif")}
        run_predict(predict_job(small_model, large, folder / "m.tif", **wishes, **changes))
        return folder

    return run


@pytest.fixture
def measured(world, small_series_model, tmp_path):
    """Map biomass from the series; the folder and what was said."""

    def run(name="out", **changes):
        job = predict_job(small_series_model, world.series, tmp_path / name / "m.tif", **changes)
        return tmp_path / name, run_predict(job)[1]

    return run


def opened(path):
    dataset = gdal.Open(str(path))
    dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
    return dataset


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class TestStatistics:
    def test_every_band_of_every_output_has_them(self, classified) -> None:
        folder = classified(statistics=True)
        for name in OUTPUTS:
            dataset = opened(folder / name)
            for number in range(1, dataset.RasterCount + 1):
                band = dataset.GetRasterBand(number)
                stored = band.GetMetadata()
                logged = [float(stored[f"STATISTICS_{each}"]) for each in ("MINIMUM", "MAXIMUM", "MEAN", "STDDEV")]
                assert logged == pytest.approx(band.ComputeStatistics(False), rel=1e-5), (name, number)

    def test_classes_are_counted_the_unsure_one_too(self, classified) -> None:
        folder = classified(statistics=True, minimum_confidence=0.5)
        codes = read(folder / "m.tif")
        dataset = opened(folder / "m.tif")
        table = dataset.GetRasterBand(1).GetDefaultRAT()
        columns = [table.GetNameOfCol(col) for col in range(table.GetColumnCount())]
        assert columns[-2:] == ["Count", "Area_m2"]
        for row in range(table.GetRowCount()):
            pixels = (codes == table.GetValueAsInt(row, 0)).sum()
            assert table.GetValueAsDouble(row, len(columns) - 2) == pixels
            assert table.GetValueAsDouble(row, len(columns) - 1) == pytest.approx(pixels * GROUND_M2, rel=1e-4)

    def test_blocks_and_threads_change_none(self, classified) -> None:
        logged = []
        for block_px, threads in ((256, 1), (77, 2)):
            folder = classified(f"{block_px}", statistics=True, block_px=block_px, threads=threads)
            datasets = [opened(folder / name) for name in OUTPUTS]
            logged.append([dataset.GetRasterBand(1).GetMetadata() for dataset in datasets])
        assert logged[0] == logged[1]

    def test_none_unless_asked_for(self, classified) -> None:
        dataset = opened(classified() / "c.tif")
        assert dataset.GetRasterBand(1).GetMetadata() == {}


class TestCog:
    def test_every_output_is_one_with_the_same_pixels(self, classified) -> None:
        plain, cog = classified("plain", statistics=True), classified("cog", statistics=True, cog=True)
        for name in OUTPUTS:
            assert np.array_equal(read(plain / name), read(cog / name))
            dataset = opened(cog / name)
            assert dataset.GetMetadata("IMAGE_STRUCTURE")["LAYOUT"] == "COG", name
            band = dataset.GetRasterBand(1)
            assert band.GetOverviewCount() == 1, name
        assert {path.name for path in plain.iterdir()} == {path.name for path in cog.iterdir()}
        assert (plain / "m.tif.aux.xml").read_bytes() == (cog / "m.tif.aux.xml").read_bytes()

    def test_it_is_the_same_file_every_time_however_many_threads(self, classified) -> None:
        wishes = {"cog": True, "statistics": True, "minimum_confidence": 0.5}
        assert bytes_of(classified("a", **wishes, threads=1)) == bytes_of(classified("b", **wishes, threads=3))

    def test_it_is_the_same_file_when_put_together_from_parts(self, classified) -> None:
        wishes = {"cog": True, "statistics": True, "minimum_confidence": 0.5}
        assert bytes_of(classified("a", **wishes)) == bytes_of(classified("b", **wishes, keep_parts=True))

    def test_its_smaller_copies_show_classes_only(self, classified) -> None:
        dataset = opened(classified(cog=True) / "m.tif")
        assert set(np.unique(dataset.GetRasterBand(1).GetOverview(0).ReadAsArray())) <= {1, 2, 3, 255}


class TestPolygons:
    def test_areas_are_those_of_the_map(self, classified, tmp_path) -> None:
        folder = classified(output_polygons=str(tmp_path / "out" / "areas.gpkg"), minimum_confidence=0.5)
        assert {path.name for path in folder.iterdir()} == {*OUTPUTS, "m.tif.aux.xml", "areas.gpkg"}
        codes = read(folder / "m.tif")
        dataset = gdal.OpenEx(str(folder / "areas.gpkg"), gdal.OF_VECTOR)
        sums: dict[int, float] = {}
        names = {}
        for feature in dataset.GetLayer(0):
            sums[feature["code"]] = sums.get(feature["code"], 0.0) + feature["area_m2"]
            names[feature["code"]] = feature["class"]
        counts = {int(code): (codes == code).sum() for code in np.unique(codes[codes != 255])}
        assert sums == pytest.approx({code: count * GROUND_M2 for code, count in counts.items()}, rel=1e-4)
        assert names == {1: "bare", 2: "crop", 3: "wöod & heath", 254: "unsure"}

    def test_a_sieve_leaves_the_map_as_it_is(self, classified, tmp_path) -> None:
        plain = classified("plain")
        wishes = {"output_polygons": str(tmp_path / "sieved" / "m.gpkg"), "least_polygon_m2": 2500.0}
        sieved = classified("sieved", **wishes)
        assert (plain / "m.tif").read_bytes() == (sieved / "m.tif").read_bytes()
        dataset = gdal.OpenEx(str(sieved / "m.gpkg"), gdal.OF_VECTOR)
        assert min(feature["area_m2"] for feature in dataset.GetLayer(0)) >= 2500.0

    def test_outputs_and_progress_tell_of_them(self, large, small_model, tmp_path) -> None:
        wishes = {"output_polygons": str(tmp_path / "m.geojson"), "least_polygon_m2": 900.0, "cog": True}
        finished, sink = run_predict(predict_job(small_model, large, tmp_path / "m.tif", **wishes))
        assert finished.outputs == {"OUTPUT": str(tmp_path / "m.tif"), "OUTPUT_POLYGONS": str(tmp_path / "m.geojson")}
        logged = [event for event in sink.events if isinstance(event, Progress)]
        assert [event.fraction for event in logged] == sorted(event.fraction for event in logged)
        assert logged[-1].fraction == pytest.approx(1.0)
        assert {event.stage for event in logged} >= {"Polygons", "Cloud Optimized GeoTIFF"}
        assert "polygon(s) of classes; those below 900 m² (9 pixels) were merged into" in sink.texts(Level.INFO)

    def test_areas_in_web_mercator_are_those_of_the_ground(self, world, small_model, tmp_path) -> None:
        """By hand: at y = 6.6 million (50.9° N) a unit is cos 50.9° = 0.63 m of ground, 0.4 of its square."""
        values = read(world.camera)[:, :60, :60]
        raster = write_raster(tmp_path / "a.tif", values, nodata=0, names=CAMERA, epsg=3857, origin=(1.6e6, 6.6e6))
        wishes = {"statistics": True, "output_polygons": str(tmp_path / "m.geojson")}
        _, sink = run_predict(predict_job(small_model, raster, tmp_path / "m.tif", **wishes))
        mapped = int((read(tmp_path / "m.tif") < 254).sum())
        classified = opened(tmp_path / "m.tif")
        table = classified.GetRasterBand(1).GetDefaultRAT()
        last = table.GetColumnCount() - 1
        total_m2 = sum(table.GetValueAsDouble(row, last) for row in range(table.GetRowCount()))
        dataset = gdal.OpenEx(str(tmp_path / "m.geojson"), gdal.OF_VECTOR)
        assert sum(feature["area_m2"] for feature in dataset.GetLayer(0)) == pytest.approx(total_m2, rel=1e-6)
        assert total_m2 / mapped == pytest.approx(100 * 0.3988, rel=5e-3)
        others = [event.text for event in sink.events if getattr(event, "code", "areas_balanced") != "areas_balanced"]
        assert not any("areas" in text for text in others)

    def test_areas_that_cannot_be_reported_pixel_by_pixel_are_reported(self, world, small_model, tmp_path) -> None:
        values = np.tile(read(world.camera)[:, :60, :60], (1, 2, 2))
        raster = write_raster(tmp_path / "a.tif", values, 2e5, nodata=0, names=CAMERA, epsg=3857, origin=(-1e7, 1e7))
        dataset = gdal.Open(str(raster), gdal.GA_Update)
        dataset.SetProjection("+proj=ortho +lat_0=50 +lon_0=10")
        del dataset
        job = predict_job(small_model, raster, tmp_path / "m.tif", statistics=True, any_resolution=True)
        _, sink = run_predict(job)
        assert "every pixel counts as much ground as the one at the centre" in sink.texts(Level.WARNING)

    def test_other_endings_are_refused_before_anything_is_read(self, small_model, tmp_path) -> None:
        (tmp_path / "out").mkdir()
        wishes = {"output_polygons": str(tmp_path / "out" / "areas.shp")}
        job = predict_job(small_model, "/nowhere/gone.tif", tmp_path / "out" / "m.tif", **wishes)
        error = refused(run_predict, job, ErrorCode.OUTPUT_UNWRITABLE, tmp_path / "out")
        says(error, "OUTPUT_POLYGONS", "areas.shp", ".gpkg or .geojson")

    @pytest.mark.parametrize("task", [Task.MULTILABEL, Task.REGRESSION])
    def test_models_without_one_class_a_pixel_are_refused(self, small_model, task) -> None:
        manifest = replace(ModelFile.open(str(small_model)).manifest, task=task)
        with pytest.raises(CoLearnError) as caught:
            options_of(PredictJob("m", ("r",), "o.tif", output_polygons="p.gpkg"), manifest)
        assert caught.value.code is ErrorCode.JOB_INVALID
        says(caught.value, "OUTPUT_POLYGONS", "Leave")


class TestSixteenBits:
    def test_values_are_kept_to_half_a_step(self, measured) -> None:
        plain, _ = measured("plain")
        small, sink = measured("small", value_type=ValueType.INT16)
        exact, stored = read(plain / "m.tif"), read(small / "m.tif")
        assert stored.dtype == np.int16
        dataset = opened(small / "m.tif")
        band = dataset.GetRasterBand(1)
        scale, offset = band.GetScale(), band.GetOffset()
        valid = exact != -9999
        assert np.abs(stored[valid] * scale + offset - exact[valid]).max() <= scale / 2 * 1.001
        assert np.array_equal(stored == -32768, ~valid)
        assert band.GetNoDataValue() == -32768
        assert band.GetDescription() == "biomass"
        assert "beyond what 16 bits hold" not in sink.texts()

    def test_scale_offset_and_unit_are_each_targets_own(self, small_series_model) -> None:
        targets = (Target("height", 10, 5, 2, 34, "m"), Target("carbon", 1, 1, -0.5, 0.5), Target("flat", 7, 0, 7, 7))
        manifest = replace(ModelFile.open(str(small_series_model)).manifest, targets=targets)
        job = PredictJob("m", ("r",), "o.tif", value_type=ValueType.INT16)
        (layer,) = layers_of(job, manifest, options_of(job, manifest))
        assert layer.units == ("m", "", "")
        assert layer.packing.ranges() == (
            (pytest.approx(-30), pytest.approx(66)),
            (pytest.approx(-1.5), pytest.approx(1.5)),
            (pytest.approx(-3.5), pytest.approx(17.5)),
        )
        assert (layer.stored_dtype, layer.stored_nodata) == ("int16", -32768)

    def test_units_are_declared(self, large, tmp_path) -> None:
        grid = Grid("EPSG:32633", (0, 10, 0, 0, 0, -10), 2, 2)
        path = tmp_path / "m.tif"
        RasterWriter.create(path, grid, bands=2, dtype="int16", nodata=-1, units=("t/ha", "")).close()
        dataset = opened(path)
        assert [dataset.GetRasterBand(number).GetUnitType() for number in (1, 2)] == ["t/ha", ""]

    def test_values_beyond_are_clipped_and_counted(self) -> None:
        packing = packing_of((Target("height", 10, 5, 0, 10),), -9999.0)
        values = np.array([[[-10.1, -10.0, 20.0, 1e30, -9999.0, np.nan]]], np.float32)
        stored, clipped = packing.pack(values)
        assert stored.tolist() == [[[-32767, -32767, 32767, 32767, -32768, -32768]]]
        assert clipped == 2

    def test_parts_change_no_byte(self, measured) -> None:
        wishes = {"value_type": ValueType.INT16, "statistics": True}
        assert bytes_of(measured("a", **wishes)[0]) == bytes_of(measured("b", **wishes, keep_parts=True)[0])

    def test_clipping_is_reported(self, measured, monkeypatch) -> None:
        narrow = lambda targets, nodata: packing_of(  # noqa: E731
            tuple(replace(each, minimum=each.mean, maximum=each.mean + 1e-4) for each in targets), nodata
        )
        monkeypatch.setattr("colearn.engine.mapping.layers.packing_of", narrow)
        folder, sink = measured(value_type=ValueType.INT16)
        stored = read(folder / "m.tif")
        clipped = int((np.abs(stored.astype(int)) == 32767).sum())
        assert clipped > 0
        assert f"{clipped:,} value(s) lie beyond what 16 bits hold here (biomass " in sink.texts(Level.WARNING)

    def test_statistics_are_those_of_the_stored_values(self, measured) -> None:
        folder, _ = measured(value_type=ValueType.INT16, statistics=True, cog=True)
        stored = read(folder / "m.tif")
        dataset = opened(folder / "m.tif")
        found = dataset.GetRasterBand(1).GetMetadata()
        assert float(found["STATISTICS_MEAN"]) == pytest.approx(stored[stored != -32768].mean())

    def test_classes_have_codes_not_values(self, small_model, world, tmp_path) -> None:
        (tmp_path / "out").mkdir()
        job = predict_job(small_model, world.camera, tmp_path / "out" / "m.tif", value_type=ValueType.INT16)
        says(refused(run_predict, job, ErrorCode.JOB_INVALID, tmp_path / "out"), "VALUE_TYPE", "regression")


@pytest.fixture
def little_cache(monkeypatch):
    """Too little for a row of the map's blocks: those that are not full are stored as they are."""
    before = gdal.GetCacheMax()
    monkeypatch.setenv("GDAL_CACHEMAX", "1")  # or the engine would choose
    gdal.SetCacheMax(1 << 20)
    yield
    gdal.SetCacheMax(before)


@pytest.mark.parametrize(
    ("corner", "block_px", "once"), [((0, 0), 256, True), ((37, 5), 256, True), ((0, 0), 250, False)]
)
def test_no_block_is_stored_twice_wherever_the_extent_begins(
    large, small_model, tmp_path, little_cache, corner, block_px, once
) -> None:
    """What is stored twice leaves a hole of its size in the file."""
    row, col = corner
    bounds = (WEST + col * PIXEL_M, NORTH - 530 * PIXEL_M, WEST + 700 * PIXEL_M, NORTH - row * PIXEL_M)
    extent = Extent(*bounds, "EPSG:32633")
    wishes = {"extent": extent, "output_confidence": str(tmp_path / "c.tif"), "block_px": block_px}
    run_predict(predict_job(small_model, large, tmp_path / "m.tif", **wishes))
    values = read(tmp_path / "c.tif")
    grid = Grid("EPSG:32633", (bounds[0], PIXEL_M, 0, bounds[3], 0, -PIXEL_M), 530 - row, 700 - col)
    origin = (("COLEARN_MODEL", ModelFile.open(str(small_model)).manifest.identity), ("COLEARN_SENSOR", "camera"))
    metadata = (("CONFIDENCE", "maximum"), *origin)
    names = {"descriptions": ("probability of the class given",), "metadata": metadata}
    writer = RasterWriter.create(tmp_path / "once.tif", grid, bands=1, dtype="float32", nodata=-9999, **names)
    gdal.SetCacheMax(1 << 28)
    writer.write(grid.window(), values)
    writer.close()
    sizes = [(tmp_path / name).stat().st_size for name in ("c.tif", "once.tif")]
    assert (sizes[0] == sizes[1]) == once


def test_flat_blocks_of_strips_wait_in_the_cache_until_a_stored_block_is_full(
    large, small_model, tmp_path, monkeypatch
) -> None:
    """Else the file is twice as large and another one every time: the rasters here are 2.5 MB a row of blocks."""
    before = gdal.GetCacheMax()
    monkeypatch.setattr("colearn.engine.raster.scenes.read_plan.MOST_KEPT_BYTES", 1)
    monkeypatch.setattr("colearn.engine.raster.scenes.read_plan._SPARE_BYTES", 1 << 20)
    found = []
    try:
        for name in ("as planned", "all of it"):
            folder = tmp_path / name
            run_predict(
                predict_job(small_model, large, folder / "m.tif", output_probabilities=str(folder / "p.tif"), threads=2)
            )
            found.append([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in ("m.tif", "p.tif")])
            monkeypatch.setenv("GDAL_CACHEMAX", "256")
            gdal.SetCacheMax(1 << 28)
    finally:
        gdal.SetCacheMax(before)
    assert found[0] == found[1]


def test_a_raster_that_cannot_be_made_closes_those_before_it(tmp_path, small_model, monkeypatch) -> None:
    manifest = ModelFile.open(str(small_model)).manifest
    job = PredictJob("m", ("r",), str(tmp_path / "m.tif"), output_confidence=str(tmp_path / "c.tif"))
    layers = layers_of(job, manifest, options_of(job, manifest))
    made, create = [], RasterWriter.create

    def second_fails(path, *arguments, **options):
        if made:
            raise OutputError(ErrorCode.DISK_FULL, subject="c.tif", found="", expected="", remedy="")
        made.append(create(path, *arguments, **options))
        return made[0]

    monkeypatch.setattr(RasterWriter, "create", second_fails)
    discarded, discard = [], RasterWriter.discard
    monkeypatch.setattr(RasterWriter, "discard", lambda writer: discarded.append(writer) or discard(writer))
    with OutputSet("run") as outputs, pytest.raises(OutputError):
        MapFiles(outputs, layers, Grid("EPSG:32633", (0, 10, 0, 0, 0, -10), 3, 5))
    assert discarded == made


def test_the_disk_must_have_room_for_what_is_made_on_the_way(small_model) -> None:
    manifest = ModelFile.open(str(small_model)).manifest
    grid = Grid("EPSG:32633", (0, 10, 0, 0, 0, -10), 3000, 1000)
    sizes = []
    for wish in ({}, {"overviews": True}, {"output_polygons": "p.gpkg", "least_polygon_m2": 5.0}, {"cog": True}):
        job = PredictJob("m", ("r",), "o.tif", **wish)
        (layer,) = layers_of(job, manifest, options_of(job, manifest))
        sizes.append(layer.bytes_of(grid))
    assert sizes == [3_000_000, 4_000_000, 6_000_000, 8_000_000]


def test_every_raster_beside_the_map_is_called_as_its_field_of_the_job(small_model) -> None:
    manifest = ModelFile.open(small_model).manifest
    job = PredictJob("m", (RasterSource("r.tif"),), "map.tif", **dict.fromkeys(BESIDE, "beside.tif"))
    made = layers_of(job, manifest, options_of(job, manifest))
    assert [layer.name for layer in made] == ["OUTPUT", *(field.upper() for field in BESIDE)]
    assert {field.name for field in fields(PredictJob) if field.name.startswith("output_")} == {
        *BESIDE,
        "output_polygons",
    }
