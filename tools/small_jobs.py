"""Small jobs of every kind, as written by the plugin; digests of their outputs show that refactoring changes nothing.

A name represents a training and everything made from its model: maps with additional outputs, an evaluation, an
exported sensor.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Job = dict[str, Any]
SMALL: Job = {"epochs": 2, "max_samples": 300, "context_m": 50.0, "device": "cpu"}


def train_jobs(world: Any) -> dict[str, Job]:
    """The trainings by name; ``auto`` is an average of networks and forests, with ``quick`` of forests only."""
    camera, radar, series = (_sensor(path) for path in (world.camera, world.radar, world.series))
    kinds, points = _labels(world.polygons, "kind"), _labels(world.points, "code")
    return {
        "images": {"sensors": [camera, radar], "labels": kinds, "unlabelled_samples": 60},
        "series": {"sensors": [series, camera], "labels": _labels(world.polygons, "biomass"), "method": "mdico"}
        | {"folds": 3, "target_units": ["t/ha"]},
        "labels": {"sensors": [camera, series], "labels": _labels(world.polygons, "wet", "green")}
        | {"task": "multilabel", "method": "distillation", "series_encoder": "ltae", "image_encoder": "residual"},
        "raster": {"sensors": [camera, radar], "labels": {"rasters": [_source(world.label_raster)]}}
        | {"method": "sensor_dropout", "optimize": "accuracy", "split_by": "block"},
        "quick": {"sensors": [camera, series], "labels": points, "effort": "quick"},
        "quick values": {"sensors": [series, radar], "labels": _labels(world.points, "biomass"), "effort": "quick"},
        "quick labels": {"sensors": [camera, radar], "labels": _labels(world.polygons, "wet", "green")}
        | {"task": "multilabel", "effort": "quick"},
        "split": {"sensors": [camera, radar], "labels": kinds, "split_only": True},
    }


def jobs_after(name: str, train: Job, world: Any, folder: Path) -> dict[str, tuple[str, Job]]:
    """The jobs that use a trained model, by name: the journey and its job."""
    if train.get("split_only"):
        return {}
    model, found = str(folder / "model.colearn"), {}
    for sensor in train["sensors"]:
        job = {"model": model, "input": sensor["rasters"], "sensor": sensor["name"], "device": "cpu"}
        found[f"map of {sensor['name']}"] = ("predict", {**job, **_maps(name, folder, sensor["name"])})
    first = train["sensors"][0]
    if name in _EVALUATED:
        job = {"model": model, "input": first["rasters"], "sensor": first["name"], "device": "cpu"}
        labels = _labels(world.points, *train["labels"].get("fields", ("code",)))
        report = str(folder / "evaluation.html")
        found["evaluation"] = ("evaluate", {**job, "labels": labels, "output_report": report})
    if name in _EXPORTED:
        onnx = str(folder / "alone.onnx")
        found["export"] = (
            "exportsensor",
            {"model": model, "sensor": first["name"], "output_onnx": onnx, "tile_px": 64},
        )
    return found


_EVALUATED = ("images", "series", "quick")
_EXPORTED = ("images", "raster")
_BESIDE: dict[str, Callable[[Path, str], Job]] = {
    "images": lambda folder, name: {
        "output_probabilities": str(folder / f"{name} probabilities.tif"),
        "output_confidence": str(folder / f"{name} confidence.tif"),
        "confidence": "margin",
    },
    "raster": lambda folder, name: {
        "output_polygons": str(folder / f"{name}.geojson"),
        "minimum_confidence": 0.4,
        "cog": True,
        "statistics": True,
    },
    "quick": lambda folder, name: {
        "output_probabilities": str(folder / f"{name} probabilities.tif"),
        "probability_type": "uint8",
        "overviews": True,
    },
}


def _maps(name: str, folder: Path, sensor: str) -> Job:
    beside = _BESIDE.get(name)
    return {"output": str(folder / f"{sensor}.tif"), **(beside(folder, sensor) if beside else {})}


def _source(path: Path) -> Job:
    return {"path": str(path), "name": path.stem}


def _sensor(path: Path) -> Job:
    return {"name": path.stem, "rasters": [_source(path)]}


def _labels(path: Path, *names: str) -> Job:
    return {"source": {"path": str(path), "layer": "labels", "name": "fields"}, "fields": list(names)}
