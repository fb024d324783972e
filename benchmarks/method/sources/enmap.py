"""EnMAP over Potsdam: two hyperspectral cameras on one satellite, with many gaps (EnMAP-Box test data)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....engine.contract import Labels, Layout, RasterLabels, RasterSource, Task, VectorLabels, VectorSource
from ....engine.samples import SampleSet
from ....engine.samples.points import PATCHES_PER_BLOCK, DrawOptions
from ....engine.samples.split import join_shared_pixels, spatial_blocks
from ..dataset import Dataset
from ..folders import real_data
from .placed import QUIET, labelled, of_classes, spec

CONTEXT_M = 90.0  # 3 pixels
MOST_PIXELS = 1500
LANDCOVER = {"1": "roof", "2": "pavement", "3": "low vegetation", "4": "tree", "5": "soil", "6": "water"}
FEW_POINTS = 10


def build_landcover() -> Dataset:
    """Land cover of pixels of the reference raster, with classes as balanced as possible.

    The points of level_1 and level_2 are too few for scores: only 57 of 120 are covered by both cameras.
    """
    labels = RasterLabels((RasterSource(str(real_data("enmap_potsdam", "landcover.tif"))),))
    names, samples = _samples(labels, DrawOptions(Task.CLASSIFICATION, MOST_PIXELS, seed=0))
    return Dataset("enmap_landcover", samples, tuple(LANDCOVER.get(name, name) for name in names), "landcover.tif")


def build_points() -> Dataset:
    """The land-cover points of level_2, classes of ten points or more: a set that is too small, as a test of it."""
    names, samples = _samples(
        _points("landcover_potsdam_point.gpkg", "level_2"), DrawOptions(Task.CLASSIFICATION, 200, 0)
    )
    counts = np.bincount(samples.target, minlength=len(names))
    kept = tuple(name for name, count in zip(names, counts, strict=True) if count >= FEW_POINTS)
    return Dataset("enmap_points", of_classes(names, samples, kept), kept, "landcover_potsdam_point.gpkg")


def build_fractions() -> Dataset:
    """The share of vegetation at points, 0 to 1."""
    labels = _points("veg_cover_fraction_potsdam_point.gpkg", "vegetation_fraction")
    names, samples = _samples(labels, DrawOptions(Task.REGRESSION, 500, seed=0))
    return Dataset("enmap_fractions", samples, names, "veg_cover_fraction_potsdam_point.gpkg")


def _points(file: str, field: str) -> VectorLabels:
    return VectorLabels(VectorSource(str(real_data("enmap_potsdam", file))), (field,))


def _samples(labels: Labels, draw_options: DrawOptions) -> tuple[tuple[str, ...], SampleSet]:
    """Samples covered by both cameras; spatial blocks are formed from the remaining ones."""
    folder = real_data("enmap_potsdam")
    specs = [spec(name, [folder / f"EnMAP_{name}.tif"], Layout.AUTO) for name in ("VNIR", "SWIR")]
    names, samples = labelled(specs, labels, draw_options, CONTEXT_M)
    groups, _ = spatial_blocks(samples.longitude, samples.latitude, least_m=PATCHES_PER_BLOCK * CONTEXT_M)
    return names, join_shared_pixels(replace(samples, groups=groups), QUIET)
