"""The bands of a product, and the choice of those that form a sensor: bands of the same pixel size."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...contract import ErrorCode, InputError
from ...process import listed
from .virtual import ProductBand, unusable


@dataclass(frozen=True)
class Offer:
    """The bands of a product by pixel size in metres, finest first.

    ``default`` are the names used if none are requested; ``words`` select all bands of a pixel size.
    ``quality`` are the bands of the quality mask ``mask``. ``name`` contains one date, the image's. ``facts`` describe
    the values, ``notes`` what the user may overlook.
    """

    name: str
    groups: Mapping[int, tuple[ProductBand, ...]]
    default: Mapping[int, tuple[str, ...]]
    quality: Mapping[int, tuple[ProductBand, ...]]
    mask: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    words: Mapping[int, str]


@dataclass(frozen=True)
class Choice:
    """Bands of the same pixel size, followed by those of the mask; ``named`` are the names of the requested ones."""

    bands: tuple[ProductBand, ...]
    named: tuple[str, ...]


def pixel_size_word(pixel_m: int) -> str:
    """The word that selects all bands of a pixel size: ``20m``."""
    return f"{pixel_m}m"


def choose(offer: Offer, wanted: Sequence[str], quality: Collection[str], trained: bool) -> Choice:
    """The bands requested by name, all of a pixel size by its word, or, if nothing is requested, the finest.

    Args:
        quality: names (ignoring case) of the quality bands that a mask tests; these follow the others.
        trained: whether a model requests them, not the user.

    Raises:
        InputError: BANDS_UNKNOWN (BANDS_DIFFER if a model requests them), listing the bands of each pixel size;
            PRODUCT_UNUSABLE if there are no bands at all.
    """
    sizes = [size for size in offer.groups if offer.default[size]]
    if not sizes:
        raise unusable(offer.name, "no band file")
    if not wanted:
        return _chosen(offer, sizes[0], offer.default[sizes[0]], (), quality)
    for size in sizes:
        if len(wanted) == 1 and wanted[0].replace(" ", "").casefold() == offer.words[size]:
            return _chosen(offer, size, offer.default[size], (), quality)
    for size in offer.groups:
        names = [_name_in(offer, size, band) for band in wanted]
        found = tuple(name for name in names if name is not None)
        if len(found) == len(wanted):
            return _chosen(offer, size, found, found, quality)
    raise _not_in_one_size(offer, wanted, trained)


def _chosen(offer: Offer, size: int, names: Sequence[str], named: tuple[str, ...], quality: Collection[str]) -> Choice:
    by_name = {band.name: band for band in (*offer.groups[size], *offer.quality[size])}
    tested = [band.name for band in offer.quality[size] if band.name.casefold() in quality]
    return Choice(tuple(by_name[name] for name in dict.fromkeys([*names, *tested])), named)


def _name_in(offer: Offer, size: int, wanted: str) -> str | None:
    """The product's name of a band, given in any case or without its wavelength; None if it has none of that size."""
    for band in (*offer.groups[size], *offer.quality[size]):
        if wanted.casefold() in (band.name.casefold(), re.sub(r" \(.*", "", band.name).casefold()):
            return band.name
    return None


def _not_in_one_size(offer: Offer, wanted: Sequence[str], trained: bool) -> InputError:
    each = "; ".join(
        f"{listed(band.name for band in bands)} in {size} m ({offer.words[size]})"
        for size, bands in offer.groups.items()
    )
    return InputError(
        ErrorCode.BANDS_DIFFER if trained else ErrorCode.BANDS_UNKNOWN,
        subject=offer.name,
        found=f"no pixel size at which all of {listed(wanted)} are available",
        expected=f"bands of a single pixel size: {each}",
        remedy="Add the product once per pixel size, each as a separate sensor."
        if not trained
        else "Use a product of the sensor that the model was trained on.",
    )
