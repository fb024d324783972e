"""Extracts spectral indices for trees from the catalogue Awesome Spectral Indices (Montero et al. 2023, MIT).

    pip download --no-deps spyndex==0.12.0
    python tools/spectral_indices.py spyndex-0.12.0-py3-none-any.whl > engine/trees/index_table.py

Only formulas that do not depend on the unit of the bands are used: normalized differences, and differences of two bands
in decibels. Others (EVI, SAVI) require reflectance from 0 to 1, which a raster need not have. Of indices that differ
only in sign or name, one is used.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

NORMALIZED = ("NDVI", "GNDVI", "NDREI", "NDCI", "NDWI", "MNDWI", "NDMI", "NBR", "NBR2", "NDTI", "NDPolI")
DIFFERENCES = ("VVVHD",)
ROLES = ("A", "B", "G", "R", "RE1", "RE2", "RE3", "N", "N2", "WV", "S1", "S2")
_NORMALIZED = re.compile(r"\((\w+)-(\w+)\)/\(\1\+\2\)")
_DIFFERENCE = re.compile(r"(\w+)-(\w+)")

HEAD = '''"""Indices of light and radar, and their bands. Written by tools/spectral_indices.py: do not edit.

Formulas and wavelengths: {source} (Awesome Spectral Indices, Montero et al. 2023, Scientific Data 10:197; MIT).
"""

from __future__ import annotations
'''


def bands_of(formula: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    """The two bands of a formula of one kind.

    Raises:
        ValueError: the formula is of another kind.
    """
    match = pattern.fullmatch(formula.replace(" ", ""))
    if not match:
        raise ValueError(f"{formula!r} is not of the form {pattern.pattern}")
    return match[1], match[2]


def table(indices: dict, bands: dict, source: str) -> str:
    """The text of the module."""
    lines = [HEAD.format(source=source)]
    for title, names, pattern in (
        ("NORMALIZED", NORMALIZED, _NORMALIZED),
        ("DIFFERENCES", DIFFERENCES, _DIFFERENCE),
    ):
        rows = {name: bands_of(indices[name]["formula"], pattern) for name in names}
        says = "(a - b) / (a + b)" if title == "NORMALIZED" else "a - b, in decibels"
        lines += [f"# {says}", f"{title} = {{", *(f'    "{k}": ("{a}", "{b}"),' for k, (a, b) in rows.items()), "}", ""]
    lines += ["# from and to, in nanometres", "WAVELENGTHS_NM = {"]
    lines += [f'    "{role}": ({bands[role]["min_wavelength"]}, {bands[role]["max_wavelength"]}),' for role in ROLES]
    lines += ["}", "", "# of Sentinel-2", "SENTINEL2 = {"]
    of_platform = {role: bands[role]["platforms"].get("sentinel2a", {}).get("band") for role in ROLES}
    lines += [f'    "{band}": "{role}",' for role, band in of_platform.items() if band]
    return "\n".join([*lines, "}"])


def main(wheel: str) -> str:
    """The table from a wheel of spyndex."""
    with zipfile.ZipFile(wheel) as archive:
        indices = json.loads(archive.read("spyndex/data/spectral-indices-dict.json"))["SpectralIndices"]
        bands = json.loads(archive.read("spyndex/data/bands.json"))
    return table(indices, bands, "-".join(Path(wheel).name.split("-")[:2]).replace("-", " "))


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]) + "\n")
