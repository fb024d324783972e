"""Bands marked as bad: ENVI's bad band list (``bbl``), and its variants in other formats."""

from __future__ import annotations

from typing import Any

_ITEMS = ("bbl", "bad_band_multiplier")
_DOMAINS = ("ENVI", "", "ENMAPBOX")


def bad_bands(dataset: Any) -> frozenset[int]:
    """The numbers, from 1, of the bands marked with 0 in an open dataset; none if it has no list of matching length."""
    count = dataset.RasterCount
    listed = _numbers(_item(dataset))
    if len(listed) == count:
        return frozenset(number for number, good in enumerate(listed, 1) if good == 0)
    return frozenset(number for number in range(1, count + 1) if _numbers(_item(dataset.GetRasterBand(number))) == [0])


def _item(described: Any) -> str:
    """The value of any of the metadata items that mark bad bands; empty if there is none."""
    found = (described.GetMetadataItem(item, domain) for domain in _DOMAINS for item in _ITEMS)
    return next((str(text) for text in found if text), "")


def _numbers(text: str) -> list[float]:
    """``{1, 1, 0}`` as numbers; empty if the text is anything else."""
    try:
        return [float(word) for word in text.strip().strip("{}").split(",")] if text.strip() else []
    except ValueError:
        return []
