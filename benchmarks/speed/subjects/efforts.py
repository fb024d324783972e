"""The duration of a training from rasters and points to the model file, by `EFFORT`, on two cores."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr, osr

from ....engine.contract import (
    Effort,
    Method,
    RasterSource,
    SensorSpec,
    TrainJob,
    VectorLabels,
    VectorSource,
    job_to_text,
)
from ..clock import timed
from ..entries import Facts, MissingError, Prepared
from ..folders import BENCH, ROOT
from ..names import EFFORT_CPU, EFFORT_WALL, EFFORTS, FEWER, ONE_METHOD, QUICK, STANDARD, THOROUGH
from ..pixels import OPTICAL, RADAR, Land, hesbaye
from ..rasters import EPSG, NORTH, PIXEL_M, WEST, write_land
from ..samples import labelled_samples, with_kinds
from ..size import Size

FOLDER = BENCH / "efforts"
CORES = 2
FIELD = "kind"
PLACES = 1e-4  # degrees per pixel, as in the samples
TRAININGS = {
    QUICK: (Method.AUTO, Effort.QUICK),
    STANDARD: (Method.AUTO, Effort.STANDARD),
    ONE_METHOD: (Method.MDICO, Effort.STANDARD),
    THOROUGH: (Method.AUTO, Effort.THOROUGH),
}


@dataclass(frozen=True)
class _Place:
    """Rasters of two sensors, and two numbers of points on them."""

    sensors: tuple[SensorSpec, ...]
    points: Path
    fewer: Path


def prepare(size: Size) -> Prepared:
    """No contestants: a training of minutes is timed once."""
    return Prepared(facts=partial(_facts, size))


def _facts(size: Size) -> Facts:
    place, found = _place(size), {}
    for name in EFFORTS:
        points = place.fewer if name in (FEWER, THOROUGH) else place.points
        method, effort = TRAININGS[STANDARD if name == FEWER else name]
        labels = VectorLabels(VectorSource(str(points)), (FIELD,))
        job = TrainJob(place.sensors, labels, str(FOLDER / "model.colearn"), str(FOLDER / "report.html"))
        job = replace(job, method=method, effort=effort, epochs=size.effort_epochs or job.epochs)
        seconds = timed(partial(_train, job, name))
        found[EFFORT_WALL.format(name)], found[EFFORT_CPU.format(name)] = seconds.wall_s, seconds.cpu_s
    return found


def _train(job: TrainJob, name: str) -> None:
    """One training in a separate process, started as by QGIS.

    Raises:
        MissingError: it failed.
    """
    file = FOLDER / "job.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    threads = {f"{library}_NUM_THREADS": str(CORES) for library in ("OMP", "OPENBLAS", "MKL")}
    command = [sys.executable, "-m", "engine", "train", str(file)]
    env = {**os.environ, **threads}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise MissingError(f"training with {name} failed: {(done.stderr or done.stdout)[-300:]}")


def _place(size: Size) -> _Place:
    land = hesbaye()
    cuts = {"radar": slice(0, len(RADAR)), "optical": slice(len(RADAR), len(RADAR) + len(OPTICAL))}
    sensors = []
    for name, cut in cuts.items():
        own: Land = replace(land, values=np.ascontiguousarray(land.values[:, cut]), bands=land.bands[cut])
        path = write_land(FOLDER / f"{name}.tif", own, land.labels.shape[0])
        sensors.append(SensorSpec(name, (RasterSource(str(path)),)))
    fewer = max(size.samples // 10, 60)
    files = [_points(FOLDER / f"{count} points.gpkg", land, count) for count in (size.samples, fewer)]
    return _Place(tuple(sensors), *files)


def _points(path: Path, land: Land, count: int) -> Path:
    """Points at pixel centres, labelled with clusters."""
    samples = with_kinds(labelled_samples(land, count))
    cols, rows = (np.rint(each / PLACES) for each in (samples.longitude, samples.latitude))
    path.unlink(missing_ok=True)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(EPSG)
    layer = source.CreateLayer("labels", crs, ogr.wkbPoint)
    layer.CreateField(ogr.FieldDefn(FIELD, ogr.OFTInteger))
    layer.StartTransaction()
    for x, y, kind in zip(_middle(WEST, cols, 1), _middle(NORTH, rows, -1), samples.target, strict=True):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField(FIELD, int(kind) + 1)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT ({x} {y})"))
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    return path


def _middle(edge: float, pixels: NDArray[np.float64], sign: int) -> NDArray[np.float64]:
    return np.asarray(edge + sign * (pixels + 0.5) * PIXEL_M)
