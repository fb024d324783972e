"""Which models fit rasters, and the map asked for, without a window."""

from dataclasses import replace

import pytest
from colearn.engine.contract import Band, SensorKind, Target, Task
from colearn.plugin.mapping_dock.form.fit import BandPair, Fit, Misfit, band_pairs, fit_of, fits_of, given_bands
from colearn.plugin.mapping_dock.form.map_form import (
    Area,
    MapForm,
    parameters_of,
    pixel_bytes,
    pixels_in,
    preview_frame,
)
from colearn.plugin.mapping_dock.form.value_range import Likeness, likeness
from colearn.plugin.mapping_dock.words import preview_words, sensor_words, size_words
from colearn.plugin.training.form.sensors.header import Bounds, Unusable

from ..manifests import a_manifest
from ..training.form.headers import TEN, TWENTY, header


def sensor(names, pixel_m=10.0, named=True, **more):
    bands = tuple(Band(name, 100.0, 10.0, 50.0, 200.0) for name in names)
    return replace(a_manifest().sensors[0], bands=bands, bands_named=named, pixel_m=pixel_m, **more)


CAMERA = sensor(("B02", "B03", "B04", "B08"))


@pytest.mark.parametrize(
    ("trained", "rasters", "misfit", "words"),
    [
        (CAMERA, TEN, None, ()),
        (CAMERA, (header("x", ("b08", "b04", "b03", "b02", "extra")),), None, ()),
        (CAMERA, (), Misfit.NO_RASTER, ()),
        (CAMERA, (replace(TEN[0], unusable=Unusable.GONE), *TEN[1:]), Misfit.UNUSABLE, (TEN[0].name,)),
        (CAMERA, TEN[:2], Misfit.BANDS_MISSING, ("B04", "B08")),
        (CAMERA, TEN[:1], Misfit.BANDS_MISSING, ("B03", "B04", "B08")),
        (CAMERA, TWENTY, Misfit.BANDS_MISSING, ("B02", "B03", "B04", "B08")),
        # 50 m against 10 m is more than four times as large; 40 m is not.
        (CAMERA, (header("x", ("B02", "B03", "B04", "B08"), pixel_m=50.0),), Misfit.PIXEL_SIZE, ("50", "10")),
        (CAMERA, (header("x", ("B02", "B03", "B04", "B08"), pixel_m=40.0),), None, ()),
        (sensor(("1", "2", "3"), named=False), (header("rgb", ("", "", "")),), None, ()),
        (sensor(("1", "2", "3"), named=False), (header("rgba", ("", "", "", "")),), None, ()),
        (sensor(("1", "2", "3"), named=False), (header("two", ("", "")),), Misfit.BAND_COUNT, ("2", "3")),
        (
            sensor(("red",), kind=SensorKind.SERIES, dates=("2021-03", "2021-04"), dates_known=True),
            (header("image", ("red",)),),
            Misfit.NO_DATES,
            ("2",),
        ),
    ],
)
def test_whether_rasters_fit_a_sensor(trained, rasters, misfit, words):
    fit = fit_of(trained, rasters)
    assert (fit.misfit, fit.words) == (misfit, words)


def test_bands_are_found_by_name_or_wavelength():
    hyper = sensor(("418.2 nm", "850.0 nm"))
    assert band_pairs(hyper, ("851.0 nm", "420.0 nm", "600.0 nm")) == (
        BandPair("418.2 nm", "420.0 nm"),
        BandPair("850.0 nm", "851.0 nm"),
    )


def test_the_sensor_that_fits_comes_first():
    model = replace(a_manifest(), sensors=(sensor(("VV", "VH"), name="radar"), replace(CAMERA, name="camera")))
    assert [fit.sensor for fit in fits_of(model, TEN)] == ["camera", "radar"]
    # Both fit: the one that uses all bands, not a part of them.
    both = replace(a_manifest(), sensors=(sensor(("B02",), name="blue"), replace(CAMERA, name="camera")))
    assert [fit.sensor for fit in fits_of(both, TEN)] == ["camera", "blue"]


def test_one_band_alone_is_closest_to_the_sensor_that_has_it():
    """And not to the one with fewer bands."""
    camera, red_edge = (
        sensor(bands, name=name) for bands, name in ((("B02", "B03"), "10 m"), (("B05", "B06", "B07"), "20 m"))
    )
    model = replace(a_manifest(), sensors=(camera, red_edge))
    (first, second) = fits_of(model, (header("B05.tif", ("B05",), 20.0),))
    assert (first.sensor, first.misfit, second.sensor) == ("20 m", Misfit.BANDS_MISSING, "10 m")


FORM = MapForm("/m/land.colearn", TEN[:1], "camera", output="/m/map.tif")


def test_the_job_is_what_was_asked_for():
    job = replace(FORM, probabilities=True, polygons=True, minimum_confidence=0.6).job()
    assert (job.model, job.sensor, job.input[0].path) == ("/m/land.colearn", "camera", TEN[0].key)
    assert job.output_confidence == "/m/map_confidence.tif"
    assert job.output_probabilities == "/m/map_probabilities.tif"
    assert job.output_polygons == "/m/map.gpkg"
    assert job.minimum_confidence == 0.6
    assert job.extent is None


def test_an_area_narrows_the_map():
    framed = replace(FORM, area=Area.CANVAS, frame=Bounds(1.0, 2.0, 3.5, 4.0), frame_crs="EPSG:32633")
    assert parameters_of(framed.job())["EXTENT"] == "1.0,3.5,2.0,4.0 [EPSG:32633]"
    assert parameters_of(replace(FORM, area=Area.POLYGONS, mask_key="fields").job())["MASK"] == "fields"
    assert "MASK" not in parameters_of(replace(FORM, mask_key="fields").job())
    assert "SENSOR" not in parameters_of(replace(FORM, sensor="").job())


def test_a_preview_is_a_window_within_the_raster():
    # 100 × 100 pixels of 10 m from (500000, 5800000): the window around a corner is cut.
    raster = TEN[0]
    assert preview_frame(raster, (500_500.0, 5_799_500.0), 20) == Bounds(500_400.0, 5_799_400.0, 500_600.0, 5_799_600.0)
    assert preview_frame(raster, (500_000.0, 5_800_000.0), 20) == Bounds(500_000.0, 5_799_900.0, 500_100.0, 5_800_000.0)
    assert preview_frame(raster, (900_000.0, 5_800_000.0), 20) is None


def test_a_preview_of_a_part_is_called_one():
    raster = TEN[0]
    frame = preview_frame(raster, (500_000.0, 5_800_000.0), 20)
    assert preview_words(MapForm(rasters=(raster,), frame=frame)) == "The preview shows 1 % of the image. "
    most = Bounds(500_000.0, 5_799_000.0, 501_000.0, 5_799_998.0)  # but for 2 m of 1,000
    assert preview_words(MapForm(rasters=(replace(raster, pixel=(1.0, 1.0)),), frame=most)).startswith(
        "The preview shows 99 %"
    )
    huge = replace(raster, pixel=(0.001, 0.001))
    speck = Bounds(500_000.0, 5_799_999.0, 500_001.0, 5_800_000.0)
    assert preview_words(MapForm(rasters=(huge,), frame=speck)) == "The preview shows less than 0.01 % of the image. "
    whole = preview_frame(raster, (500_500.0, 5_799_500.0))
    assert preview_words(MapForm(rasters=(raster,), frame=whole)) == ""


def test_pixels_are_counted_within_the_raster():
    raster = TEN[0]
    assert pixels_in(raster, None) == 10_000
    assert pixels_in(raster, Bounds(500_900.0, 5_799_900.0, 600_000.0, 5_800_000.0)) == 100
    assert pixels_in(raster, Bounds(0.0, 0.0, 1.0, 1.0)) == 0


@pytest.mark.parametrize(
    ("mean", "low", "high", "expected"),
    [
        (105.0, 60.0, 190.0, Likeness.ALIKE),
        (0.0105, 0.006, 0.019, Likeness.STRANGE),  # reflectance as a fraction: another scale
        (141.0, 60.0, 190.0, Likeness.STRANGE),  # more than four deviations of 10 from 100
        (float("nan"), 0.0, 0.0, Likeness.UNKNOWN),
    ],
)
def test_values_of_another_scale_are_noticed(mean, low, high, expected):
    assert likeness(CAMERA.bands[0], mean, low, high) is expected


def test_bands_given_by_hand_make_strange_names_fit():
    strange = (header("x", ("blue", "green", "red", "nir", "extra")),)
    fit = fit_of(CAMERA, strange)
    assert (fit.misfit, fit.is_mendable) == (Misfit.BANDS_MISSING, True)
    bands = ("", "", "", "")
    for expected, found in (("B08", "nir"), ("B02", "blue"), ("B03", "green"), ("B04", "red")):
        bands = given_bands(fit_of(CAMERA, strange, bands), expected, found)
    fit = fit_of(CAMERA, strange, bands)
    assert bands == ("blue", "green", "red", "nir")
    assert fit.misfit is None
    assert fit.bands[3] == BandPair("B08", "nir")
    form = MapForm(model="m", rasters=strange, sensor="optical", bands=bands, output="o.tif")
    assert parameters_of(form.job())["INPUT_BANDS"] == "blue; green; red; nir"


def test_a_band_that_is_given_elsewhere_changes_places():
    fit = fit_of(CAMERA, TEN)
    assert given_bands(fit, "B02", "B04") == ("B04", "B03", "B02", "B08")


def test_a_repeated_or_removed_band_is_missing():
    fit = fit_of(CAMERA, TEN, ("B02", "B02", "B04", "B99"))
    assert fit.misfit is Misfit.BANDS_MISSING
    assert fit.words == ("B03", "B08")


def test_too_few_bands_cannot_be_corrected():
    assert not fit_of(CAMERA, (header("x", ("blue", "green")),)).is_mendable


def test_unnamed_bands_are_given_by_number_in_any_order():
    trained = sensor(("1", "2", "3"), named=False)
    image = (header("rgbn", ("", "", "", "", "")),)
    assert fit_of(trained, image).misfit is Misfit.BAND_COUNT
    fit = fit_of(trained, image, ("3", "2", "1"))
    assert fit.misfit is None
    assert [pair.found for pair in fit.bands] == ["3", "2", "1"]


def test_names_that_no_list_can_have_are_offered_as_numbers():
    assert fit_of(CAMERA, (header("x", ("Blue, 490 nm", "Green; 560", "c", "d")),)).offered == ("1", "2", "3", "4")


def test_the_size_on_the_disk_is_that_of_the_rasters_uncompressed():
    manifest = a_manifest()  # two classes, codes in one byte
    form = MapForm()  # with confidence
    assert pixel_bytes(form, manifest) == 1 + 4
    assert pixel_bytes(replace(form, probabilities=True), manifest) == 1 + 4 + 2 * 4
    assert pixel_bytes(replace(form, confidence=False), replace(manifest, nodata=65535)) == 2
    targets = (Target("height", 1.0, 1.0, 0.0, 2.0),) * 3
    assert pixel_bytes(form, replace(manifest, task=Task.REGRESSION, classes=(), targets=targets)) == 3 * 4


def test_size_time_and_pixels_are_shown_together():
    assert size_words(48, None, 240) == "48 pixels"
    assert size_words(1_179_648, 90.0, 5_898_240) == "1.18 megapixels, about 1.5 min, at most 5.9 MB"
    assert size_words(999_400_000, None) == "999 megapixels"
    assert size_words(999_600_000, None, 999_600_000_000) == "1.0 gigapixels, at most 1 TB"
    assert size_words(12_340_000_000, None, 5 * 10**9) == "12.3 gigapixels, at most 5 GB"
    assert size_words(10**6, None, 999_600_000) == "1.0 megapixels, at most 1 GB"


@pytest.mark.parametrize(("name", "text"), [("camera", "camera (10 m)"), ("T33UUU 10 m", "T33UUU 10 m")])
def test_a_pixel_size_is_shown_once(name, text):
    assert sensor_words(Fit(name, 10.0)) == text
