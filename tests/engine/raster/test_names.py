"""Dates, bands and wavelengths in names."""

from datetime import date, timedelta

import pytest
from colearn.engine.raster.names import (
    DatedName,
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
        ("LC08_193024_20200101_20200823_B4", "LC08_193024_20200823_B4", "2020-01-01"),
        ("S2_2020_06_10m", "S2_10m", "2020-06"),  # 10 m are no day
    ],
)
def test_dates_are_found_and_taken_out(name, stem, day):
    assert take_apart(name) == DatedName(stem, day)


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


def test_files_that_nothing_tells_apart_have_no_names():
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
