"""Model files as small as the plugin can read: a manifest in a ZIP."""

import zipfile

from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.label_classes import LabelClass, Target
from colearn.engine.contract.manifest.manifest import (
    MANIFEST_ENTRY,
    Manifest,
    SampleCounts,
)
from colearn.engine.contract.manifest.manifest_text import manifest_to_text

from small_sensors import small_sensor

FOREST = LabelClass(1, "forest", "#008000")
WATER = LabelClass(7, "water", "#0000ff")


def a_manifest(task=Task.CLASSIFICATION, label_fields=("fclass",)):
    """A manifest of two sensors."""
    return Manifest(
        task=task,
        method="mdico",
        label_fields=label_fields,
        sensors=tuple(small_sensor(name) for name in ("optical", "radar")),
        classes=() if task is Task.REGRESSION else (FOREST, WATER),
        targets=(Target("height", 10.0, 5.0, 2.0, 34.0),) if task is Task.REGRESSION else (),
        nodata=-9999.0 if task is Task.REGRESSION else 255.0,
        samples=SampleCounts(6, 2, 2, 5, 0),
        area=None,
        split="polygon",
        seed=0,
        created="2025-01-01T00:00:00",
        versions={},
        job={},
    )


def write_model(path, manifest=None):
    """A model file with nothing but its manifest; returns its path."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MANIFEST_ENTRY, manifest_to_text(manifest or a_manifest()))
    return str(path)
