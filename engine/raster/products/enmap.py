"""EnMAP Level 2A: one reflectance cube, wavelengths in its metadata, quality layers in separate files."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ...contract import PRESETS, mask_rules, mask_text, thousands
from ...contract.naming import Delivery
from ...process import listed
from .. import close_dataset, gdal_failures
from .choice import Offer, pixel_size_word
from .virtual import PER_UNIT, ProductBand, open_member, unusable

_PIXEL_M = 30
_LOOKS, _LOOK_ROWS = 5, 4  # positions, and rows at each, read to test whether a band is empty
_CUBE = "SPECTRAL_IMAGE"


def offer(delivery: Delivery) -> Offer:
    """The bands of a product: all that contain values, named by their wavelengths.

    Raises:
        InputError: PRODUCT_UNUSABLE, not Level 2A, or without its cube or its wavelengths.
    """
    files = {match["band"].upper(): delivery.gdal_path(member) for member, match in delivery.band_files()}
    product = delivery.band_files()[0][1]["product"]
    level = re.sub(r"^ENMAP\d\d-_+|-.*$", "", product, flags=re.IGNORECASE)
    if level.upper() != "L2A" or _CUBE not in files:
        raise unusable(product, f"{listed(sorted(files))} of Level {level}", f"{_CUBE} of Level L2A")
    described = _described(delivery)
    nodata, empty = _cube(files[_CUBE], len(described), product)
    bands = tuple(
        ProductBand(name, files[_CUBE], number, ratio=gain * PER_UNIT, offset=offset * PER_UNIT, nodata=nodata)
        for number, (name, gain, offset) in enumerate(described, 1)
        if number not in empty
    )
    quality = tuple(ProductBand(name, files[name], quality=True) for name in sorted(files) if name != _CUBE)
    notes = [] if quality else [f"{product} has no quality layers (QL_QUALITY_…): clouds are not masked."]
    if empty:
        names = listed(described[number - 1][0] for number in sorted(empty))
        notes.append(f"{len(empty)} of {len(described)} bands contain no values and are excluded: {names}.")
    return Offer(
        name="_".join(re.findall(r"DT\d+|\d{8}T\d{6}|(?<=Z_)\d{3}(?=_)", product)[:3]) or product,
        groups={_PIXEL_M: bands},
        default={_PIXEL_M: tuple(band.name for band in bands)},
        quality={_PIXEL_M: quality},
        mask=mask_text(tuple(rule for rule in mask_rules(PRESETS["enmap_quality"]) if rule.band in files)),
        facts=(f"Values are reflectance × {thousands(10_000)}.",),
        notes=tuple(notes),
        words={_PIXEL_M: pixel_size_word(_PIXEL_M)},
    )


def _described(delivery: Delivery) -> list[tuple[str, float, float]]:
    """Name, gain and offset of every band, in the order of the cube."""
    text = ""
    for member in delivery.metadata()[:1]:
        try:
            text = delivery.text(member)
        except OSError as error:
            raise unusable(delivery.name, str(error)) from error
    bands = re.findall(r"<bandID\s+number=\"(\d+)\"\s*>(.*?)</bandID>", text, re.DOTALL)
    described = []
    for _number, band in sorted(bands, key=lambda each: int(each[0])):
        wavelength = _number_in(band, "wavelengthCenterOfBand")
        if wavelength is None:
            raise unusable(delivery.name, "a band without a wavelength in METADATA.XML", "wavelengthCenterOfBand")
        gain, offset = _number_in(band, "GainOfBand"), _number_in(band, "OffsetOfBand")
        described.append((f"{wavelength:.1f} nm", 1 / PER_UNIT if gain is None else gain, offset or 0.0))
    return described


def _cube(path: str, described: int, subject: str) -> tuple[float, frozenset[int]]:
    """The cube's nodata value, and the numbers of its bands without values."""
    dataset = open_member(path, subject)
    count, nodata = dataset.RasterCount, dataset.GetRasterBand(1).GetNoDataValue()
    if described != count:
        raise unusable(
            subject, f"{count} bands, but {described} wavelengths in METADATA.XML", "the same number of both"
        )
    nodata = -32768.0 if nodata is None else float(nodata)
    empty = _empty_bands(dataset, nodata, subject)
    close_dataset(dataset)
    return nodata, empty


def _number_in(text: str, tag: str) -> float | None:
    match = re.search(rf"<{tag}[^>]*>\s*(-?[\d.]+(?:[eE][-+]?\d+)?)\s*<", text)
    return float(match[1]) if match else None


def _empty_bands(dataset: Any, nodata: float, subject: str) -> frozenset[int]:
    """Numbers of the bands without values where others have some: those in the water vapour absorption regions."""
    rows, height = dataset.RasterYSize, min(_LOOK_ROWS, dataset.RasterYSize)
    held = np.zeros(dataset.RasterCount, bool)
    for look in range(_LOOKS):
        row = (rows - height) * (look + 1) // (_LOOKS + 1)
        with gdal_failures(lambda words: unusable(subject, f"a cube that cannot be read ({words})")):
            values = dataset.ReadAsArray(0, row, dataset.RasterXSize, height)
        held |= (values.reshape(len(held), -1) != nodata).any(axis=1)
    return frozenset(int(at) + 1 for at in np.flatnonzero(~held)) if held.any() else frozenset()
