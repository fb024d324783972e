"""Which indices band names allow, and what they are made of."""

import numpy as np
import pytest
from colearn.engine.trees.bands import indices_of, roles_of


def names(bands: tuple, minimum: float = 0.0) -> dict:
    found = indices_of(bands, np.full(len(bands), minimum))
    return {index.name: (bands[index.first], bands[index.second]) for index in found}


def test_words_say_which_band_is_which() -> None:
    assert names(("blue", "green", "red", "nir")) == {
        "NDVI": ("nir", "red"),
        "GNDVI": ("nir", "green"),
        "NDWI": ("green", "nir"),
        "NDTI": ("red", "green"),
    }
    assert roles_of(["Surface_reflectance_SWIR 2", "red edge 1", "Red-Edge"]) == {"S2": 0, "RE1": 1}


def test_numbers_of_sentinel_2_count_only_beside_a_band_that_it_alone_has() -> None:
    sentinel = ("B02", "B03", "B04", "B08", "B8A", "B11", "B12")
    assert names(sentinel)["NDVI"] == ("B08", "B04")
    assert names(sentinel)["NBR"] == ("B08", "B12")
    assert names(("B2", "B3", "B4", "B5", "B6", "B7")) == {}  # Landsat 8's, or 5's, or a camera's


def test_wavelengths_say_it_where_names_have_them() -> None:
    bands = ("640.0 nm", "655.5 nm", "688.0 nm", "820.0 nm", "835.0 nm", "1650 nm")
    assert names(bands) == {"NDVI": ("835.0 nm", "655.5 nm"), "NDMI": ("835.0 nm", "1650 nm")}  # nearest to 655, 830


def test_radar_in_decibels_is_subtracted_and_in_power_normalized() -> None:
    assert names(("VV", "VH"), -30.0) == {"VVVHD": ("VV", "VH")}
    assert names(("vv", "vh"), 0.001) == {"NDPolI": ("vv", "vh")}


@pytest.mark.parametrize("bands", [("band 1", "band 2"), ("vh_vv", "vv"), ("Redmond", "nirvana"), ()])
def test_no_index_where_names_tell_nothing_for_certain(bands: tuple) -> None:
    assert names(bands) == {}
