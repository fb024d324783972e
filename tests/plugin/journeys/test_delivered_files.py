"""Files as people get them, through qgis_process: products, archives, NetCDF, files of bands, undeclared nodata."""

import zipfile

import numpy as np
import pytest
from osgeo import gdal

from delivered import NEW_OFFSETS, make_safe, zipped
from real_runs import QUICK, band, qgis_process
from world import write_raster


def _safe_of(world, folder):
    """The camera as a product of a newer baseline, with a cloud."""
    camera, scl = gdal.Open(str(world.camera)).ReadAsArray(), np.full((60, 60), 4)
    scl[10:20, 30:50] = 9
    bands = dict(zip(("B02", "B03", "B04", "B08"), np.where(camera > 0, camera + 1000, 0)))
    return make_safe(folder, bands, scl, baseline="05.00", offsets=NEW_OFFSETS)


@pytest.mark.slow
def test_a_product_is_mapped_as_it_was_delivered(qgis, trained, world, tmp_path):
    """The same reflectance as in the plain raster: the same map, from the folder and from the zip; clouds if asked."""
    model = trained[0] / "model.colearn"
    safe = _safe_of(world, tmp_path / "à l'origine")
    qgis.run("colearn:predict", MODEL=model, INPUT=world.camera, OUTPUT=tmp_path / "plain.tif")
    qgis.run("colearn:predict", MODEL=model, INPUT=safe, OUTPUT=tmp_path / "safe.tif")
    archive = zipped(safe, tmp_path / "le produit.zip")
    masked = {"INPUT_MASK": "sentinel2_scl", "OUTPUT": tmp_path / "zip.tif"}
    qgis.run("colearn:predict", MODEL=model, INPUT=archive, SENSOR="camera", **masked)
    np.testing.assert_array_equal(band(tmp_path / "safe.tif"), band(tmp_path / "plain.tif"))
    cloudy = band(tmp_path / "zip.tif")
    assert (cloudy[20:40, 60:100] == 255).all()
    away = np.ones((120, 120), bool)
    away[18:42, 58:102] = False  # pixels 20 m from the cloud see it: their patches have 50 m
    np.testing.assert_array_equal(cloudy[away], band(tmp_path / "plain.tif")[away])


def test_what_only_gdal_opens_is_mapped(qgis, trained, world, tmp_path):
    """A raster in a zip, and two variables of a NetCDF file as the two bands of the radar."""
    model = trained[0] / "model.colearn"
    with zipfile.ZipFile(tmp_path / "à lire.zip", "w") as file:
        file.write(world.camera, "dedans/image.tif")
    inside = f"/vsizip/{tmp_path}/à lire.zip/dedans/image.tif"
    qgis.run("colearn:predict", MODEL=model, INPUT=inside, OUTPUT=tmp_path / "inside.tif")
    qgis.run("colearn:predict", MODEL=model, INPUT=world.camera, OUTPUT=tmp_path / "plain.tif")
    np.testing.assert_array_equal(band(tmp_path / "inside.tif"), band(tmp_path / "plain.tif"))
    radar = gdal.GetDriverByName("MEM").CreateCopy("", gdal.Open(str(world.radar)))
    for number, name in enumerate(("VV", "VH"), 1):
        radar.GetRasterBand(number).SetMetadataItem("NETCDF_VARNAME", name)
    net_cdf = tmp_path / "radar.nc"
    gdal.GetDriverByName("netCDF").CreateCopy(str(net_cdf), radar)
    # GDAL numbers what it writes (VV1, VH2); names are stored with their length, filled up to four bytes.
    plain_names = net_cdf.read_bytes().replace(b"\0\0\0\3VV1\0", b"\0\0\0\2VV\0\0")
    net_cdf.write_bytes(plain_names.replace(b"\0\0\0\3VH2\0", b"\0\0\0\2VH\0\0"))
    variables = [f'NETCDF:"{net_cdf}":{name}' for name in ("VV", "VH")]
    qgis.run("colearn:predict", MODEL=model, INPUT=variables, OUTPUT=tmp_path / "variables.tif")
    qgis.run("colearn:predict", MODEL=model, INPUT=world.radar, OUTPUT=tmp_path / "radar.tif")
    np.testing.assert_array_equal(band(tmp_path / "variables.tif"), band(tmp_path / "radar.tif"))


@pytest.mark.slow
def test_values_that_no_file_declares_as_nodata_are_declared_by_hand(qgis, world, tmp_path):
    """The camera without a nodata value, every eighth row -9999; labels in the second band, 0 where there are none."""
    values = gdal.Open(str(world.camera)).ReadAsArray().astype(np.float32)
    values[:, ::8] = -9999
    camera = write_raster(tmp_path / "filled.tif", values, names=("B02", "B03", "B04", "B08"))
    labels = np.where(np.arange(120)[:, np.newaxis] % 3, 0, world.truth + 1)
    truth = write_raster(tmp_path / "truth.tif", np.stack([labels * 0 + 7, labels]).astype(np.uint8))
    model, predict = tmp_path / "model.colearn", {"MODEL": tmp_path / "model.colearn", "INPUT": camera}
    sensors = {"SENSOR_A": camera, "SENSOR_A_NAME": "camera", "SENSOR_A_NODATA": "0; -9999", "SENSOR_B": world.radar}
    given = {"LABEL_RASTER": truth, "LABEL_BAND": 2, "LABEL_NODATA": 0}
    qgis.run("colearn:train", OUTPUT_MODEL=model, **sensors, **given, **QUICK)
    qgis.run("colearn:predict", OUTPUT=tmp_path / "map.tif", **predict)
    qgis.run("colearn:predict", OUTPUT=tmp_path / "all.tif", NODATA="none", **predict)
    assert (band(tmp_path / "map.tif")[::8] == 255).all()
    assert (band(tmp_path / "map.tif")[4::8, 20:] != 255).all()
    assert set(np.unique(band(tmp_path / "all.tif"))) <= {1, 2, 3}
    own = {"LABEL_RASTER": tmp_path / "map.tif", "MAP": tmp_path / "map.tif", "MAP_BAND": 1, "NODATA": "-9999"}
    scores = qgis.run("colearn:evaluate", MAX_SAMPLES=500, **predict, **own)
    assert scores["ACCURACY"] == 1.0


def test_band_files_are_aligned_or_refused_through_qgis_process(qgis, world, trained, tmp_path):
    """The camera as a file for each band, of which B03 lacks the first row, or lies half a pixel to the east."""
    whole = gdal.Open(str(world.camera))
    x, _, _, y, _, _ = whole.GetGeoTransform()

    def cut(number, name, row=0, east_m=0.0):
        window = {"srcWin": [0, row, whole.RasterXSize, whole.RasterYSize - row], "bandList": [number]}
        made = gdal.Translate(str(tmp_path / name), whole, **window)
        made.GetRasterBand(1).SetDescription("")
        made.SetGeoTransform((x + east_m, 10, 0, y - 10 * row, 0, -10))
        return tmp_path / name

    bands = {name: cut(number, f"T33_{name}.tif") for number, name in enumerate(("B02", "B03", "B04", "B08"), start=1)}
    files = [bands["B02"], cut(2, "T32_B03.tif", row=1), bands["B04"], bands["B08"]]
    given = {"MODEL": trained[0] / "model.colearn", "SENSOR": "camera"}
    qgis.run("colearn:predict", INPUT=files, OUTPUT=tmp_path / "map.tif", **given)
    one = gdal.Translate(str(tmp_path / "one.tif"), whole, srcWin=[0, 1, whole.RasterXSize, whole.RasterYSize - 1])
    one = one.GetDescription()
    qgis.run("colearn:predict", INPUT=one, OUTPUT=tmp_path / "map of one.tif", **given)
    np.testing.assert_array_equal(band(tmp_path / "map.tif"), band(tmp_path / "map of one.tif"))
    off = [bands["B02"], cut(2, "T31_B03.tif", east_m=5.0), bands["B04"]]
    with pytest.raises(qgis_process.QgisProcessError, match=r"T31_B03[\s\S]*0\.5 pixels[\s\S]*sensor_layout_unclear"):
        qgis.run(
            "colearn:train",
            SENSOR_A=off,
            SENSOR_B=world.radar,
            LABELS=world.polygons,
            LABEL_FIELD="kind",
            OUTPUT_MODEL=tmp_path / "model.colearn",
        )
