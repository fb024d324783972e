"""Files that may not grow, as on a full disk or with a quota.

Each case is a program of its own, for the limit holds to the end of a process. It must end by itself: what GDAL could
not write, its bindings would free twice from 3.8 on, and Python crashes later.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, resource, signal, sys
from pathlib import Path

import numpy as np
from engine.contract import CoLearnError, LabelClass
from engine.raster import gdal
from engine.raster.geo import Grid
from engine.raster.output.geotiff import Finish, RasterWriter
from engine.raster.output.overviews import Resampling
from engine.raster.vector_output.polygonize import PolygonFile, write_polygons

case, folder, cache_bytes, room = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
UTM = ("EPSG:32633", (500000, 10, 0, 5800000, 0, -10))
rng = np.random.default_rng(0)
gdal.SetCacheMax(cache_bytes)


def allow(most_bytes):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes),) * 2)


def raster():
    grid = Grid(*UTM, 700, 600)
    writer = RasterWriter.create(folder / "map.tif", grid, bands=4, dtype="float32", nodata=-9999)
    allow(room)
    writer.write(grid.window(), rng.random((4, *grid.shape), np.float32))
    writer.close()


def cog():
    grid, finish = Grid(*UTM, 1100, 1300), Finish(Resampling.MODE, statistics=True, cog=True)
    writer = RasterWriter.create(folder / "map.tif", grid, bands=1, dtype="uint8", nodata=255, finish=finish)
    writer.write(grid.window(), rng.integers(0, 250, (1, *grid.shape)).astype(np.uint8))
    writer._dataset.FlushCache()
    allow(room)
    writer.close()


def polygons(name):
    grid, classes = Grid(*UTM, 100, 100), (LabelClass(1, "Wald", "#00ff00"), LabelClass(2, "Moor", "#aa5500"))
    writer = RasterWriter.create(folder / "map.tif", grid, bands=1, dtype="uint8", nodata=255, classes=classes)
    writer.write(grid.window(), rng.integers(1, 3, grid.shape).astype(np.uint8))
    writer.close()
    write_polygons(folder / "map.tif", folder / name, PolygonFile(""), grid, classes)
    size = (folder / name).stat().st_size
    (folder / name).unlink()
    allow(room * size)
    write_polygons(folder / "map.tif", folder / name, PolygonFile(""), grid, classes)


try:
    {"raster": raster, "cog": cog}.get(case, lambda: polygons(case))()
except CoLearnError as error:
    print(json.dumps([error.code.value, error.subject]), flush=True)
"""


def ends_in(case: str, folder: Path, cache_bytes: int, room: float) -> list[str]:
    """Code and subject of the error that writing ends in."""
    command = [sys.executable, "-c", PROGRAM, case, str(folder), str(cache_bytes), str(room)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("cache_bytes", [1 << 20, 1 << 28])  # fails while writing, or not before closing
@pytest.mark.parametrize("room", [0, 100, 1_000_000])  # for no header, for a part of it, for some blocks
def test_of_a_raster(tmp_path, cache_bytes, room):
    assert ends_in("raster", tmp_path, cache_bytes, room) == ["disk_full", "map.tif"]


@pytest.mark.parametrize("room", [100_000, 700_000])  # for the smaller copies alone, or until nearly all is there
def test_while_a_cog_is_made(tmp_path, room):
    assert ends_in("cog", tmp_path, 1 << 28, room) == ["disk_full", "map.tif"]


@pytest.mark.parametrize("share", [0.05, 0.6, 0.98])  # the outlines do not fit; what is known of them; their end
@pytest.mark.parametrize("name", ["areas.gpkg", "areas.geojson"])
def test_of_polygons_wherever_the_file_ends(tmp_path, name, share):
    assert ends_in(name, tmp_path, 1 << 28, share) == ["disk_full", name]
