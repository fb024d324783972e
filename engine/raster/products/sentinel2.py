"""Sentinel-2 in SAFE format: bands of 10, 20 and 60 m, the offset of newer baselines, the scene classification."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...contract import thousands
from ...contract.naming import Delivery
from .choice import Offer, pixel_size_word
from .virtual import PER_UNIT, ProductBand, unusable

# In the order of the identifiers in the metadata, each with its native pixel size.
NATIVE_M = {
    **{"B01": 60, "B02": 10, "B03": 10, "B04": 10, "B05": 20, "B06": 20, "B07": 20, "B08": 10, "B8A": 20},
    **{"B09": 60, "B10": 60, "B11": 20, "B12": 20},
}
_OFFSET_BASELINE = 4.0  # since this baseline stored values are 1000 higher, so that dark pixels need not be clipped
_OFFSET = -1000.0
MASK = "sentinel2_scl"


def offer(delivery: Delivery) -> Offer:
    """The bands of a SAFE product by pixel size, the finest first.

    Raises:
        InputError: PRODUCT_UNUSABLE, its metadata is missing or unreadable.
    """
    files = [
        (match["band"], int(match["pixel_m"] or NATIVE_M.get(match["band"], 20)), delivery.gdal_path(member))
        for member, match in delivery.band_files()
    ]
    ratio, offsets, fact = _radiometry(delivery)
    groups: dict[int, dict[str, ProductBand]] = {}
    for name, pixel_m, path in files:
        if name != "SCL":
            band = ProductBand(name, path, ratio=ratio, offset=offsets.get(name, 0.0) * ratio)
            groups.setdefault(pixel_m, {})[name] = band
    masks = {pixel_m: ProductBand(name, path, quality=True) for name, pixel_m, path in files if name == "SCL"}
    stamp = delivery.band_files()[0][1]["product"]
    return Offer(
        name=f"S2_{stamp}",
        groups={size: _in_order(groups[size]) for size in sorted(groups)},
        default={size: _native(groups[size], size) for size in sorted(groups)},
        quality={size: _mask_for(masks, size) for size in groups},
        mask=MASK if masks else "",
        facts=(fact,),
        notes=() if masks else (f"{delivery.name} has no scene classification (SCL): clouds are not masked.",),
        words={size: pixel_size_word(size) for size in groups},
    )


def _in_order(bands: dict[str, ProductBand]) -> tuple[ProductBand, ...]:
    return tuple(bands[name] for name in NATIVE_M if name in bands)


def _native(bands: dict[str, ProductBand], pixel_m: int) -> tuple[str, ...]:
    """The bands with this native pixel size; resampled copies of others are used only if named."""
    return tuple(name for name in NATIVE_M if name in bands and NATIVE_M[name] == pixel_m)


def _mask_for(masks: dict[int, ProductBand], pixel_m: int) -> tuple[ProductBand, ...]:
    """The scene classification with that pixel size, else the finest."""
    return (masks.get(pixel_m, masks[min(masks)]),) if masks else ()


def _radiometry(delivery: Delivery) -> tuple[float, dict[str, float], str]:
    """The conversion of stored values to ten-thousandths: a ratio, an offset per band (added before), a sentence."""
    metadata = [member for member in delivery.metadata() if "MTD_MSIL" in member]
    if len(metadata) != 1:
        raise unusable(delivery.name, f"{len(metadata)} files MTD_MSIL2A.xml or MTD_MSIL1C.xml", "one of them")
    try:
        text = delivery.text(metadata[0])
    except OSError as error:
        raise unusable(delivery.name, str(error)) from error
    quantification = _numbers(text, "(?:BOA_|L2A_BOA_)?QUANTIFICATION_VALUE")
    if not quantification or quantification[0] <= 0:
        raise unusable(delivery.name, f"no quantification value in {metadata[0]}", "metadata of Level 1C or 2A")
    names = list(NATIVE_M)
    found = re.findall(r"<(?:BOA|RADIO)_ADD_OFFSET\s+band_id=\"(\d+)\"\s*>\s*(-?[\d.]+)\s*<", text)
    offsets = {names[int(at)]: float(value) for at, value in found if int(at) < len(names)}
    baseline = _numbers(text, "PROCESSING_BASELINE")
    if not offsets and baseline and baseline[0] >= _OFFSET_BASELINE:
        offsets = dict.fromkeys(names, _OFFSET)
    which = f"{baseline[0]:05.2f}" if baseline else "unknown"
    removed = f", its offset of {min(offsets.values()):g} applied" if any(offsets.values()) else ""
    fact = f"Values are reflectance × {thousands(10_000)} (processing baseline {which}{removed})."
    return PER_UNIT / quantification[0], offsets, fact


def _numbers(text: str, tag: str) -> Sequence[float]:
    return [float(value) for value in re.findall(rf"<{tag}(?:\s[^>]*)?>\s*(\d+(?:\.\d+)?)\s*<", text)]
