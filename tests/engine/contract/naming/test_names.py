"""Dates, bands and wavelengths in names."""

from datetime import date, timedelta

import pytest
from colearn.engine.contract.naming.names import (
    DatedName,
    first_by_rule,
    name_at_end,
    names_of_files,
    says_only_its_number,
    take_apart,
    wavelength_name,
    wavelength_nm,
    without_ending,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "stem", "day"),
    [
        ("B02_2020-11", "B02", "2020-11"),
        ("2020-11_B02", "B02", "2020-11"),
        ("NDVI 2020.06.01", "NDVI", "2020-06-01"),
        ("VV_2021_03_04", "VV", "2021-03-04"),
        ("VV_2021_03", "VV", "2021-03"),
        ("20200601", "", "2020-06-01"),
        ("S2_20200601_20m", "S2_20m", "2020-06-01"),
        ("x_20200101103021", "x", "2020-01-01"),
        ("x_20200101T103021Z_y", "x_y", "2020-01-01"),
        ("x 2020-06-01T10:20:30", "x", "2020-06-01"),
        ("MOD13Q1.A2020001.h18v03", "MOD13Q1.A_h18v03", "2020-01-01"),
        ("A2020366", "A", "2020-12-31"),
        ("T33UUU_20170216T102101_B02", "T33UUU_B02", "2017-02-16"),
        ("NDVI 2021-03", "NDVI", "2021-03"),
        ("ndvi_2021076", "ndvi", "2021-03-17"),  # 31 + 28 + 17 = 76
        ("S2_2020_06_10m", "S2_10m", "2020-06"),  # 10 m are no day
    ],
)
def test_dates_are_found_and_taken_out(name, stem, day):
    assert take_apart(name) == DatedName(stem, day)


@pytest.mark.parametrize(
    ("name", "stem", "day", "others"),
    [
        ("LC08_193024_20200101_20200823_B4", "LC08_193024_B4", "2020-01-01", ("2020-08-23",)),
        (
            "LC08_L2SP_193024_20200101_20200823_02_T1_SR_B4",
            "LC08_L2SP_193024_02_T1_SR_B4",
            "2020-01-01",
            ("2020-08-23",),
        ),
        ("LC81930242020001LGN00_B4", "LC8193024_LGN00_B4", "2020-01-01", ()),
        ("20200101T101021_20200101T101522_T33UUU_B04", "T33UUU_B04", "2020-01-01", ()),
        ("20170328T083601_20171101T000000_T33UUU_B04", "T33UUU_B04", "2017-03-28", ("2017-11-01",)),
        (
            "S2A_MSIL2A_20200101T101021_N0213_R122_T33UUU_20200103T113027",
            "S2A_MSIL2A_N0213_R122_T33UUU",
            "2020-01-01",
            ("2020-01-03",),
        ),
        (
            "S1A_IW_GRDH_1SDV_20200101T235959_20200102T000024_030611_038222_ABCD_VV",
            "S1A_IW_GRDH_1SDV_030611_038222_ABCD_VV",
            "2020-01-01",
            ("2020-01-02",),
        ),
        (
            "s1a-iw-grd-vv-20200101t052345-20200101t052410-030611-038222-001",
            "s1a-iw-grd-vv_030611-038222-001",
            "2020-01-01",
            (),
        ),
        ("MOD13Q1.A2020001.h18v03.061.2020018123456", "MOD13Q1.A_h18v03.061", "2020-01-01", ("2020-01-18",)),
        ("HLS.S30.T33UUU.2020032T101021.v2.0.B04", "HLS.S30.T33UUU_v2.0.B04", "2020-02-01", ()),
        (
            "ENMAP01-____L2A-DT0000001049_20220612T105735Z_028_V010502_20230922T131826Z-SPECTRAL_IMAGE",
            "ENMAP01-____L2A-DT0000001049_028_V010502_SPECTRAL_IMAGE",
            "2022-06-12",
            ("2023-09-22",),
        ),
        ("PRS_L2D_STD_20200101102030_20200101102034_0001", "PRS_L2D_STD_0001", "2020-01-01", ()),
        ("c_gls_NDVI300_202006010000_GLOBE_OLCI_V2.0.1", "c_gls_NDVI300_GLOBE_OLCI_V2.0.1", "2020-06-01", ()),
        ("NDVI_20200101_20200116", "NDVI", "2020-01-01", ("2020-01-16",)),  # of a composite
        ("VV_2021-03_20210405", "VV", "2021-03", ("2021-04-05",)),
        ("VV_2021-03_20210305", "VV", "2021-03-05", ()),  # the day says of which month it is
        ("VV_2021-03_2021-04", "VV", "2021-03", ("2021-04",)),
    ],
)
def test_every_date_of_a_products_name_is_taken_out_and_the_first_counts(name, stem, day, others):
    assert take_apart(name) == DatedName(stem, day, others)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("LC08_L2SP_193024_20200101_20200823_02_T1", True),
        ("S1A_IW_GRDH_1SDV_20200101T235959_20200102T000024", True),
        ("20170328T083601_20171101T000000_T33UUU_B04", True),
        ("MOD13Q1.A2020001.h18v03.061.2020018123456", True),
        ("NDVI_20200101_20200116", False),
        ("S2_20200101_20200823", False),
    ],
)
def test_products_whose_first_date_is_that_of_acquisition(name, known):
    assert first_by_rule(name) is known


@given(
    st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, max_size=4),
    st.lists(st.sampled_from(["%Y-%m-%d", "%Y_%m_%d", "%Y%m%d", "%Y%j", "%Y%m%dT101010"]), min_size=4, max_size=4),
)
def test_no_date_stays_in_what_is_left_however_many_there_are(days, written):
    name = "_".join(["T33", *(day.strftime(form) for day, form in zip(days, written)), "red"])
    apart = take_apart(name)
    assert (apart.stem, apart.date) == ("T33_red", days[0].isoformat())
    assert set(apart.others) == {day.isoformat() for day in days} - {apart.date}


@pytest.mark.parametrize(
    "name",
    [
        "T33UUU",
        "B02",
        "B8A_10m",
        "plot_1999",
        "hsi_369",
        "x_20210230",  # no such day
        "x_2021-02-30",
        "x_2021-13-01",
        "x_2021366",  # 2021 had 365 days
        "x_2021000",
        "tile_193024",
        "id_120200101",  # digits go on
        "id_202001011",
        "2020x06",
        "x_2020-6",
        "18991231",
        "418.2 nm",
        "T33_030611_038222",  # orbits
        "LC08_193011",  # path and row, no November of 1930
        "X18Y02_2020_v100",  # a year alone
        "NDVI_202013",
    ],
)
def test_what_is_no_date_is_left_alone(name):
    assert take_apart(name) == DatedName(name, None)


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y_%m_%d", "%Y.%m.%d", "%Y%m%d", "%Y%j", "%Y%m%dT101010"]),
)
def test_every_day_of_the_calendar_is_found(day, written):
    assert take_apart(f"S2_{day.strftime(written)}_red") == DatedName("S2_red", day.isoformat())


def test_no_day_before_or_after_a_month_is_found():
    last = date(2021, 3, 1) - timedelta(days=1)
    assert take_apart(f"2021-02-{last.day}").date == "2021-02-28"
    assert take_apart(f"2021-02-{last.day + 1}").date is None


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("T33UUU_20170216T102101_B02.jp2", "B02"),
        ("T33UUU_20170216T102101_B8A_20m.jp2", "B8A"),
        ("LC08_L1TP_193024_20200101_20200823_02_T1_B4.TIF", "B4"),
        ("red.tif", "red"),
        ("B03_20200101.tif", "B03"),
        ("10m.tif", "10m"),
        ("20200101.tif", ""),
    ],
)
def test_a_band_is_named_by_the_end_of_its_file(name, end):
    assert name_at_end(name) == end


def test_files_that_end_alike_are_named_by_what_differs():
    assert names_of_files(["S2_red_refl.tif", "S2_nir_narrow_refl.tif"]) == ("red", "nir_narrow")


def test_indistinguishable_files_have_no_names():
    assert names_of_files(["a_20200101.tif", "a_20200201.tif"]) is None
    assert names_of_files(["20200101.tif", "20200201.tif"]) is None


def test_a_dot_in_a_layers_name_is_no_ending():
    assert without_ending("reflectance 8.5") == "reflectance 8.5"
    assert without_ending("image.tif") == "image"


@pytest.mark.parametrize(("text", "number", "only"), [("Band 3", 3, True), ("band_03", 3, True), ("3", 3, True)])
def test_a_number_in_words_is_no_name(text, number, only):
    assert says_only_its_number(text, number) is only


@pytest.mark.parametrize(("text", "number"), [("Band 4", 3), ("B3", 3), ("band 3 red", 3), ("33", 3)])
def test_other_numbers_and_words_are_names(text, number):
    assert not says_only_its_number(text, number)


@pytest.mark.parametrize(
    ("value", "unit", "name"),
    [
        ("418.2", "Nanometers", "418.2 nm"),
        ("0.4182", "Micrometers", "418.2 nm"),
        ("0.4182", "", "418.2 nm"),
        ("418.2", "", "418.2 nm"),
        ("none", "", ""),
        ("0", "nm", ""),
        ("nan", "nm", ""),
    ],
)
def test_wavelengths_become_names_in_nanometres(value, unit, name):
    assert wavelength_name(value, unit) == name


@pytest.mark.parametrize(
    ("name", "nanometres"), [("418.2 nm", 418.2), ("band 5 (0.56 µm)", 560.0), ("665nm", 665.0), ("B04", None)]
)
def test_names_that_state_a_wavelength(name, nanometres):
    assert wavelength_nm(name) == (pytest.approx(nanometres) if nanometres else None)


def test_a_name_that_many_rasters_have_is_parsed_once() -> None:
    """The 369 bands of 59 plots are the same; to parse them for each plot took QGIS a second."""
    assert take_apart("hsi_001_2021-03-17") is take_apart("hsi_001_2021-03-17")
