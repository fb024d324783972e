"""The band of a file that only says which pixels are valid (alpha), told from one that is merely tagged so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

from .. import gdal

GdalBand = Any

_OPAQUE = 255
_WINDOWS, _WINDOW_PX = 8, 64  # a sample is that many windows along each axis, of that many pixels a side


def alpha_of(bands: Sequence[GdalBand], ask_pixels: bool = True) -> Optional[int]:
    """The number of the alpha band; None where there is none.

    Args:
        ask_pixels: whether a tag that a writer may have given unasked is believed only after a look at some pixels.
    """
    for band in bands if len(bands) > 1 else ():
        if is_tagged(band):
            doubtful = ask_pixels and not band.GetDescription().strip() and _tagged_unasked(bands)
            return None if doubtful and _holds_values(_sample(band)) else int(band.GetBand())
    return None


def is_tagged(band: GdalBand) -> bool:
    """Whether a band is tagged as alpha and not named otherwise."""
    name = band.GetDescription().strip().lower()
    return band.GetColorInterpretation() == gdal.GCI_AlphaBand and (not name or "alpha" in name)


def _tagged_unasked(bands: Sequence[GdalBand]) -> bool:
    """GDAL tags the fourth of four byte bands as alpha if nobody objects, be it near infrared."""
    return len(bands) == 4 and all(band.DataType == gdal.GDT_Byte for band in bands)


def _holds_values(sample: NDArray[np.uint8]) -> bool:
    """Whether these are values and no transparency.

    Transparency may be soft (feathered seams, one opacity for all), so that values between 0 and 255 alone prove
    nothing; but where anything is shown, most of it is opaque or all of it equally so.
    """
    shown = sample[sample != 0]
    return bool(len(shown)) and bool((shown != shown[0]).any()) and float((shown == _OPAQUE).mean()) < 0.5


def _sample(band: GdalBand) -> NDArray[np.uint8]:
    """Values of windows spread evenly over a band, all of it where it is small; few blocks are decoded for it."""
    rows, cols = min(_WINDOW_PX, band.YSize), min(_WINDOW_PX, band.XSize)
    tops = np.unique(np.linspace(0, band.YSize - rows, _WINDOWS).astype(int)).tolist()
    lefts = np.unique(np.linspace(0, band.XSize - cols, _WINDOWS).astype(int)).tolist()
    return np.concatenate([band.ReadAsArray(left, top, cols, rows).ravel() for top in tops for left in lefts])
