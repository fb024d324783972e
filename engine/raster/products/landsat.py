"""Landsat Collection 2, Level 2: surface reflectance of 30 m, and QA_PIXEL."""

from __future__ import annotations

import re

from ...contract import thousands
from ...contract.naming import Delivery
from .choice import Offer, pixel_size_word
from .virtual import PER_UNIT, ProductBand, unusable

MASK = "landsat_qa_pixel"
_PIXEL_M = 30
# B4 is red for OLI and near infrared for TM and ETM+: with the wavelength in the name they cannot be confused.
_OLI_NM = {"B1": 443, "B2": 482, "B3": 561, "B4": 655, "B5": 865, "B6": 1609, "B7": 2201}
_TM_NM = {"B1": 485, "B2": 560, "B3": 660, "B4": 830, "B5": 1650, "B7": 2215}
_REFLECTANCE = (2.75e-5, -0.2)
_KELVIN = (0.00341802, 149.0)


def offer(delivery: Delivery) -> Offer:
    """The bands of a product: reflectance; temperature (in kelvin) only if requested by name.

    Raises:
        InputError: PRODUCT_UNUSABLE, not Level 2 of Collection 2.
    """
    files = {match["band"].upper(): delivery.gdal_path(member) for member, match in delivery.band_files()}
    product = delivery.band_files()[0][1]["product"].upper()
    sensor, level, place, date, _made, collection, _tier = product.split("_")
    if not level.startswith("L2S") or collection != "02":
        raise unusable(
            product, f"Landsat Level {level[1:]} of Collection {collection}", "Level 2 (L2SP, L2SR) of Collection 02"
        )
    metadata = _metadata(delivery)
    wavelengths = _OLI_NM if sensor[1] in "CO" else _TM_NM
    bands = tuple(
        _band(name, path, metadata, wavelengths) for name, path in sorted(files.items()) if name[:3] in ("SR_", "ST_")
    )
    quality = tuple(ProductBand(name, path, quality=True) for name, path in files.items() if name == "QA_PIXEL")
    return Offer(
        name=f"{sensor}_{place}_{date}",
        groups={_PIXEL_M: bands},
        default={_PIXEL_M: tuple(band.name for band in bands if band.name.startswith("SR_"))},
        quality={_PIXEL_M: quality},
        mask=MASK if quality else "",
        facts=(f"Values are surface reflectance × {thousands(10_000)}, computed with the product's scale and offset.",),
        notes=() if quality else (f"{product} has no QA_PIXEL: clouds are not masked.",),
        words={_PIXEL_M: pixel_size_word(_PIXEL_M)},
    )


def _band(name: str, path: str, metadata: str, wavelengths: dict[str, int]) -> ProductBand:
    short = name[3:]
    if name.startswith("ST_"):
        ratio, offset = _scaling(metadata, "TEMPERATURE", f"ST_{short}", _KELVIN)
        return ProductBand(name, path, ratio=ratio, offset=offset, scale=1.0)
    ratio, offset = _scaling(metadata, "REFLECTANCE", short[1:], _REFLECTANCE)
    wavelength = f" ({wavelengths[short]} nm)" if short in wavelengths else ""
    return ProductBand(f"{name}{wavelength}", path, ratio=ratio * PER_UNIT, offset=offset * PER_UNIT)


def _scaling(metadata: str, quantity: str, band: str, usual: tuple[float, float]) -> tuple[float, float]:
    """Scale and offset of Level 2 from the metadata, else the general ones of Collection 2."""
    level2 = metadata.partition("LEVEL2_SURFACE_")[2]
    found = [re.search(rf"{quantity}_{kind}_BAND_{band}\s*=\s*(-?[\d.Ee+-]+)", level2) for kind in ("MULT", "ADD")]
    ratio, offset = (float(match[1]) if match else value for match, value in zip(found, usual))
    return ratio, offset


def _metadata(delivery: Delivery) -> str:
    """The product's metadata (MTL.txt); empty if the file is missing."""
    for member in delivery.metadata():
        if member.lower().endswith(".txt"):
            try:
                return delivery.text(member)
            except OSError as error:
                raise unusable(delivery.name, str(error)) from error
    return ""
