"""Names in a file that are not in UTF-8: a training does not fail over them when it writes its model."""

from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.job.sources import VectorSource
from colearn.engine.contract.wire.untrusted_text import decoded
from colearn.engine.model_file import ModelFile
from colearn.engine.raster.output.color_table import category_names
from hypothesis import given
from hypothesis import strategies as st
from osgeo import gdal, ogr

from journeys import predict_job, run_predict, run_train, source, train_job

SUMMER = b"\xe9t\xe9"  # "été" as Windows writes it, which is no UTF-8


def in_other_bytes(path: Path, marked: bytes, meant: bytes) -> None:
    """Replace a text of a file by bytes of the same length."""
    content = path.read_bytes()
    assert marked in content and len(marked) == len(meant)
    path.write_bytes(content.replace(marked, meant))


@pytest.fixture
def camera(world, tmp_path) -> Path:
    path = tmp_path / "camera.tif"
    gdal.Translate(str(path), str(world.camera))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    for number in range(1, dataset.RasterCount + 1):
        dataset.GetRasterBand(number).SetDescription(f"~~~ {number}")
    del dataset
    in_other_bytes(path, b"~~~", SUMMER)
    return path


@pytest.fixture
def labels(world, tmp_path) -> Path:
    path = tmp_path / "labels.gpkg"
    gdal.VectorTranslate(str(path), str(world.polygons), format="GPKG")
    dataset = ogr.Open(str(path), 1)
    layer = dataset.GetLayer(0)
    for feature in list(layer):
        if feature.GetField("kind") == "bare":
            feature.SetField("kind", "~~~")
            layer.SetFeature(feature)
    del layer, dataset
    in_other_bytes(path, b"~~~", SUMMER)
    return path


def test_a_training_writes_names_of_bands_and_classes_and_its_map_knows_them(world, camera, labels, tmp_path) -> None:
    job = train_job(world, tmp_path, method=Method.ALONE, epochs=1, max_samples=100)
    taken = replace(job.labels, source=VectorSource(str(labels), "labels", "fields"))
    job = replace(job, sensors=(replace(job.sensors[0], rasters=(source(camera),)),), labels=taken)
    run_train(job)
    manifest = ModelFile.open(job.output_model).manifest
    assert "été" in [each.name for each in manifest.classes]
    assert manifest.sensors[0].band_names()[0] == "été 1"
    run_predict(predict_job(job.output_model, camera, tmp_path / "map.tif"))
    assert "été" in category_names(source(tmp_path / "map.tif")).values()


def test_names_of_categories(tmp_path) -> None:
    path = tmp_path / "classes.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 2, 2)
    dataset.GetRasterBand(1).SetCategoryNames(["nothing", "~~~"])
    del dataset
    beside = Path(f"{path}.aux.xml")
    changed = beside if beside.exists() else path
    in_other_bytes(changed, b"~~~", SUMMER)
    assert category_names(source(path)) == {0: "nothing", 1: "été"}


def test_a_text_is_read_as_utf_8_else_as_windows_writes_it() -> None:
    assert decoded("été") == "été"
    assert decoded("été".encode()) == "été"
    assert decoded(SUMMER.decode("utf-8", "surrogateescape")) == "été"
    assert decoded(b"\x80 \x93x\x94".decode("utf-8", "surrogateescape")) == "€ “x”"
    assert decoded(b"\x81\xe9".decode("utf-8", "surrogateescape")) == "\x81é"  # Windows has no character of 0x81
    assert decoded("a\ud800b") == "a\ufffdb"


@given(st.binary())
def test_whatever_it_is_can_be_written(raw) -> None:
    decoded(raw).encode()
    text = decoded(raw.decode("utf-8", "surrogateescape"))
    assert text == decoded(raw)
