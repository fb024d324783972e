"""Indices of light and radar, and their bands. Written by tools/spectral_indices.py: do not edit.

Formulas and wavelengths: spyndex 0.12.0 (Awesome Spectral Indices, Montero et al. 2023, Scientific Data 10:197; MIT).
"""

from __future__ import annotations

# (a - b) / (a + b)
NORMALIZED = {
    "NDVI": ("N", "R"),
    "GNDVI": ("N", "G"),
    "NDREI": ("N", "RE1"),
    "NDCI": ("RE1", "R"),
    "NDWI": ("G", "N"),
    "MNDWI": ("G", "S1"),
    "NDMI": ("N", "S1"),
    "NBR": ("N", "S2"),
    "NBR2": ("S1", "S2"),
    "NDTI": ("R", "G"),
    "NDPolI": ("VV", "VH"),
}

# a - b, in decibels
DIFFERENCES = {
    "VVVHD": ("VV", "VH"),
}

# from and to, in nanometres
WAVELENGTHS_NM = {
    "A": (400, 455),
    "B": (450, 530),
    "G": (510, 600),
    "R": (620, 690),
    "RE1": (695, 715),
    "RE2": (730, 750),
    "RE3": (765, 795),
    "N": (760, 900),
    "N2": (850, 880),
    "WV": (930, 960),
    "S1": (1550, 1750),
    "S2": (2080, 2350),
}

# of Sentinel-2
SENTINEL2 = {
    "B1": "A",
    "B2": "B",
    "B3": "G",
    "B4": "R",
    "B5": "RE1",
    "B6": "RE2",
    "B7": "RE3",
    "B8": "N",
    "B8A": "N2",
    "B9": "WV",
    "B11": "S1",
    "B12": "S2",
}
