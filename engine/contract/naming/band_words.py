"""Words in file and layer names that identify the band of a single-band raster."""

from __future__ import annotations

import re
from typing import Optional

from .names import words_of

# Anywhere in a name: bands of Landsat, Sentinel-2 and -1, wavelengths.
_ANYWHERE = re.compile(r"(b(?:and)?\d{1,3}a?|[vh][vh]|\d{3,4}(?:\.\d+)?nm|rededge\d?)", re.IGNORECASE)
# Only at the end of a name: Green_Valley_1 is a place.
_AT_END = re.compile(
    r"(coastal|aerosol|blue|green|red|nir\d?|swir\d?|re\d|pan|tirs?\d?|thermal|lst|ndvi|evi2?|ndwi|ndmi|nbr|savi|lai"
    r"|fapar|dem|dsm|dtm|chm|slope|aspect|elevation|qa|scl)",
    re.IGNORECASE,
)
_RED_EDGE = re.compile(r"red[ _.-]?edge[ _.-]?(\d?)(?![0-9A-Za-z])", re.IGNORECASE)


def band_in_name(name: str) -> Optional[str]:
    """The band in a file or layer name (``T33UUU_B02_10m`` → ``B02``); None if there is none for certain."""
    words = words_of(_RED_EDGE.sub(r"rededge\1", name))
    for word in reversed(words):
        if _ANYWHERE.fullmatch(word):
            return word
    return words[-1] if words and _AT_END.fullmatch(words[-1]) else None
