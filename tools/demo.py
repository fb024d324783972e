"""`make demo`: the main job on real imagery, through qgis_process, with results to look at in build/demo/.

Trains on a 10 m camera and a 20 m red-edge camera together, maps from the 10 m camera alone, and evaluates the map on
held-out polygons; then does the same without co-learning, for comparison.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from osgeo import gdal

import second_reader
from demo_data import CLASS_FIELD, DemoData, fetch
from qgis_process import QgisProcess

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "build" / "demo"
CAMERA, RED_EDGE = "10 m camera", "20 m red-edge camera"
WORTH_A_LOOK = {
    DEMO / "overview.png": "image, labels, the map alone, the map co-learned",
    DEMO / "colearned_report.html": "the report of the training",
    DEMO / "colearned_evaluation.html": "the scores on polygons kept apart",
    DEMO / "colearned_map.tif": "the map; opens in QGIS with names and colours",
    DEMO / "colearned_samples.gpkg": "the samples: which part of the split each was in, what was predicted",
    DEMO / "colearned.colearn": "the model",
}


@dataclass(frozen=True)
class Results:
    """The results of the three algorithms."""

    train: dict[str, Any]
    evaluate: dict[str, Any]


def main() -> int:
    """Run the demo; returns the exit code."""
    started = time.monotonic()
    DEMO.mkdir(parents=True, exist_ok=True)
    with step("Fetching a Sentinel-2 sample and OpenStreetMap polygons"):
        data = fetch(ROOT / "build" / "data")
    process = QgisProcess(ROOT, ROOT / "build" / "qgis")
    together = run_method(process, data, "auto", "colearned", f"{CAMERA} and {RED_EDGE} together")
    alone = run_method(process, data, "alone", "alone", "each sensor alone")
    with step("Recomputing split, predictions and scores without the engine's code"):
        read_again = {
            name: second_reader.check(DEMO / f"{name}.colearn", DEMO / f"{name}_samples.gpkg")
            for name in ("colearned", "alone")
        }
    with step("Drawing the overview"):
        draw(data, together, alone)
    print_results(together, alone, time.monotonic() - started)
    for name, findings in read_again.items():
        sys.stdout.write("\n".join([f"{name}.colearn, recomputed by a second reader:", *findings.lines, ""]))
    return 1 if any(findings.wrong for findings in read_again.values()) else 0


def run_method(process: QgisProcess, data: DemoData, method: str, name: str, logged: str) -> Results:
    """Train by a method, map from the 10 m camera alone, evaluate on the held-out polygons."""
    model = DEMO / f"{name}.colearn"
    with step(f"Training on {logged} (a few minutes)"):
        train = process.run(
            "colearn:train",
            SENSOR_A=data.camera_10m,
            SENSOR_A_NAME=CAMERA,
            SENSOR_B=data.red_edge_20m,
            SENSOR_B_NAME=RED_EDGE,
            LABELS=data.training,
            LABEL_FIELD=CLASS_FIELD,
            METHOD=method,
            OUTPUT_MODEL=model,
            OUTPUT_REPORT=DEMO / f"{name}_report.html",
            OUTPUT_SAMPLES=DEMO / f"{name}_samples.gpkg",
        )
    with step(f"Mapping from the {CAMERA} alone"):
        process.run(
            "colearn:predict",
            MODEL=model,
            INPUT=data.camera_10m,
            OUTPUT=DEMO / f"{name}_map.tif",
            OUTPUT_PROBABILITIES=DEMO / f"{name}_probabilities.tif",
        )
    with step("Scoring the map on polygons kept apart"):
        evaluate = process.run(
            "colearn:evaluate",
            MODEL=model,
            INPUT=data.camera_10m,
            LABELS=data.evaluation,
            LABEL_FIELD=CLASS_FIELD,
            OUTPUT_REPORT=DEMO / f"{name}_evaluation.html",
        )
    return Results(train, evaluate)


@contextmanager
def step(logged: str) -> Iterator[None]:
    """Print the name of a step and its duration."""
    sys.stdout.write(f"{logged} … ")
    sys.stdout.flush()
    started = time.monotonic()
    yield
    sys.stdout.write(f"{time.monotonic() - started:.0f} s\n")


def draw(data: DemoData, together: Results, alone: Results) -> None:
    """Draw image, labels, the map trained alone and the co-learned map, with their scores."""
    engine = load_engine()
    manifest = engine.model_reader.read_manifest(DEMO / "colearned.colearn")
    grid = gdal.Open(str(data.camera_10m[0]))
    engine.overview.draw_overview(
        DEMO / "overview.png",
        image_rgb=picture(data),
        labels=burned(data.training, grid, {label.name: label.code for label in manifest.classes}),
        map_alone=read(DEMO / "alone_map.tif"),
        map_colearned=read(DEMO / "colearned_map.tif"),
        classes=manifest.classes,
        nodata=manifest.nodata,
        text=engine.overview.OverviewText(
            title=f"Land use from the {CAMERA} alone",
            image="Sentinel-2, 16 February 2017, Havelland (Germany): red, green, blue",
            labels="OpenStreetMap polygons used for training, validation and test",
            alone=f"A single network, trained on this camera alone. {kept_apart(alone)}",
            colearned=f"Networks and forests, trained together with the {RED_EDGE}. {kept_apart(together)}",
            score=manifest.sensor(CAMERA).score,
            fused=manifest.fused,
        ),
        pixel_m=grid.GetGeoTransform()[1],
    )


def kept_apart(results: Results) -> str:
    """The evaluation as a sentence."""
    return f"On polygons kept apart: {accuracies(results)}."


def accuracies(results: Results) -> str:
    """Overall and balanced accuracy of the evaluation."""
    accuracy, balanced = results.evaluate["ACCURACY"], results.evaluate["BALANCED_ACCURACY"]
    return f"accuracy {100 * accuracy:.1f}\N{NO-BREAK SPACE}%, balanced {100 * balanced:.1f}\N{NO-BREAK SPACE}%"


def picture(data: DemoData) -> np.ndarray:
    """Red, green and blue (row, col, 3) uint8, stretched between the 2nd and 98th percentile."""
    bands = {path.stem[-3:]: path for path in data.camera_10m}
    layers = [read(bands[name]).astype(float) for name in ("B04", "B03", "B02")]
    stretched = [(layer - np.percentile(layer, 2)) / np.ptp(np.percentile(layer, (2, 98))) for layer in layers]
    return (np.clip(np.dstack(stretched), 0, 1) * 255).astype(np.uint8)


def burned(polygons: Path, grid: gdal.Dataset, codes: dict[str, int]) -> np.ndarray:
    """Class codes (row, col) of the polygons; 255 outside them."""
    target = gdal.GetDriverByName("MEM").Create("", grid.RasterXSize, grid.RasterYSize, 1)
    target.SetGeoTransform(grid.GetGeoTransform())
    target.SetProjection(grid.GetProjection())
    target.GetRasterBand(1).Fill(255)
    for name, code in codes.items():
        options = gdal.RasterizeOptions(bands=[1], burnValues=[code], where=f"{CLASS_FIELD} = '{name}'")
        gdal.Rasterize(target, str(polygons), options=options)
    return target.ReadAsArray()


def read(path: Path) -> np.ndarray:
    """The first band (row, col)."""
    dataset = gdal.Open(str(path))
    return dataset.GetRasterBand(1).ReadAsArray()


@dataclass(frozen=True)
class EngineParts:
    """The modules of the engine used for drawing."""

    model_reader: ModuleType
    overview: ModuleType


def load_engine() -> EngineParts:
    """Import the engine of this checkout, and the overview figure."""
    sys.path.insert(0, str(ROOT))
    return EngineParts(import_module("engine.contract.manifest.model_reader"), import_module("overview.figure"))


def print_results(together: Results, alone: Results, seconds: float) -> None:
    """Print the scores and the paths of the results."""
    rows = (
        (f"trained together with the {RED_EDGE}", "SCORE_A", ""),
        (
            "as many networks and forests, trained alone",
            "SCORE_A_ALONE",
            f"   (gain {100 * together.train['GAIN_A']:+.1f} points)",
        ),
        ("a single network, trained alone", "SCORE_A_NETWORK", ""),
        ("random forest", "SCORE_A_FOREST", ""),
        ("with both sensors at prediction, too", "SCORE_FUSED", ""),
    )
    lines = [
        "",
        f"From the {CAMERA} alone, on {together.train['TEST_SAMPLES']:.0f} test samples (balanced accuracy):",
        *(f"  {who:<50}{100 * together.train[name]:.1f} %{also}" for who, name, also in rows),
        f"On polygons kept apart ({together.evaluate['N']:.0f} pixels):",
        f"  map co-learned: {accuracies(together)}",
        f"  map of a single network, trained alone: {accuracies(alone)}",
        f"Peak memory of one process {peak_mb():.0f} MB, {seconds:.0f} s in all.",
        "",
        "Look at:",
        *(f"  {path.relative_to(ROOT)}  {what}" for path, what in WORTH_A_LOOK.items()),
        "",
    ]
    sys.stdout.write("\n".join(lines))


def peak_mb() -> float:
    """The largest resident memory of any process that the demo started, in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


if __name__ == "__main__":
    sys.exit(main())
