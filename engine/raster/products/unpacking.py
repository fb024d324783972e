"""Rasters of a sensor, with products replaced by their bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...contract import ErrorCode, InputError, RasterSource, mask_rules
from ...contract.naming import Delivery, ProductKind, delivery_at
from ...process import listed
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
    """Rasters that GDAL opens, the requested bands by their names there, the products' own quality mask.

    ``mask`` is empty if there is no product, or none has a mask. ``facts`` describe the values,
    ``notes`` what the user should check.
    """

    rasters: tuple[RasterSource, ...]
    bands: tuple[str, ...]
    mask: str = ""
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def unpack(
    rasters: Sequence[RasterSource], bands: Sequence[str] = (), mask: str = "", trained: bool = False
) -> Unpacked:
    """The rasters, with each product as a virtual raster of its bands of the same pixel size; others unchanged.

    Args:
        bands: the requested ones, or the word of a pixel size (``20m``); none means the finest.
        mask: the quality mask to apply, which determines the quality bands included; empty = the products' own.
        trained: whether a model requests them.

    Raises:
        InputError: PRODUCT_UNUSABLE; BANDS_UNKNOWN or BANDS_DIFFER; QUALITY_MASK_MISSING if none is specified and
            the rasters do not all have the same.
    """
    deliveries = [delivery_at(raster.path) for raster in rasters]
    if not any(deliveries):
        return Unpacked(tuple(rasters), tuple(bands))
    offers = [None if delivery is None else _offer_of(delivery) for delivery in deliveries]
    own_masks = [offer.mask if offer else "" for offer in offers]
    if not mask and len(set(own_masks)) > 1:
        raise _masks_differ(rasters, own_masks)
    unpacked, named = [], tuple(bands)
    for raster, offer in zip(rasters, offers):
        if offer is None:
            unpacked.append(raster)
            continue
        quality = {rule.band.casefold() for rule in mask_rules(mask or offer.mask)}
        choice = choose(offer, bands, quality, trained)
        unpacked.append(RasterSource(virtual_product(choice.bands, offer.name), offer.name))
        named = choice.named
    facts = tuple(dict.fromkeys(fact for offer in offers if offer for fact in offer.facts))
    notes = tuple(dict.fromkeys(note for offer in offers if offer for note in offer.notes))
    return Unpacked(tuple(unpacked), named, own_masks[0], facts, notes)


def _masks_differ(rasters: Sequence[RasterSource], own_masks: Sequence[str]) -> InputError:
    other = next(at for at, own in enumerate(own_masks) if own != own_masks[0])
    each = [f"{own_masks[at] or 'no quality mask'} in {rasters[at].label()}" for at in (0, other)]
    return InputError(
        ErrorCode.QUALITY_MASK_MISSING,
        subject=", ".join(rasters[at].label() for at in (0, other)),
        found=", but ".join(each),
        expected="one quality mask for all rasters of a sensor",
        remedy="Set one mask for all of them (SENSOR_X_MASK, with SENSOR_X_MASK_RASTERS for those that lack it), set "
        "SENSOR_X_MASK=none to mask nothing, or remove the rasters without a mask.",
    )


def _offer_of(delivery: Delivery) -> Offer:
    _require_one(delivery)
    return _OFFERS[delivery.kind](delivery)


def _require_one(delivery: Delivery) -> None:
    products = sorted({match["product"] for _, match in delivery.band_files()})
    if len(products) > 1:
        raise unusable(delivery.name, f"{len(products)} products: {listed(products)}", "one product at a time")
