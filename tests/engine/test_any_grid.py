"""Maps of a raster too large for any block: windows of it lie where they should."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Extent
from osgeo import gdal

from journeys import predict_job, read, run_predict
from stored_rasters import noise_with_holes, with_probabilities
from world import CAMERA_BANDS, write_raster

SIDE_PX = 200_000


ISLAND_PX = 300


@pytest.fixture(scope="module")
def values():
    return noise_with_holes()


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """200,000 × 200,000 pixels that take no room: five islands of data, one in every corner and one in the middle."""
    folder = tmp_path_factory.mktemp("country")
    values = np.random.default_rng(1).integers(1, 4000, (4, ISLAND_PX, ISLAND_PX)).astype(np.uint16)
    write_raster(folder / "island.tif", values, nodata=0, names=CAMERA_BANDS)
    far = SIDE_PX - ISLAND_PX
    places = {"nw": (0, 0), "ne": (0, far), "sw": (far, 0), "se": (far, far), "middle": (far // 2 + 7, far // 2 - 11)}
    sources = "".join(
        f'<ComplexSource><SourceFilename relativeToVRT="1">island.tif</SourceFilename><SourceBand>{{band}}</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{ISLAND_PX}" ySize="{ISLAND_PX}"/>'
        f'<DstRect xOff="{col}" yOff="{row}" xSize="{ISLAND_PX}" ySize="{ISLAND_PX}"/>'
        "<NODATA>0</NODATA></ComplexSource>"
        for row, col in places.values()
    )
    bands = "".join(
        f'<VRTRasterBand dataType="UInt16" band="{at}"><Description>{name}</Description><NoDataValue>0</NoDataValue>'
        f"{sources.format(band=at)}</VRTRasterBand>"
        for at, name in enumerate(CAMERA_BANDS, start=1)
    )
    (folder / "country.vrt").write_text(
        f'<VRTDataset rasterXSize="{SIDE_PX}" rasterYSize="{SIDE_PX}"><SRS>EPSG:3035</SRS>'
        f"<GeoTransform>2500000, 10, 0, 5500000, 0, -10</GeoTransform>{bands}</VRTDataset>"
    )
    return folder / "country.vrt", folder / "island.tif", places


class TestCountry:
    @pytest.mark.parametrize("place", ["nw", "ne", "sw", "se", "middle"])
    def test_windows_of_it_lie_where_they_should(self, country, small_model, tmp_path, place) -> None:
        """The window lies two pixels inside the island but at the raster's own edges, where both are reflected."""
        path, island, places = country
        row, col = places[place]
        top, left = row + 2 * (row > 0), col + 2 * (col > 0)
        bottom = row + ISLAND_PX - 2 * (row + ISLAND_PX < SIDE_PX)
        right = col + ISLAND_PX - 2 * (col + ISLAND_PX < SIDE_PX)
        extent = Extent(
            2_500_000 + 10 * left, 5_500_000 - 10 * bottom, 2_500_000 + 10 * right, 5_500_000 - 10 * top, "EPSG:3035"
        )
        window = with_probabilities(predict_job(small_model, path, tmp_path / "map.tif", extent=extent))
        whole = with_probabilities(predict_job(small_model, island, tmp_path / "island.tif"))
        found = gdal.Open(str(tmp_path / "map.tif"))
        assert found.GetGeoTransform() == (2_500_000 + 10 * left, 10, 0, 5_500_000 - 10 * top, 0, -10)
        np.testing.assert_array_equal(window, whole[:, top - row : bottom - row, left - col : right - col])

    def test_the_sea_around_is_nodata(self, country, small_model, tmp_path) -> None:
        extent = Extent(4_000_000, 4_200_000, 4_003_000, 4_203_000, "EPSG:3035")
        run_predict(predict_job(small_model, country[0], tmp_path / "map.tif", extent=extent))
        assert (read(tmp_path / "map.tif") == 255).all()
