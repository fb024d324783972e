"""Rasters on the network that a training cannot use."""

import http.server
import threading
import time

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.wire.errors import ErrorCode
from osgeo import gdal

from deadlines import on_this_machine
from journeys import run_train
from radar_trainings import refused_radar, with_radar
from refusals import says
from world import EPSG, NORTH, WEST


class TestServices:
    """Only addresses of this very machine, on a port where nobody listens: no test goes to the network."""

    PICTURES = (
        '<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1:{port}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service>'
        "<DataWindow><UpperLeftX>{west}</UpperLeftX><UpperLeftY>{north}</UpperLeftY>"
        "<LowerRightX>{east}</LowerRightX><LowerRightY>{south}</LowerRightY><TileLevel>0</TileLevel>"
        "<TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</YOrigin></DataWindow>"
        "<Projection>EPSG:{epsg}</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>"
        "<BandsCount>3</BandsCount></GDAL_WMS>"
    )

    def pictures(self, port: int) -> str:
        edges = {"west": WEST, "north": NORTH, "east": WEST + 1200, "south": NORTH - 1200}
        return self.PICTURES.format(port=port, epsg=EPSG, **edges)

    @pytest.mark.parametrize(
        "address",
        [
            "type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmax=19&zmin=0",  # QGIS's own ways of saying
            "crs=EPSG:4326&layers=x&url=http://127.0.0.1:9/wms",
            "WMS:http://127.0.0.1:9/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=x&SRS=EPSG:4326&BBOX=-180,-90,180,90",
            "WMTS:http://127.0.0.1:9/WMTSCapabilities.xml",
            "http://127.0.0.1:9/aerial.tif",
            "PG:host=127.0.0.1 port=9 dbname=x schema=public table=dem",
        ],
    )
    def test_a_service_that_gives_no_pixels_is_reported_as_one_at_once(self, world, outputs, address) -> None:
        start = time.monotonic()
        error = refused_radar(world, outputs, ErrorCode.RASTER_IS_SERVICE, RasterSource(address, "aerial pictures"))
        says(error, "aerial pictures", "service", "GeoTIFF")
        assert time.monotonic() - start < on_this_machine(10)

    def test_a_description_of_a_service_that_gives_no_pixels(self, world, outputs, tmp_path) -> None:
        (tmp_path / "pictures.xml").write_text(self.pictures(9))
        error = refused_radar(world, outputs, ErrorCode.RASTER_IS_SERVICE, tmp_path / "pictures.xml")
        says(error, "pictures", "web service", "GeoTIFF")

    def test_nor_one_that_gives_none_where_services_are_wanted(self, world, outputs, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("COLEARN_GDAL_DRIVERS", "WMS")
        (tmp_path / "pictures.xml").write_text(self.pictures(9))
        error = refused_radar(world, outputs, ErrorCode.RASTER_IS_SERVICE, tmp_path / "pictures.xml")
        says(error, "pictures", "web service", "GeoTIFF")
        assert "127.0.0.1" in error.details

    def test_a_service_that_gdal_reads_is_used_where_it_is_wanted(self, world, outputs, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("COLEARN_GDAL_DRIVERS", "WMS")
        tile = gdal.GetDriverByName("MEM").Create("", 256, 256, 3)
        colours = np.random.default_rng(0).integers(0, 255, (3, 256, 256)).astype(np.uint8)
        tile.WriteArray(colours)
        gdal.GetDriverByName("PNG").CreateCopy(str(tmp_path / "tile.png"), tile)
        png = (tmp_path / "tile.png").read_bytes()

        class OneTile(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(png)

            def log_message(self, *_words) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), OneTile) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            (tmp_path / "pictures.xml").write_text(self.pictures(server.server_port))
            finished, _ = run_train(with_radar(world, outputs, tmp_path / "pictures.xml"))
            server.shutdown()
        assert finished.numbers["TEST_SAMPLES"] > 10
