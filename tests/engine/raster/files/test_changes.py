"""Files that change after they were opened: noticed while they are read, and before a result is kept."""

import os
import shutil
import zipfile

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.files import changes as module
from colearn.engine.raster.files.changes import Watch, file_behind, stamps_of
from colearn.engine.raster.files.read import close_datasets
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.sensors.open import open_sensor

PIXEL = Window(0, 0, 1, 1)


@pytest.fixture
def always(monkeypatch):
    """Look at files every time they are read."""
    monkeypatch.setattr(module, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(module, "_LEAST_REST", 0.0)


def scene_of(*sources):
    return open_sensor(SensorSpec("A", sources)).scenes[0]


def grow(path):
    with open(path, "ab") as file:
        file.write(b"more")


def touch(path):
    os.utime(path, ns=(0, os.stat(path).st_mtime_ns + 1))


def replace_by_its_twin(path):
    """As a tool does that writes a new file and renames it: the same size and time, even the same bytes."""
    shutil.copy2(path, f"{path}.new")
    os.replace(f"{path}.new", path)


CHANGES = [
    (grow, "bytes"),
    (touch, "modified at"),
    (replace_by_its_twin, "a different file"),
    (os.remove, "no longer exists"),
]


@pytest.mark.parametrize(("change", "logged"), CHANGES)
def test_any_change_is_reported_when_it_is_asked_for(make_raster, error_of, change, logged):
    source = make_raster("scène 1.tif")
    scene = scene_of(source)
    scene.require_unchanged()
    change(source.path)
    error = error_of(scene.require_unchanged)
    assert (error.code, error.subject) == (ErrorCode.INPUT_CHANGED, "scène 1.tif")
    assert logged in error.found
    assert source.path in error.found


@pytest.mark.parametrize(("change", "logged"), CHANGES)
def test_any_change_is_reported_while_it_is_read(make_raster, error_of, always, change, logged):
    source = make_raster()
    scene = scene_of(source)
    scene.read(PIXEL)
    change(source.path)
    error = error_of(scene.read, PIXEL)
    assert error.code is ErrorCode.INPUT_CHANGED
    assert logged in error.found


def test_files_are_looked_at_every_few_seconds_only(make_raster, monkeypatch):
    looks = []
    monkeypatch.setattr(module, "require_same", lambda stamps, subject: looks.append(subject))
    clock = iter([0.0, 0.001, 1.9, 2.1, 2.101, 2.3, 400.0, 410.0, 411.0, 500.0, 1500.0, 1500.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    watch, stamps = Watch(), stamps_of([make_raster().path])
    for expected in (1, 1, 2, 2, 3, 3, 3, 4):  # the third look takes 10 s: then none for 1000 s
        watch.look(stamps, "A")
        assert len(looks) == expected


@pytest.mark.parametrize("damage", [os.remove, lambda path: os.truncate(path, 300)])
def test_where_reading_fails_the_change_is_the_reason(make_raster, error_of, damage):
    source = make_raster(array=np.ones((1, 300, 300), np.uint16))
    scene = scene_of(source)
    scene.read(PIXEL)  # looked at: the next look is due in two seconds
    close_datasets()
    damage(source.path)
    assert error_of(scene.read, Window(200, 0, 1, 1)).code is ErrorCode.INPUT_CHANGED


def test_a_file_that_a_virtual_raster_shows_counts(make_raster, error_of, tmp_path):
    source = make_raster()
    view = str(tmp_path / "view.vrt")
    gdal.BuildVRT(view, [source.path]).FlushCache()
    scene = scene_of(RasterSource(view))
    scene.require_unchanged()
    grow(source.path)
    assert source.path in error_of(scene.require_unchanged).found


def test_what_qgis_writes_beside_a_raster_is_no_change(make_raster):
    source = make_raster()
    dataset = gdal.Open(source.path)
    dataset.GetRasterBand(1).SetMetadataItem("seen", "yes")
    dataset.BuildOverviews("NEAREST", [2])
    dataset = None
    scene = scene_of(source)
    for ending in (".aux.xml", ".ovr"):
        assert os.path.exists(source.path + ending)
        grow(source.path + ending)
    scene.require_unchanged()


def test_an_archive_is_the_file_behind_what_is_in_it(make_raster, error_of, tmp_path):
    source = make_raster()
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(source.path, "inner/image.tif")
    scene = scene_of(RasterSource(f"/vsizip/{archive}/inner/image.tif"))
    scene.read(PIXEL)
    scene.require_unchanged()
    grow(archive)
    assert str(archive) in error_of(scene.require_unchanged).found


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("{folder}/a.zip", "a.zip"),
        ("/vsizip/{folder}/a.zip/b/c.tif", "a.zip"),
        ("/vsizip/{{{folder}/a.zip}}/b/c.tif", "a.zip"),
        ("/vsigzip//vsizip/{folder}/a.zip/c.tif.gz", "a.zip"),
        ("/vsizip/{folder}/b.zip/c.tif", None),
        ("/vsimem/a.tif", None),
        ("/vsicurl/https://127.0.0.1/a.tif", None),
        ("<VRTDataset/>", None),
        ("", None),
    ],
)
def test_the_file_behind_a_path(tmp_path, path, file):
    (tmp_path / "a.zip").touch()
    assert file_behind(path.format(folder=tmp_path)) == (str(tmp_path / file) if file else None)


def test_a_replaced_file_shows_its_new_pixels_when_reopened(make_raster):
    source = make_raster(array=np.ones((1, 2, 2), np.uint8))
    assert scene_of(source).read(PIXEL) == 1
    make_raster("new.tif", np.full((1, 2, 2), 2, np.uint8))
    os.replace(os.path.join(os.path.dirname(source.path), "new.tif"), source.path)
    assert scene_of(source).read(PIXEL) == 2
