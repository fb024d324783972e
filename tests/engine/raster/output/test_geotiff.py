"""GeoTIFFs written block by block."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob, default_of
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.output.geotiff import Finish, RasterWriter, Scaling
from colearn.engine.raster.output.overviews import Resampling, factors

from block_plans import plan_blocks

GRID = Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, -10), 700, 600)
CLASSES = (LabelClass(1, "Wald", "#00ff00"), LabelClass(3, "Gewässer", "#0000ff"))


def write(path, array, *, dtype, nodata, grid=GRID, **options):
    writer = RasterWriter.create(path, grid, bands=len(array), dtype=dtype, nodata=nodata, **options)
    for block in plan_blocks(grid.window(), 256):
        writer.write(block, array[(slice(None), *block.slices())].astype(dtype))
    writer.close()
    return gdal.Open(str(path))


def test_what_is_written_is_read_on_the_same_grid(tmp_path):
    array = np.random.default_rng(0).integers(0, 255, (1, *GRID.shape)).astype(np.uint8)
    dataset = write(tmp_path / "é map.tif", array, dtype="uint8", nodata=255)
    np.testing.assert_array_equal(dataset.ReadAsArray(), array[0])
    assert dataset.GetGeoTransform() == GRID.transform
    assert dataset.GetSpatialRef().GetAuthorityCode(None) == "32633"


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_files_are_in_blocks_compressed_and_declare_nodata_on_every_band(tmp_path, dtype):
    array = np.ones((3, *GRID.shape))
    dataset = write(tmp_path / "map.tif", array, dtype=dtype, nodata=9, descriptions=("a", "b", "c"))
    structure = dataset.GetMetadata("IMAGE_STRUCTURE")
    assert structure["COMPRESSION"] == "DEFLATE"
    assert structure.get("PREDICTOR") == ("2" if dtype == "uint16" else None)
    bands = [dataset.GetRasterBand(number) for number in (1, 2, 3)]
    assert [band.GetNoDataValue() for band in bands] == [9, 9, 9]
    assert [band.GetDescription() for band in bands] == ["a", "b", "c"]
    assert {tuple(band.GetBlockSize()) for band in bands} == {(256, 256)}


def test_probabilities_are_no_colours_and_no_alpha(tmp_path):
    dataset = write(tmp_path / "map.tif", np.ones((4, *GRID.shape)), dtype="uint8", nodata=255)
    alpha = [dataset.GetRasterBand(number).GetColorInterpretation() == gdal.GCI_AlphaBand for number in range(1, 5)]
    assert not any(alpha)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 1), []),
        ((256, 256), []),
        ((257, 3), [2]),
        ((3, 1025), [2, 4, 8]),
        ((200_000, 9), [2**at for at in range(1, 11)]),
    ],
)
def test_smaller_copies_are_halved_until_they_fit_into_a_block(shape, expected):
    assert factors(Grid("EPSG:32633", (0, 10, 0, 0, 0, -10), *shape)) == expected


def test_smaller_copies_are_compressed_and_declare_nodata(tmp_path):
    array = np.random.default_rng(0).integers(0, 3, (1, *GRID.shape))
    finish = Finish(Resampling.MODE, overviews=True)
    options = {"metadata": (("ÄPFEL", "rot"),), "scalings": (Scaling(0.5),), "finish": finish}
    dataset = write(tmp_path / "map.tif", array, dtype="uint8", nodata=255, **options)
    np.testing.assert_array_equal(dataset.ReadAsArray(), array[0])
    band = dataset.GetRasterBand(1)
    copies = [band.GetOverview(at) for at in range(band.GetOverviewCount())]
    assert [(copy.YSize, copy.XSize) for copy in copies] == [(350, 300), (175, 150)]
    assert [copy.GetNoDataValue() for copy in copies] == [255, 255]
    assert (tmp_path / "map.tif").stat().st_size < array.size / 2
    assert (band.GetScale(), dataset.GetMetadataItem("ÄPFEL")) == (0.5, "rot")


def test_nan_becomes_nodata(tmp_path):
    array = np.full((1, *GRID.shape), np.nan, np.float32)
    array[0, 5, 5] = 0.25
    values = write(tmp_path / "map.tif", array, dtype="float32", nodata=-9999).ReadAsArray()
    assert (values[5, 5], values[0, 0], values[699, 599]) == (0.25, -9999, -9999)


def test_what_is_never_written_is_nodata(tmp_path):
    writer = RasterWriter.create(tmp_path / "map.tif", GRID, bands=1, dtype="uint8", nodata=255)
    writer.write(Window(0, 0, 10, 10), np.zeros((10, 10), np.uint8))
    writer.close()
    values = gdal.Open(str(tmp_path / "map.tif")).ReadAsArray()
    assert (values[:10, :10] == 0).all()
    assert (values[10:] == 255).all()


def test_classes_have_names_and_colours(tmp_path):
    array = np.ones((1, *GRID.shape))
    dataset = write(tmp_path / "map.tif", array, dtype="uint8", nodata=255, classes=CLASSES)
    band = dataset.GetRasterBand(1)
    band.GetMetadata()  # makes GDAL 3.6 read the sidecar
    assert band.GetCategoryNames() == ["", "Wald", "", "Gewässer"]
    assert band.GetColorTable().GetColorEntry(3)[:3] == (0, 0, 255)
    table = band.GetDefaultRAT()
    assert table.GetTableType() == gdal.GRTT_THEMATIC
    rows = [[table.GetValueAsString(row, col) for col in range(5)] for row in range(table.GetRowCount())]
    assert rows == [["1", "Wald", "0", "255", "0"], ["3", "Gewässer", "0", "0", "255"]]


def test_names_lie_in_the_sidecar_and_colours_in_the_file(tmp_path):
    write(tmp_path / "map.tif", np.ones((1, *GRID.shape)), dtype="uint8", nodata=255, classes=CLASSES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.tif", "map.tif.aux.xml"]
    (tmp_path / "map.tif.aux.xml").unlink()
    dataset = gdal.Open(str(tmp_path / "map.tif"))
    assert dataset.GetRasterBand(1).GetColorTable().GetColorEntry(1)[:3] == (0, 255, 0)


def test_sixteen_bits_have_names_by_attribute_table(tmp_path):
    classes = (LabelClass(1000, "Wald", "#00ff00"), LabelClass(60000, "Moor", "#aa0000"))
    dataset = write(
        tmp_path / "map.tif", np.full((1, *GRID.shape), 1000), dtype="uint16", nodata=65535, classes=classes
    )
    table = dataset.GetRasterBand(1).GetDefaultRAT()
    assert [table.GetValueAsString(row, 1) for row in range(2)] == ["Wald", "Moor"]


def test_maps_without_classes_have_no_sidecar(tmp_path):
    write(tmp_path / "map.tif", np.ones((1, *GRID.shape)), dtype="float32", nodata=-9999, descriptions=("h",))
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]


@pytest.mark.parametrize(
    ("shape", "dtype"), [((2, 10, 10), "uint8"), ((1, 10, 11), "uint8"), ((1, 10, 10), "float32"), ((11, 10), "uint8")]
)
def test_blocks_that_do_not_fit_are_refused(tmp_path, shape, dtype):
    writer = RasterWriter.create(tmp_path / "map.tif", GRID, bands=1, dtype="uint8", nodata=255)
    with pytest.raises(ValueError, match="a block"):
        writer.write(Window(0, 0, 10, 10), np.zeros(shape, dtype))


def test_a_parent_that_is_a_file_is_unwritable(tmp_path, error_of):
    (tmp_path / "file").write_text("")
    error = error_of(RasterWriter.create, tmp_path / "file" / "map.tif", GRID, bands=1, dtype="uint8", nodata=255)
    assert (error.code, error.subject) == (ErrorCode.OUTPUT_UNWRITABLE, "map.tif")


def noise(writer, cache_bytes, block_px=512):
    """Write noise with little memory to hide it in."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(cache_bytes)
    rng = np.random.default_rng(0)
    try:
        for block in plan_blocks(GRID.window(), block_px):
            writer.write(block, rng.random((4, *block.shape), np.float32))
        writer.close()
    finally:
        gdal.SetCacheMax(before)


def test_blocks_of_a_map_are_stored_once_however_small_the_cache(tmp_path):
    """What is stored twice leaves a hole of its size in the file."""
    block_px = default_of(PredictJob, "block_px")
    sizes = []
    for cache_bytes in (1 << 20, 1 << 28):
        path = tmp_path / f"{cache_bytes}.tif"
        noise(RasterWriter.create(path, GRID, bands=4, dtype="float32", nodata=-9999), cache_bytes, block_px)
        sizes.append(path.stat().st_size)
    assert sizes[0] == sizes[1]


def test_a_file_that_is_not_whole_does_not_pass_the_check(tmp_path, error_of, monkeypatch):
    path = tmp_path / "map.tif"
    writer = RasterWriter.create(path, GRID, bands=1, dtype="float32", nodata=-9999)
    writer.write(GRID.window(), np.random.default_rng(0).random(GRID.shape, np.float32))
    whole = writer._require_whole

    def cut_first(_):
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 100)
        whole(gdal.Open(str(path)))

    monkeypatch.setattr(writer, "_require_whole", cut_first)
    assert error_of(writer.close).code is ErrorCode.OUTPUT_UNWRITABLE
