"""`make real-data`: the main job on the real multi-sensor sets in COLEARN_DATA, through qgis_process.

Trains, maps from one sensor, and writes the results as a table to build/real/results.md. The data sets are next to the
project, never in it.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import load_engine
from qgis_process import QgisProcess

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "build" / "real"
Parameters = dict[str, Any]


@dataclass(frozen=True)
class RealJob:
    """A training, and the rasters to map afterwards."""

    name: str
    train: Callable[[Path], Parameters]
    maps: Callable[[Path], dict[str, Path]]


def amazon(data: Path) -> Parameters:
    """Polygons, Sentinel-2 and elevation in degrees."""
    folder = data / "rstoolbox_amazon" / "sen2"
    return {
        "SENSOR_A": folder / "S2.tif",
        "SENSOR_A_NAME": "Sentinel-2",
        "SENSOR_B": folder / "DEM.tif",
        "SENSOR_B_NAME": "elevation",
        "LABELS": folder / "training_polygons.gpkg",
        "LABEL_FIELD": "class",
    }


def crowns(data: Path, field: str, task: str) -> Parameters:
    """59 plots, three resolutions, tree crowns; the split keeps plots together."""
    folder = data / "idtrees_neon"
    sensors = {"A": ("RGB", "RGB"), "B": ("HSI", "hyperspectral"), "C": ("CHM", "canopy height")}
    rasters = {f"SENSOR_{x}": sorted((folder / name).glob("*.tif")) for x, (name, _) in sensors.items()}
    return {
        **rasters,
        **{f"SENSOR_{x}_NAME": logged for x, (_, logged) in sensors.items()},
        **{f"SENSOR_{x}_LAYOUT": "scenes" for x in sensors},
        "LABELS": folder / "crowns.gpkg",
        "LABEL_FIELD": field,
        "GROUP_FIELD": "plot_id",
        "TASK": task,
        "CONTEXT_M": 3,
    }


def hesbaye(data: Path) -> Parameters:
    """Two monthly series (two months of one missing everywhere), elevation, a label raster."""
    folder = data / "worldcereal_hesbaye"
    return {
        "SENSOR_A": folder / "S1_monthly.tif",
        "SENSOR_A_NAME": "Sentinel-1",
        "SENSOR_B": folder / "S2_monthly.tif",
        "SENSOR_B_NAME": "Sentinel-2",
        "SENSOR_C": folder / "DEM.tif",
        "SENSOR_C_NAME": "terrain",
        "LABEL_RASTER": folder / "worldcereal_cropland_model_output.tif",
    }


def genus(data: Path) -> Parameters:
    """The genus of every crown."""
    return crowns(data, "genus", "classification")


def height(data: Path) -> Parameters:
    """The height of every tree, in metres."""
    return crowns(data, "height", "regression")


def amazon_image(data: Path) -> dict[str, Path]:
    """Sentinel-2 alone."""
    return {"Sentinel-2": data / "rstoolbox_amazon" / "sen2" / "S2.tif"}


def rgb_plot(data: Path) -> dict[str, Path]:
    """One plot of the aerial camera alone."""
    return {"RGB": data / "idtrees_neon" / "RGB" / "MLBS_1.tif"}


def hesbaye_series(data: Path) -> dict[str, Path]:
    """Each series alone."""
    return {name: data / "worldcereal_hesbaye" / f"{name}_monthly.tif" for name in ("S1", "S2")}


JOBS = (
    RealJob("amazon", amazon, amazon_image),
    RealJob("idtrees_genus", genus, rgb_plot),
    RealJob("idtrees_height", height, rgb_plot),
    RealJob("hesbaye", hesbaye, hesbaye_series),
)


def main(names: list[str]) -> int:
    """Run the named jobs, or all; returns the exit code."""
    data = Path(os.environ.get("COLEARN_DATA", ROOT.parent / "shared" / "data"))
    if not data.is_dir():
        sys.stderr.write(f"No real data at {data}: set COLEARN_DATA.\n")
        return 1
    REAL.mkdir(parents=True, exist_ok=True)
    rows = []
    for job in JOBS:
        if not names or job.name in names:
            # A process per job, so that peak memory is measured per job.
            with multiprocessing.get_context("fork").Pool(1) as pool:
                rows += pool.apply(run, (job, data))
    table = "\n".join([HEADER, *rows, ""])
    (REAL / "results.md").write_text(table, encoding="utf-8")
    sys.stdout.write(table)
    return 0


HEADER = (
    "| set | sensor | metric | co-learned | alone | gain [95 % interval] | verdict | test samples "
    "| train s | map s | peak MB |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def run(job: RealJob, data: Path) -> list[str]:
    """Train and map once; a table row per sensor."""
    process = QgisProcess(ROOT, ROOT / "build" / "qgis")
    model = REAL / f"{job.name}.colearn"
    started = time.monotonic()
    report = REAL / f"{job.name}_report.html"
    process.run("colearn:train", **job.train(data), OUTPUT_MODEL=model, OUTPUT_REPORT=report)
    trained = time.monotonic()
    for name, raster in job.maps(data).items():
        process.run("colearn:predict", MODEL=model, INPUT=raster, OUTPUT=REAL / f"{job.name}_{name}_map.tif")
    mapped = time.monotonic()
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    return rows_of(job.name, model, trained - started, mapped - trained, peak_mb)


def rows_of(name: str, model: Path, train_s: float, map_s: float, peak_mb: float) -> list[str]:
    """The scores in the model file, one row per sensor."""
    manifest = load_engine().model_reader.read_manifest(model)
    rows = []
    for sensor in manifest.sensors:
        score = sensor.score
        interval = "" if score.gain.low is None else f" [{score.gain.low:+.3f}, {score.gain.high:+.3f}]"
        rows.append(
            f"| {name} | {sensor.name} | {score.metric} | {score.colearned.value:.3f} | {score.alone.value:.3f} "
            f"| {score.gain.value:+.3f}{interval} | {score.verdict.value} | {manifest.samples.test} "
            f"| {train_s:.0f} | {map_s:.0f} | {peak_mb:.0f} |"
        )
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
