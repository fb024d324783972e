"""How the rasters of one sensor belong together, bands and dates matched."""

import zipfile

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, RasterSource
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal, osr
from colearn.engine.raster.sensors.open import open_sensor

from opened_sensors import COARSE, first_pixel, planes, spec


def test_one_raster_is_one_scene(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2), bands=("red", "nir"))))
    assert (opened.kind, opened.layout, opened.bands, opened.bands_named) == (
        SensorKind.IMAGE,
        Layout.SCENES,
        ("red", "nir"),
        True,
    )
    assert (opened.dates, opened.dtype, opened.notes) == ((), "uint8", ())


def test_bands_without_names_are_numbered_and_reported(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2))))
    assert (opened.bands, opened.bands_named) == (("1", "2"), False)
    assert "order" in opened.notes[0]


def test_names_that_repeat_are_no_names(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3), bands=("refl", "refl", "x"))))
    assert (opened.bands, opened.bands_named) == (("1", "2", "3"), False)
    assert "refl" in opened.notes[0]


def test_bands_that_are_called_by_their_number_have_no_names(make_raster):
    assert not open_sensor(spec(make_raster(array=planes(1, 2), bands=("Band 1", "Band 2")))).bands_named


def test_wavelengths_in_the_metadata_are_names(make_raster):
    source = make_raster(array=planes(1, 2))
    dataset = gdal.Open(source.path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetMetadataItem("wavelength", "0.4182")
    dataset.GetRasterBand(1).SetMetadataItem("wavelength_units", "Micrometers")
    dataset.GetRasterBand(2).SetMetadataItem("CENTRAL_WAVELENGTH_UM", "0.665", "IMAGERY")
    dataset = None
    assert open_sensor(spec(source)).bands == ("418.2 nm", "665.0 nm")


def test_a_date_that_all_bands_share_is_no_part_of_their_names(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2), bands=("B02_20200101", "B03_20200101"))))
    assert (opened.bands, opened.kind) == (("B02", "B03"), SensorKind.IMAGE)


def test_bands_are_chosen_by_name_or_number_and_a_name_wins(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("3", "red", "1"))
    opened = open_sensor(spec(source, bands=("1", "red")))
    assert (opened.bands, first_pixel(opened)) == (("1", "red"), [3, 2])
    assert first_pixel(open_sensor(spec(source, bands=("2",)))) == [2]


@pytest.mark.parametrize("bands", [("green",), ("0",), ("4",), ("red", "1")])
def test_bands_that_are_not_there_or_twice_are_an_error_with_those_there_are(make_raster, error_of, bands):
    source = make_raster(array=planes(1, 2, 3), bands=("red", "nir", "swir"))
    error = error_of(open_sensor, spec(source, bands=bands))
    assert error.code is ErrorCode.BANDS_UNKNOWN
    assert "red, nir, swir" in error.expected


def test_one_file_a_band_is_named_by_the_end_of_the_file(make_raster):
    sources = [make_raster(f"T33UUU_20170216T102101_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B8A"))]
    opened = open_sensor(spec(*sources))
    assert (opened.layout, opened.bands, opened.kind) == (Layout.BANDS, ("B02", "B8A"), SensorKind.IMAGE)
    assert (first_pixel(opened), opened.dates) == ([0, 1], ())


def test_bands_in_the_middle_of_names_name_files_that_end_in_numbers(make_raster):
    """Sentinel-1's measurements, as they come in a product's folder."""
    name = "s1a-iw-grd-{}-20200101t052345-20200101t052410-030611-038222-{}.tif"
    sources = [make_raster(name.format(*parts), planes(at)) for at, parts in enumerate((("vv", "001"), ("vh", "002")))]
    opened = open_sensor(spec(*sources))
    assert (opened.layout, opened.bands, first_pixel(opened)) == (Layout.BANDS, ("vv", "vh"), [0, 1])


def test_layer_names_name_bands_before_files_and_descriptions_before_both(make_raster):
    sources = [make_raster(f"x_{at}.tif", planes(at), layer=name) for at, name in enumerate(("red", "nir"))]
    assert open_sensor(spec(*sources)).bands == ("red", "nir")
    described = [
        make_raster(f"y_{at}.tif", planes(at), layer="l", bands=(name,)) for at, name in enumerate(("B4", "B8"))
    ]
    assert open_sensor(spec(*described)).bands == ("B4", "B8")


def test_files_of_other_pixel_sizes_may_stand_beside_the_bands_chosen(make_raster):
    fine = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03", "B04"))]
    coarse = make_raster("T33_B05.tif", planes(9), transform=COARSE)
    opened = open_sensor(spec(coarse, *fine, bands=("B04", "B02")))
    assert (opened.layout, opened.bands, first_pixel(opened)) == (Layout.BANDS, ("B04", "B02"), [2, 0])


def test_bands_of_unequal_pixel_sizes_are_an_error_that_names_those_of_each(make_raster, error_of):
    fine, coarse = make_raster("T33_B02.tif", planes(1)), make_raster("T33_B05.tif", planes(1), transform=COARSE)
    error = error_of(open_sensor, spec(fine, coarse, layout=Layout.BANDS))
    assert error.code is ErrorCode.SENSOR_GRIDS_DIFFER
    assert error.found == "pixels of 10 m (T33_B02.tif) and pixels of 20 m (T33_B05.tif)"


def test_rasters_of_several_bands_are_joined_when_asked_to(make_raster):
    one = make_raster("one.tif", planes(1, 2), bands=("red", "nir"))
    other = make_raster("other.tif", planes(3), bands=("swir",))
    opened = open_sensor(spec(one, other, layout=Layout.BANDS))
    assert (opened.bands, first_pixel(opened)) == (("red", "nir", "swir"), [1, 2, 3])


def test_a_product_inside_a_zip_is_read_in_place(make_raster, tmp_path):
    sources = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03"))]
    wheel = tmp_path / "data.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for source in sources:
            archive.write(source.path, "img/" + source.path.rsplit("/", 1)[1])
    inside = [RasterSource(f"/vsizip/{{{wheel}}}/img/T33_{band}.tif") for band in ("B02", "B03")]
    opened = open_sensor(spec(*inside))
    assert (opened.bands, first_pixel(opened)) == (("B02", "B03"), [0, 1])


def test_a_raster_without_crs(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster("bare.tif", crs=None)))
    assert (error.code, error.subject) == (ErrorCode.RASTER_WITHOUT_CRS, "bare.tif")


def test_a_raster_without_geotransform(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster("loose.tif", transform=None)))
    assert error.code is ErrorCode.RASTER_WITHOUT_GEOTRANSFORM


def test_a_raster_with_ground_control_points_only(make_raster, error_of):
    source = make_raster("points.tif", transform=None, crs=None)
    dataset = gdal.Open(source.path, gdal.GA_Update)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    dataset.SetGCPs([gdal.GCP(10 + at, 50 + at % 2, 0, at, at % 2) for at in range(4)], reference)
    dataset.SetSpatialRef(reference)
    dataset = None
    error = error_of(open_sensor, spec(source))
    assert error.code in (ErrorCode.RASTER_WITHOUT_GEOTRANSFORM, ErrorCode.RASTER_WITHOUT_CRS)


def test_complex_numbers(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster(array=np.ones((1, 2, 2), np.complex64))))
    assert error.code is ErrorCode.RASTER_UNREADABLE
    assert "CFloat32" in error.found


@pytest.mark.parametrize(
    "path",
    [
        "type=xyz&url=https://tile.example.org/{z}/{x}/{y}.png&zmax=19",
        "contextualWMSLegend=0&crs=EPSG:3857&layers=a&styles=&url=https://example.org/wms",
        'dbname=\'gis\' host=localhost table="public"."dem" (rast)',
    ],
)
def test_a_web_service_is_called_one(path, error_of):
    error = error_of(open_sensor, spec(RasterSource(path, "background")))
    assert (error.code, error.subject) == (ErrorCode.RASTER_IS_SERVICE, "background")


def test_a_file_that_is_no_raster_or_not_there(tmp_path, error_of):
    (tmp_path / "text.tif").write_text("no raster")
    for name in ("text.tif", "missing.tif"):
        error = error_of(open_sensor, spec(RasterSource(str(tmp_path / name))))
        assert (error.code, error.subject) == (ErrorCode.RASTER_UNREADABLE, name)


def test_gdal_stays_silent(make_raster, capfd, error_of, tmp_path):
    (tmp_path / "text.tif").write_text("no raster")
    error_of(open_sensor, spec(RasterSource(str(tmp_path / "text.tif"))))
    open_sensor(spec(make_raster()))
    assert capfd.readouterr() == ("", "")


def test_every_scene_of_three_real_sensors(data):
    for folder, bands, kind in (("RGB", 3, "uint8"), ("HSI", 369, "int16"), ("CHM", 1, "float32")):
        sources = [RasterSource(str(path)) for path in sorted((data / "idtrees_neon" / folder).glob("*.tif"))]
        opened = open_sensor(spec(*sources))
        assert (len(opened.scenes), len(opened.bands), opened.dtype) == (59, bands, kind)


def test_a_real_series(data):
    opened = open_sensor(spec(RasterSource(str(data / "worldcereal_hesbaye" / "S2_monthly.tif"))))
    assert opened.bands == ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12")
    assert (opened.dates[0], opened.dates[-1], len(opened.dates)) == ("2020-11", "2021-10", 12)
