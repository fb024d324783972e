"""What a raster gets when its pixels are there: statistics, counts of classes, the form of a COG."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.output.geotiff import Finish, RasterWriter, Scaling
from colearn.engine.raster.output.overviews import Resampling

from block_plans import plan_blocks

GRID = Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, -10), 1100, 1300)
CLASSES = (LabelClass(1, "Wald", "#00ff00"), LabelClass(3, "Gewässer", "#0000ff"), LabelClass(4, "Moor", "#aa5500"))
STATISTICS = Finish(Resampling.MODE, statistics=True)
COG = Finish(Resampling.MODE, statistics=True, cog=True)


def write(path, array, *, nodata, grid=GRID, block_px=256, **options):
    writer = RasterWriter.create(path, grid, bands=len(array), dtype=array.dtype.name, nodata=nodata, **options)
    for block in plan_blocks(grid.window(), block_px):
        writer.write(block, array[(slice(None), *block.slices())])
    writer.close()
    return opened(path)


def opened(path):
    dataset = gdal.Open(str(path))
    dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
    return dataset


def class_map(dtype="uint8", codes=(1, 3), seed=0):
    array = np.random.default_rng(seed).choice(codes, (1, *GRID.shape)).astype(dtype)
    array[:, :30, :40] = np.iinfo(dtype).max
    return array


def rows_of(dataset):
    table = dataset.GetRasterBand(1).GetDefaultRAT()
    names = [table.GetNameOfCol(col) for col in range(table.GetColumnCount())]
    return [
        {name: table.GetValueAsString(row, col) for col, name in enumerate(names)} for row in range(table.GetRowCount())
    ]


def test_statistics_are_in_the_file_itself_and_are_what_gdal_would_compute(tmp_path):
    values = np.random.default_rng(0).normal(20, 5, (2, *GRID.shape)).astype(np.float32)
    values[:, 100:200] = -9999
    dataset = write(tmp_path / "map.tif", values, nodata=-9999, finish=Finish(statistics=True))
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]
    for number in (1, 2):
        band = dataset.GetRasterBand(number)
        stored = band.GetMetadata()
        stored_all = [float(stored[f"STATISTICS_{name}"]) for name in ("MINIMUM", "MAXIMUM", "MEAN", "STDDEV")]
        assert stored_all == pytest.approx(band.ComputeStatistics(False), rel=1e-6)
        assert float(stored["STATISTICS_VALID_PERCENT"]) == pytest.approx(100 * 1000 / 1100, rel=1e-3)


@pytest.mark.parametrize("finish", [STATISTICS, COG], ids=["plain", "cog"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_classes_are_counted_with_their_ground_area(tmp_path, dtype, finish):
    codes = (1, 3) if dtype == "uint8" else (1, 3, 4, 60_000)
    classes = CLASSES if dtype == "uint8" else (*CLASSES, LabelClass(60_000, "Fels", "#777777"))
    array = class_map(dtype, codes)
    dataset = write(tmp_path / "map.tif", array, nodata=np.iinfo(dtype).max, classes=classes, finish=finish)
    for label, row in zip(classes, rows_of(dataset), strict=True):
        pixels = int((array == label.code).sum())
        assert (row["Value"], row["Class"]) == (str(label.code), label.name)
        assert float(row["Count"]) == pixels
        assert float(row["Area_m2"]) == pytest.approx(pixels * 100 / 0.9996**2, rel=1e-5)  # UTM, a zone's middle
    assert dataset.GetRasterBand(1).GetMetadataItem("STATISTICS_MAXIMUM") == str(codes[-1])


def test_without_statistics_nothing_is_counted(tmp_path):
    dataset = write(tmp_path / "map.tif", class_map(), nodata=255, classes=CLASSES)
    assert set(rows_of(dataset)[0]) == {"Value", "Class", "Red", "Green", "Blue"}
    assert dataset.GetRasterBand(1).GetMetadata() == {}


def test_a_map_of_nodata_has_no_statistics_and_counts_of_0(tmp_path):
    array = np.full((1, *GRID.shape), 255, np.uint8)
    dataset = write(tmp_path / "map.tif", array, nodata=255, classes=CLASSES, finish=STATISTICS)
    assert dataset.GetRasterBand(1).GetMetadata() == {}
    assert {row["Count"] for row in rows_of(dataset)} == {"0"}


def test_areas_in_degrees_are_those_of_each_row(tmp_path):
    grid = Grid("EPSG:4326", (10.0, 0.01, 0.0, 70.0, 0.0, -0.01), 1100, 1300)
    array = np.ones((1, *grid.shape), np.uint8)
    array[:, 550:] = 3
    dataset = write(tmp_path / "map.tif", array, nodata=255, grid=grid, classes=CLASSES, finish=STATISTICS)
    north, south, _ = (float(row["Area_m2"]) for row in rows_of(dataset))
    expected = np.cos(np.radians(70 - 8.25)) / np.cos(np.radians(70 - 2.75))
    assert south / north == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("finish", [STATISTICS, COG, Finish(overviews=True, statistics=True)])
def test_the_order_of_blocks_changes_no_statistics(tmp_path, finish):
    values = np.random.default_rng(0).random((1, *GRID.shape), np.float32)
    stored_all = []
    for block_px in (100, 512):
        dataset = write(tmp_path / f"{block_px}.tif", values, nodata=-9999, block_px=block_px, finish=finish)
        stored_all.append(dataset.GetRasterBand(1).GetMetadata())
    assert stored_all[0] == stored_all[1]
    assert len(stored_all[0]) == 5


# Cloud Optimized GeoTIFF --------------------------------------------


def offsets(band):
    """Where the first block of a band begins in the file."""
    return int(band.GetMetadataItem("BLOCK_OFFSET_0_0", "TIFF"))


def headers(dataset):
    """Where each header (IFD) of a file stands: the raster's own, then those of its smaller copies."""
    band = dataset.GetRasterBand(1)
    copies = [band.GetOverview(at) for at in range(band.GetOverviewCount())]
    return [int(each.GetMetadataItem("IFD_OFFSET", "TIFF")) for each in (band, *copies)], [band, *copies]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
def test_a_cog_is_one(tmp_path, dtype):
    array = np.random.default_rng(0).integers(0, 4, (2, *GRID.shape)).astype(dtype)
    dataset = write(tmp_path / "map.tif", array, nodata=99, finish=Finish(cog=True))
    np.testing.assert_array_equal(dataset.ReadAsArray(), array)
    structure = dataset.GetMetadata("IMAGE_STRUCTURE")
    assert (structure["LAYOUT"], structure["COMPRESSION"]) == ("COG", "DEFLATE")
    assert structure.get("PREDICTOR") == ("2" if "16" in dtype else None)
    found, bands = headers(dataset)
    assert [(band.YSize, band.XSize) for band in bands] == [(1100, 1300), (550, 650), (275, 325)]
    assert {tuple(band.GetBlockSize()) for band in bands} == {(512, 512)}
    starts = [offsets(band) for band in bands]
    assert found == sorted(found) and max(found) < min(starts)  # what describes it comes first
    assert all(finer > coarser for finer, coarser in pairwise(starts))  # then the coarse, then the fine
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]


def test_a_cog_passes_the_check_of_gdal(tmp_path):
    check = pytest.importorskip("osgeo_utils.samples.validate_cloud_optimized_geotiff")
    write(tmp_path / "map.tif", class_map(), nodata=255, classes=CLASSES, finish=COG)
    warnings, errors, _ = check.validate(str(tmp_path / "map.tif"), full_check=True)
    assert (warnings, errors) == ([], [])


def test_a_cog_has_all_metadata_of_the_plain_file(tmp_path):
    options = {
        "descriptions": ("Klasse",),
        "units": ("m",),
        "scalings": (Scaling(0.5, 2.0),),
        "metadata": (("CONFIDENCE", "margin"),),
        "classes": CLASSES,
    }
    stored_all = []
    for name, finish in (("plain", STATISTICS), ("cog", COG)):
        (tmp_path / name).mkdir()
        dataset = write(tmp_path / name / "map.tif", class_map(), nodata=255, finish=finish, **options)
        band = dataset.GetRasterBand(1)
        colors = band.GetColorTable()
        stored_all.append(
            {
                "grid": (dataset.GetGeoTransform(), dataset.GetSpatialRef().ExportToWkt()),
                "file": dataset.GetMetadata(),
                "band": (band.GetDescription(), band.GetUnitType(), band.GetScale(), band.GetOffset()),
                "nodata": band.GetNoDataValue(),
                "statistics": band.GetMetadata(),
                "classes": (rows_of(dataset), band.GetCategoryNames(), colors.GetColorEntry(3)),
                "files": sorted(path.name for path in (tmp_path / name).iterdir()),
            }
        )
    assert stored_all[0] == stored_all[1]
    assert stored_all[0]["band"] == ("Klasse", "m", 0.5, 2.0)


def test_smaller_copies_of_classes_in_a_cog_are_the_most_frequent(tmp_path):
    array = np.full((1, *GRID.shape), 1, np.uint8)
    array[:, ::2, ::2] = 3
    dataset = write(tmp_path / "map.tif", array, nodata=255, classes=CLASSES, finish=COG)
    assert (dataset.GetRasterBand(1).GetOverview(0).ReadAsArray() == 1).all()


def test_a_cog_is_the_same_file_every_time(tmp_path):
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "map.tif", class_map(), nodata=255, classes=CLASSES, finish=COG)
        digests |= {hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).iterdir()}
    assert len(digests) == 2  # the raster and its sidecar


@pytest.mark.parametrize("shape", [(1, 1), (3, 1500), (513, 511)])
def test_small_and_odd_rasters_become_cogs(tmp_path, shape):
    grid = Grid(GRID.crs_wkt, GRID.transform, *shape)
    array = np.random.default_rng(0).integers(0, 200, (1, *shape)).astype(np.uint8)
    dataset = write(tmp_path / "é map.tif", array, nodata=255, grid=grid, finish=COG)
    np.testing.assert_array_equal(dataset.GetRasterBand(1).ReadAsArray(), array[0])
    assert [path.name for path in tmp_path.iterdir()] == ["é map.tif"]


def test_progress_of_a_cog_is_reported(tmp_path):
    stored_all = []
    writer = RasterWriter.create(tmp_path / "map.tif", GRID, bands=1, dtype="uint8", nodata=255, finish=COG)
    writer.write(GRID.window(), class_map()[0])
    writer.close(stored_all.append)
    assert stored_all == sorted(stored_all) and stored_all[-1] == 1.0 and len(stored_all) > 3


def test_a_cog_that_cannot_be_written_is_reported(tmp_path, error_of, monkeypatch):
    writer = RasterWriter.create(tmp_path / "map.tif", GRID, bands=1, dtype="uint8", nodata=255, finish=COG)
    (tmp_path / "map.tif").mkdir()
    error = error_of(writer.close)
    assert (error.code, error.subject) == (ErrorCode.OUTPUT_UNWRITABLE, "map.tif")
