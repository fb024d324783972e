"""The same pixels give the same map however their raster is stored, and the map lies on its grid wherever that is."""

import gzip
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Extent, Layout
from colearn.engine.contract.wire.errors import ErrorCode
from osgeo import gdal, osr

from journeys import predict_job, read, run_predict, source
from ranges import serving
from refusals import refused, says
from stored_rasters import noise_with_holes, with_probabilities
from world import CAMERA_BANDS, EPSG, NORTH, WEST, write_raster


@pytest.fixture(scope="module")
def values():
    return noise_with_holes()


@pytest.fixture(scope="module")
def plain(values, tmp_path_factory):
    """The raster as simple as can be, in a folder with an accent and a space."""
    return write_raster(tmp_path_factory.mktemp("été 2021") / "scène 1.tif", values, nodata=0, names=CAMERA_BANDS)


@pytest.fixture(scope="module")
def expected(plain, small_model, tmp_path_factory):
    found = with_probabilities(predict_job(small_model, plain, tmp_path_factory.mktemp("expected") / "map.tif"))
    assert ((found[0] == 255) == (read(plain) == 0).any(axis=0)).all()
    assert len(np.unique(found[1])) > 1000
    return found


@pytest.fixture
def mapped(small_model, tmp_path):
    """The map of a raster; it lies on the raster's grid."""

    def run(path, **changes):
        values = with_probabilities(predict_job(small_model, path, tmp_path / "map.tif", **changes))
        raster, found = gdal.Open(str(path)), gdal.Open(str(tmp_path / "map.tif"))
        if "extent" not in changes:
            assert found.GetGeoTransform() == pytest.approx(raster.GetGeoTransform(), rel=1e-15)
        assert found.GetSpatialRef().IsSame(raster.GetSpatialRef())
        return values

    return run


def translated(plain: Path, path: Path | str, driver: str = "GTiff", *options: str) -> Path | str:
    gdal.Translate(str(path), str(plain), format=driver, creationOptions=list(options)).FlushCache()
    return path


TILED = ("TILED=YES", "BLOCKXSIZE={0}", "BLOCKYSIZE={0}")
STORED = {
    "tiles of 16": [option.format(16) for option in TILED],
    "tiles of 1024": [option.format(1024) for option in TILED],
    "strips of a row": ["BLOCKYSIZE=1"],
    "one strip": ["BLOCKYSIZE=75", "COMPRESS=DEFLATE"],
    "bands apart": [*(option.format(32) for option in TILED), "INTERLEAVE=BAND", "COMPRESS=LZW", "PREDICTOR=2"],
    "big": ["BIGTIFF=YES", "ENDIANNESS=BIG"],
}


class TestStorage:
    @pytest.mark.parametrize("options", STORED.values(), ids=STORED)
    @pytest.mark.parametrize("plan", [{}, {"block_px": 32, "threads": 3}])
    def test_blocks_and_strips_of_any_size(self, plain, mapped, expected, tmp_path, options, plan) -> None:
        np.testing.assert_array_equal(
            mapped(translated(plain, tmp_path / "s.tif", "GTiff", *options), **plan), expected
        )

    @pytest.mark.parametrize("driver", ["COG", "ENVI", "PNG", "HFA"])
    def test_other_formats(self, plain, mapped, expected, tmp_path, driver) -> None:
        path = tmp_path / ("a" if driver == "ENVI" else "a.img" if driver == "HFA" else f"a.{driver.lower()}")
        translated(plain, path, driver, *(["WORLDFILE=YES"] if driver == "PNG" else []))
        np.testing.assert_array_equal(mapped(path), expected)

    def test_virtual_rasters_in_virtual_rasters_by_relative_paths(self, plain, mapped, expected, tmp_path) -> None:
        folder = tmp_path / "a b" / "ç"
        folder.mkdir(parents=True)
        translated(plain, folder / "pixels é.tif")
        translated(folder / "pixels é.tif", folder / "inner.vrt", "VRT")
        inner = (folder / "inner.vrt").read_text(encoding="utf-8")  # GDAL would look through it to the pixels
        assert 'relativeToVRT="1">pixels é.tif<' in inner
        outer = inner.replace(">pixels é.tif<", ">a b/ç/inner.vrt<")
        (tmp_path / "outer.vrt").write_text(outer, encoding="utf-8")
        (tmp_path / "moved").mkdir()
        (tmp_path / "a b").rename(tmp_path / "moved" / "a b")
        (tmp_path / "outer.vrt").rename(tmp_path / "moved" / "outer.vrt")
        np.testing.assert_array_equal(mapped(tmp_path / "moved" / "outer.vrt"), expected)

    def test_overviews_are_never_read_in_place_of_pixels(self, plain, mapped, expected, tmp_path) -> None:
        path = translated(plain, tmp_path / "o.tif", "GTiff", *(option.format(16) for option in TILED))
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.BuildOverviews("NEAREST", [2, 4])
        for number in range(1, 5):
            for level in range(2):
                overview = dataset.GetRasterBand(number).GetOverview(level)
                overview.WriteArray(np.full((overview.YSize, overview.XSize), 9, np.uint16))
        dataset = overview = None
        np.testing.assert_array_equal(mapped(path), expected)

    @pytest.mark.parametrize("kind", ["zip", "gz", "memory"])
    def test_in_archives_and_in_memory(self, plain, mapped, expected, tmp_path, kind) -> None:
        if kind == "zip":
            with zipfile.ZipFile(tmp_path / "a b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(plain, "inner/é.tif")
            path = f"/vsizip/{tmp_path}/a b.zip/inner/é.tif"
        elif kind == "gz":
            (tmp_path / "s.tif.gz").write_bytes(gzip.compress(plain.read_bytes()))
            path = f"/vsigzip/{tmp_path}/s.tif.gz"
        else:
            path = str(translated(plain, "/vsimem/any raster.tif"))
        np.testing.assert_array_equal(mapped(path), expected)

    def test_one_file_for_every_band(self, plain, small_model, expected, tmp_path) -> None:
        files = []
        for number, name in enumerate(CAMERA_BANDS, start=1):
            gdal.Translate(str(tmp_path / f"T33 {name}.tif"), str(plain), bandList=[number]).FlushCache()
            files.append(tmp_path / f"T33 {name}.tif")
        job = predict_job(small_model, files[0], tmp_path / "map.tif", input=tuple(map(source, files[::-1])))
        from dataclasses import replace

        np.testing.assert_array_equal(with_probabilities(replace(job, input_layout=Layout.BANDS)), expected)

    @pytest.mark.parametrize("how", ["mask", "alpha", "nan"])
    def test_validity_by_mask_alpha_or_nan_is_validity_by_nodata(self, values, mapped, expected, tmp_path, how) -> None:
        invalid = (values == 0).any(axis=0)
        stored = values.astype(np.float32) if how == "nan" else np.where(values == 0, 7, values).astype(np.uint16)
        if how == "nan":
            stored[:, invalid] = np.nan
        if how == "alpha":
            stored = np.concatenate([stored, np.where(invalid, 0, 65535)[np.newaxis].astype(np.uint16)])
        names = (*CAMERA_BANDS, "") if how == "alpha" else CAMERA_BANDS
        path = write_raster(tmp_path / "v.tif", stored, names=names)
        dataset = gdal.Open(str(path), gdal.GA_Update)
        if how == "mask":
            dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
            dataset.GetRasterBand(1).GetMaskBand().WriteArray(np.where(invalid, 0, 255).astype(np.uint8))
        if how == "alpha":
            dataset.GetRasterBand(5).SetColorInterpretation(gdal.GCI_AlphaBand)
        dataset = None
        np.testing.assert_array_equal(mapped(path), expected)

    def test_declared_scales_are_not_applied(self, plain, mapped, expected, tmp_path) -> None:
        path = translated(plain, tmp_path / "scaled.tif")
        dataset = gdal.Open(str(path), gdal.GA_Update)
        for number in range(1, 5):
            dataset.GetRasterBand(number).SetScale(0.0001)
            dataset.GetRasterBand(number).SetOffset(-0.1)
        dataset = None
        np.testing.assert_array_equal(mapped(path), expected)


GRIDS = {
    "turned by 30 degrees": (WEST, 8.660254, 5.0, NORTH, 5.0, -8.660254),
    "sheared": (WEST, 10.0, 3.0, NORTH, 0.0, -10.0),
    "south-up": (WEST, 10.0, 0.0, NORTH, 0.0, 10.0),
    "mirrored": (WEST, -10.0, 0.0, NORTH, 0.0, -10.0),
    "on its side": (WEST, 0.0, 10.0, NORTH, -10.0, 0.0),
    "flat pixels": (WEST, 20.0, 0.0, NORTH, 0.0, -7.0),
}


class TestPlace:
    def place(self, plain, path, transform, epsg=EPSG):
        translated(plain, path)
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.SetGeoTransform(transform)
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(epsg)
        dataset.SetSpatialRef(reference)
        dataset = None
        return path

    @pytest.mark.parametrize("transform", GRIDS.values(), ids=GRIDS)
    def test_grids_of_any_orientation(self, plain, mapped, expected, tmp_path, transform) -> None:
        path = self.place(plain, tmp_path / "t.tif", transform)
        np.testing.assert_array_equal(mapped(path, block_px=40), expected)

    @pytest.mark.parametrize(
        ("epsg", "transform"),
        [
            (4326, (13.5, 0.00014, 0.0, 52.3, 0.0, -0.00009)),
            (4326, (179.995, 0.00009, 0.0, 0.001, 0.0, -0.00009)),  # across the date line and the equator
            (3035, (4321000.0, 10.0, 0.0, 3210000.0, 0.0, -10.0)),  # northing comes first in this CRS
            (2263, (984000.0, 32.8, 0.0, 200000.0, 0.0, -32.8)),  # feet
        ],
    )
    def test_coordinate_reference_systems(self, plain, mapped, expected, tmp_path, epsg, transform) -> None:
        np.testing.assert_array_equal(mapped(self.place(plain, tmp_path / "c.tif", transform, epsg)), expected)

    def test_an_extent_of_a_turned_grid_is_a_window_of_whole_pixels(self, plain, mapped, expected, tmp_path) -> None:
        transform = GRIDS["turned by 30 degrees"]
        path = self.place(plain, tmp_path / "t.tif", transform)
        x, y = gdal.ApplyGeoTransform(transform, 45.5, 35.5)
        found = mapped(path, extent=Extent(x - 1, y - 1, x + 1, y + 1, f"EPSG:{EPSG}"))
        np.testing.assert_array_equal(found, expected[:, 35:36, 45:46])

    @pytest.mark.parametrize("shape", [(1, 1), (1, 91), (75, 1), (2, 2)])
    def test_tiny_rasters(self, plain, mapped, tmp_path, shape) -> None:
        path = tmp_path / "tiny.tif"
        gdal.Translate(str(path), str(plain), srcWin=[0, 0, shape[1], shape[0]]).FlushCache()
        found = mapped(path)
        assert found.shape == (4, *shape)
        assert ((found[0] == 255) == (read(path) == 0).any(axis=0)).all()


class TestRemote:
    @pytest.fixture(autouse=True)
    def _fresh_cache(self):
        gdal.VSICurlClearCache()
        yield
        gdal.VSICurlClearCache()

    @pytest.fixture
    def noise(self, tmp_path):
        """A compressed scene of 1.5 MB in blocks of 64 pixels."""
        folder = tmp_path / "served"
        folder.mkdir()
        values = np.random.default_rng(0).integers(1, 4000, (4, 70, 3000)).astype(np.uint16)
        write_raster(tmp_path / "plain.tif", values, names=CAMERA_BANDS)
        options = [option.format(64) for option in TILED]
        return Path(translated(tmp_path / "plain.tif", folder / "noise.tif", "GTiff", "COMPRESS=DEFLATE", *options))

    @pytest.fixture
    def outputs(self, tmp_path):
        folder = tmp_path / "outputs"
        folder.mkdir()
        return folder

    @pytest.fixture
    def impatient(self):
        """Wait a second for a server instead of half a minute."""
        option = "GDAL_HTTP_LOW_SPEED_TIME"
        before = gdal.GetConfigOption(option)
        assert int(before) <= 60  # what the engine sets where nobody else has
        gdal.SetConfigOption(option, "1")
        yield
        gdal.SetConfigOption(option, before)

    def test_a_raster_on_a_server_is_read_in_parts(self, plain, mapped, expected, tmp_path) -> None:
        translated(plain, tmp_path / "remote.tif", "COG")
        with serving(tmp_path) as server:
            np.testing.assert_array_equal(mapped(server.address("remote.tif"), block_px=32), expected)
            assert server.gets > 0

    def test_a_server_that_ends_in_the_middle_is_reported(self, noise, small_model, outputs) -> None:
        """What was read is in GDAL's cache; what was not, nobody gives any more."""
        with serving(noise.parent) as server:

            def die(number):
                if number == 12:
                    server.socket.close()
                    raise ConnectionAbortedError

            server.on_get = die
            job = predict_job(small_model, server.address(noise.name), outputs / "map.tif", block_px=64)
            error = refused(run_predict, job, ErrorCode.RASTER_READ_FAILED, outputs)
        says(error, noise.stem, "copy or download it again")

    def test_a_server_that_stops_responding_does_not_block_forever(
        self, noise, small_model, outputs, impatient
    ) -> None:
        over = threading.Event()
        with serving(noise.parent) as server:
            server.on_get = lambda number: over.wait(60) if number >= 12 else None
            job = predict_job(small_model, server.address(noise.name), outputs / "map.tif", block_px=64)
            refused(run_predict, job, ErrorCode.RASTER_READ_FAILED, outputs)
            assert not over.is_set()
            over.set()

    def test_a_raster_that_is_not_on_the_server(self, small_model, outputs, tmp_path) -> None:
        with serving(tmp_path) as server:
            job = predict_job(small_model, server.address("gone.tif"), outputs / "map.tif")
            refused(run_predict, job, ErrorCode.RASTER_UNREADABLE, outputs)
