"""Rasters of a sensor in which products stand for their bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...contract.job import RasterSource
from ...contract.products import Delivery, ProductKind, delivery_at
from ...contract.quality import mask_rules
from ..sensor_errors import listed
from . import enmap, landsat, sentinel2
from .choice import Offer, choose
from .virtual import unusable, virtual_product

_OFFERS: dict[ProductKind, Callable[[Delivery], Offer]] = {
    ProductKind.SENTINEL2: sentinel2.offer,
    ProductKind.LANDSAT: landsat.offer,
    ProductKind.ENMAP: enmap.offer,
}


@dataclass(frozen=True)
class Unpacked:
    """Rasters that GDAL opens, the bands asked for by the names they have there, the products' own quality mask.

    ``mask`` is empty where there is no product, or not all rasters have the same. ``facts`` say what values are,
    ``notes`` what a person should look at.
    """

    rasters: tuple[RasterSource, ...]
    bands: tuple[str, ...]
    mask: str = ""
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def unpack(
    rasters: Sequence[RasterSource], bands: Sequence[str] = (), mask: str = "", trained: bool = False
) -> Unpacked:
    """The rasters, each product among them as a virtual raster of its bands of one pixel size; others as they are.

    Args:
        bands: those asked for, or the word of a pixel size (``20m``); none means the finest.
        mask: the quality mask to apply, which decides about the quality bands that come along; empty = the products'.
        trained: whether a model asks for them.

    Raises:
        InputError: PRODUCT_UNUSABLE; BANDS_UNKNOWN or BANDS_DIFFER.
    """
    deliveries = [delivery_at(raster.path) for raster in rasters]
    if not any(deliveries):
        return Unpacked(tuple(rasters), tuple(bands))
    offers = [None if delivery is None else _offer_of(delivery) for delivery in deliveries]
    unpacked, named = [], tuple(bands)
    for raster, offer in zip(rasters, offers):
        if offer is None:
            unpacked.append(raster)
            continue
        quality = {rule.band.casefold() for rule in mask_rules(mask or offer.mask)}
        choice = choose(offer, bands, quality, trained)
        unpacked.append(RasterSource(virtual_product(choice.bands, offer.name), offer.name))
        named = choice.named
    own_masks = {offer.mask if offer else "" for offer in offers}
    facts = tuple(dict.fromkeys(fact for offer in offers if offer for fact in offer.facts))
    notes = tuple(dict.fromkeys(note for offer in offers if offer for note in offer.notes))
    return Unpacked(tuple(unpacked), named, own_masks.pop() if len(own_masks) == 1 else "", facts, notes)


def _offer_of(delivery: Delivery) -> Offer:
    _require_one(delivery)
    return _OFFERS[delivery.kind](delivery)


def _require_one(delivery: Delivery) -> None:
    products = sorted({match["product"] for _, match in delivery.band_files()})
    if len(products) > 1:
        raise unusable(delivery.name, f"{len(products)} products: {listed(products)}", "each product by itself")
