"""What a prediction writes besides plain rasters: statistics, COGs, polygons, regressions in 16 bits."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob, Task
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, OutputError
from colearn.engine.contract.wire.events import Level, Progress
from colearn.engine.mapping.layers import BESIDE, layers_of
from colearn.engine.mapping.options import options_of
from colearn.engine.mapping.output_files import MapFiles
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.outputs.output_set import OutputSet
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.output.geotiff import RasterWriter
from osgeo import gdal

from journeys import predict_job, read, run_predict
from refusals import refused, says
from world import CAMERA_BANDS, GROUND_SCALE, PIXEL_M, write_raster
from written_maps import bytes_of, opened

OUTPUTS = ("m.tif", "p.tif", "c.tif")
GROUND_M2 = (PIXEL_M / GROUND_SCALE) ** 2


@pytest.fixture
def classified(large, small_model, tmp_path):
    """Map the large camera into a folder of its own; the folder."""

    def run(name="out", **changes) -> Path:
        folder = tmp_path / name
        wishes = {"output_probabilities": str(folder / "p.tif"), "output_confidence": str(folder / "c.tif")}
        run_predict(predict_job(small_model, large, folder / "m.tif", **wishes, **changes))
        return folder

    return run


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

    def test_outputs_and_progress_include_them(self, large, small_model, tmp_path) -> None:
        wishes = {"output_polygons": str(tmp_path / "m.geojson"), "least_polygon_m2": 900.0, "cog": True}
        finished, sink = run_predict(predict_job(small_model, large, tmp_path / "m.tif", **wishes))
        assert finished.outputs == {"OUTPUT": str(tmp_path / "m.tif"), "OUTPUT_POLYGONS": str(tmp_path / "m.geojson")}
        logged = [event for event in sink.events if isinstance(event, Progress)]
        assert [event.fraction for event in logged] == sorted(event.fraction for event in logged)
        assert logged[-1].fraction == pytest.approx(1.0)
        assert {event.stage for event in logged} >= {"Polygons", "Cloud Optimized GeoTIFF"}
        assert "class polygons; polygons below 900 m² (9 pixels) were merged into" in sink.texts(Level.INFO)

    def test_areas_in_web_mercator_are_ground_areas(self, world, small_model, tmp_path) -> None:
        """By hand: at y = 6.6 million (50.9° N) a unit is cos 50.9° = 0.63 m of ground, 0.4 of its square."""
        values = read(world.camera)[:, :60, :60]
        raster = write_raster(
            tmp_path / "a.tif", values, nodata=0, names=CAMERA_BANDS, epsg=3857, origin=(1.6e6, 6.6e6)
        )
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
        raster = write_raster(
            tmp_path / "a.tif", values, 2e5, nodata=0, names=CAMERA_BANDS, epsg=3857, origin=(-1e7, 1e7)
        )
        dataset = gdal.Open(str(raster), gdal.GA_Update)
        dataset.SetProjection("+proj=ortho +lat_0=50 +lon_0=10")
        del dataset
        job = predict_job(small_model, raster, tmp_path / "m.tif", statistics=True, any_resolution=True)
        _, sink = run_predict(job)
        assert "computed with the area of the centre pixel" in sink.texts(Level.WARNING)

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
