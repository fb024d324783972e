"""Label rasters as they come: backgrounds with a name or without, several bands, legends; and maps given as labels."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob, Method
from colearn.engine.contract.job.sources import ClassColor, RasterLabels, SensorSpec
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal, ogr

from journeys import polygon_labels, predict_job, run_evaluate, run_predict, run_train, source, train_job
from world import write_raster

EVERY = slice(None, None, 2)  # of the rows: background between labels


def camera_job(world, folder, labels, **changes):
    """The shortest training there is: what labels mean depends neither on the sensors nor on the method."""
    camera = (SensorSpec("camera", (source(world.camera),)),)
    return train_job(
        world, folder, sensors=camera, labels=labels, method=Method.ALONE, max_samples=150, **{"epochs": 1, **changes}
    )


@pytest.fixture
def learned(world, tmp_path):
    """Train, hardly, on labels; the model's manifest and the warnings."""

    def run(labels):
        _, sink = run_train(camera_job(world, tmp_path, labels))
        return ModelFile.open(str(tmp_path / "model.colearn")).manifest, sink.texts(Level.WARNING)

    return run


def with_background(world, codes=(1, 2, 3), background=0):
    """The truth in these codes, three rows in four background."""
    values = np.array(codes)[world.truth]
    values[np.arange(len(values)) % 4 != 0] = background
    return values[np.newaxis]


def named(path, names):
    """Give a raster category names, beside it or in it."""
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.GetRasterBand(1).SetCategoryNames(list(names))
    del dataset
    return path


class TestBackground:
    def test_what_envi_calls_unclassified_is_no_class(self, world, learned, tmp_path) -> None:
        """Its header says so: ``class names = {Unclassified, bare, crop, wood}``."""
        plain = write_raster(tmp_path / "plain.tif", with_background(world).astype(np.uint8))
        raster = named(gdal.Translate(str(tmp_path / "envi.dat"), str(plain), format="ENVI").GetDescription(), [])
        header = tmp_path / "envi.hdr"
        header.write_text(
            header.read_text().replace("ENVI Standard", "ENVI Classification")
            + "classes = 4\nclass lookup = {0,0,0, 200,100,0, 0,200,0, 0,100,0}\n"
            "class names = {Unclassified, bare, crop, wood}\n"
        )
        manifest, logged = learned(RasterLabels((source(raster),)))
        assert [(label.code, label.name) for label in manifest.classes] == [(1, "bare"), (2, "crop"), (3, "wood")]
        assert "envi: 0 (Unclassified) excluded as “no class”" in logged
        assert "declares no nodata" not in logged

    def test_category_names_and_the_legend_of_a_layer(self, world, learned, tmp_path) -> None:
        raster = write_raster(tmp_path / "labels.tif", with_background(world).astype(np.uint8))
        named(raster, ["", "bare", "crop", "wood"])
        legend = (ClassColor("0", "#000000", "Kein Wert"), ClassColor("1", "#c8b400", "bare ground"))
        manifest, logged = learned(RasterLabels((source(raster),), legend))
        assert [label.name for label in manifest.classes] == ["bare ground", "crop", "wood"]
        assert "0 (Kein Wert) excluded" in logged

    def test_a_fill_value_that_hardly_is_a_class_is_reported_with_the_remedy(self, world, learned, tmp_path) -> None:
        labels = with_background(world).astype(np.uint8)
        labels[labels == 0] = 255
        raster = write_raster(tmp_path / "labels.tif", labels)
        _, logged = learned(RasterLabels((source(raster),)))
        assert "labels: 75 % of the label pixels are 255, and the raster declares no nodata" in logged
        assert "LABEL_NODATA=255" in logged

    def test_dominant_zeros_without_a_name_are_reported_with_the_remedy(self, world, learned, tmp_path) -> None:
        raster = write_raster(tmp_path / "labels.tif", with_background(world).astype(np.uint8))
        manifest, logged = learned(RasterLabels((source(raster),)))
        assert [label.code for label in manifest.classes] == [0, 1, 2, 3]
        assert "labels: 75 % of the label pixels are 0, and the raster declares no nodata" in logged
        assert "LABEL_NODATA=0" in logged

    def test_given_as_no_class_they_are_none(self, world, learned, tmp_path) -> None:
        raster = write_raster(tmp_path / "labels.tif", with_background(world).astype(np.uint8))
        manifest, logged = learned(RasterLabels((source(raster),), nodata=("0",)))
        assert [label.code for label in manifest.classes] == [1, 2, 3]
        assert "declares no nodata" not in logged

    @pytest.mark.parametrize("nodata", [255, None])
    def test_zeros_that_are_declared_or_few_are_not_spoken_of(self, world, learned, tmp_path, nodata) -> None:
        values = with_background(world) if nodata else world.truth[np.newaxis]  # a third of it is 0
        few = values if nodata else np.where(np.arange(120)[:, np.newaxis] % 2, values, values + 1)
        raster = write_raster(tmp_path / "labels.tif", few.astype(np.uint8), nodata=nodata)
        assert "of the label pixels are 0" not in learned(RasterLabels((source(raster),)))[1]

    def test_in_a_vector_layer_too(self, world, learned, tmp_path) -> None:
        manifest, logged = learned(replace(polygons_of(world, tmp_path, ("bare", "Unknown", "wood", "crop"))))
        assert [label.name for label in manifest.classes] == ["bare", "crop", "wood"]
        assert "fields: Unknown excluded" in logged


class TestBands:
    @pytest.fixture
    def picture(self, world, tmp_path):
        """The classes as a second band beside something else."""
        labels = (world.truth + 1)[np.newaxis]
        bands = np.concatenate([labels * 0 + 7, labels]).astype(np.uint8)
        return write_raster(tmp_path / "two.tif", bands, nodata=0, names=("quality", "class"))

    @pytest.mark.parametrize("band", ["2", "class"])
    def test_the_band_that_is_named_is_read(self, learned, picture, band) -> None:
        manifest, _ = learned(RasterLabels((source(picture),), band=band))
        assert [label.code for label in manifest.classes] == [1, 2, 3]

    def test_a_transparency_band_is_none_of_them(self, world, learned, tmp_path) -> None:
        values = np.stack([world.truth + 1, np.full(world.truth.shape, 255)]).astype(np.uint8)
        raster = write_raster(tmp_path / "alpha.tif", values)
        dataset = gdal.Open(str(raster), gdal.GA_Update)
        dataset.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
        del dataset
        assert len(learned(RasterLabels((source(raster),)))[0].classes) == 3


def polygons_of(world, folder, names):
    """The world's polygons, their classes called otherwise: a fourth name for those of every fifth."""
    path = folder / "renamed.gpkg"
    gdal.VectorTranslate(str(path), str(world.polygons))
    dataset = ogr.Open(str(path), 1)
    layer = dataset.GetLayer(0)
    for at, feature in enumerate(layer):
        if feature["code"] is not None:
            feature["kind"] = names[3] if len(names) > 3 and at % 5 == 0 else names[feature["code"] // 10 - 1]
            layer.SetFeature(feature)
    del layer, dataset
    labels = polygon_labels(world)
    return replace(labels, source=replace(labels.source, path=str(path)))


@pytest.mark.parametrize(
    "names",
    [("1", "2", "10"), ("1", "01", "2"), ("2", "1", "wood"), ("300", "0", "7"), ("-1", "0", "1"), ("b", "a", "c")],
    ids="/".join,
)
def test_a_models_own_map_scores_one_against_itself_with_its_legend_or_without(world, tmp_path, names) -> None:
    model, class_map = tmp_path / "model.colearn", tmp_path / "map.tif"
    run_train(camera_job(world, tmp_path, polygons_of(world, tmp_path, names), epochs=2))
    run_predict(predict_job(model, world.camera, class_map))
    assert len(np.unique(gdal.Open(str(class_map)).ReadAsArray())) > 2  # two classes at least, and nodata
    job = EvaluateJob(str(model), (source(world.camera),), RasterLabels((source(class_map),)), max_samples=500)
    numbers = run_evaluate(replace(job, map=source(class_map)))[0].numbers
    assert (numbers["ACCURACY"], numbers["AREA_ACCURACY"], numbers["N"]) == (1.0, pytest.approx(1.0), 500.0)
    (tmp_path / "map.tif.aux.xml").unlink()
    assert run_evaluate(job)[0].numbers["ACCURACY"] == 1.0


@pytest.mark.parametrize("codes", [(0, 1, 300), (-1, 0, 1), (10, 20, 30)], ids=str)
def test_so_does_that_of_a_model_of_codes(world, tmp_path, codes) -> None:
    raster = write_raster(tmp_path / "labels.tif", np.array(codes)[world.truth][np.newaxis].astype(np.float32))
    model, class_map = tmp_path / "model.colearn", tmp_path / "map.tif"
    run_train(camera_job(world, tmp_path, RasterLabels((source(raster),)), epochs=2))
    run_predict(predict_job(model, world.camera, class_map))
    job = EvaluateJob(str(model), (source(world.camera),), RasterLabels((source(class_map),)), max_samples=500)
    assert run_evaluate(job)[0].numbers["ACCURACY"] == 1.0
