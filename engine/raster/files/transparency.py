"""The alpha band of a file, which only marks valid pixels, as opposed to a band merely tagged as alpha."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

from .. import gdal

GdalBand = Any

_OPAQUE = 255
_WINDOWS, _WINDOW_PX = 8, 64  # a sample: number of windows along each axis, and their side in pixels


def alpha_of(bands: Sequence[GdalBand], ask_pixels: bool = True) -> Optional[int]:
    """The number of the alpha band; None if there is none.

    Args:
        ask_pixels: whether a tag that software may have set by default is trusted only after sampling pixels.
    """
    for band in bands if len(bands) > 1 else ():
        if is_tagged(band):
            doubtful = ask_pixels and not band.GetDescription().strip() and _tagged_unasked(bands)
            return None if doubtful and _holds_values(_sample(band)) else int(band.GetBand())
    return None


def is_tagged(band: GdalBand) -> bool:
    """Whether a band is tagged as alpha and its name does not contradict that."""
    name = band.GetDescription().strip().lower()
    return band.GetColorInterpretation() == gdal.GCI_AlphaBand and (not name or "alpha" in name)


def _tagged_unasked(bands: Sequence[GdalBand]) -> bool:
    """Whether GDAL may have set the tag by default: it tags the fourth of four byte bands, even near infrared."""
    return len(bands) == 4 and all(band.DataType == gdal.GDT_Byte for band in bands)


def _holds_values(sample: NDArray[np.uint8]) -> bool:
    """Whether these are values and not transparency.

    Transparency may be partial (feathered seams, one constant opacity), so values between 0 and 255 alone prove
    nothing; but of the visible pixels most are opaque, or all have the same opacity.
    """
    shown = sample[sample != 0]
    return bool(len(shown)) and bool((shown != shown[0]).any()) and float((shown == _OPAQUE).mean()) < 0.5


def _sample(band: GdalBand) -> NDArray[np.uint8]:
    """Values of windows spread evenly over a band (all of a small one); few blocks are decoded."""
    rows, cols = min(_WINDOW_PX, band.YSize), min(_WINDOW_PX, band.XSize)
    tops = np.unique(np.linspace(0, band.YSize - rows, _WINDOWS).astype(int)).tolist()
    lefts = np.unique(np.linspace(0, band.XSize - cols, _WINDOWS).astype(int)).tolist()
    return np.concatenate([band.ReadAsArray(left, top, cols, rows).ravel() for top in tops for left in lefts])
