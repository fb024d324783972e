"""The runs under torture: small predictions, an evaluation and a training, each with its inputs in its own folder."""

from __future__ import annotations

import io
import json
import operator
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SIDE_PX = 48
PIXEL_M = 10
WEST, NORTH = 500_000, 5_000_000
TRAINING_SIDE_PX = 96


@dataclass(frozen=True)
class Journey:
    """A run, its output folder and its outputs; ``old`` are files that exist at their paths before it.

    ``alike`` tells whether the output of a run after a killed one equals that of an undisturbed run.
    """

    name: str
    run: Callable[[], object]
    folder: Path
    outputs: tuple[str, ...]
    old: dict[str, bytes]
    alike: Callable[[bytes, bytes], bool] = operator.eq


def predictions(work: Path) -> list[Journey]:
    """Maps with all additional outputs: plain, in parts, as Cloud Optimized GeoTIFFs, and these in parts."""
    scene, out = a_scene(work), work / "out"
    beside = {
        "output_probabilities": str(out / "probabilities.tif"),
        "output_confidence": str(out / "deep" / "confidence.tif"),
        "output_polygons": str(out / "areas.gpkg"),
    }
    cog = {"cog": True, "overviews": True, "statistics": True}
    old = {"map.tif": b"old map", "map.tif.ovr": b"old", "areas.gpkg": b"old areas", "probabilities.tif": b"old"}
    choices: dict[str, dict[str, Any]] = {
        "a map with probabilities, confidence, polygons": beside,
        "the same in parts": {**beside, "keep_parts": True},
        "Cloud Optimized GeoTIFFs with overviews, statistics, polygons": {**beside, **cog},
        "the same in parts that are COGs in the end": {**beside, **cog, "keep_parts": True},
    }
    made = []
    for name, changes in choices.items():
        job = prediction(work, scene, **changes)
        names = ("map.tif", "probabilities.tif", "deep/confidence.tif", "areas.gpkg")
        made.append(Journey(name, lambda job=job: predict(job), out, names, old))
    return made


def evaluation(work: Path) -> Journey:
    """A report on independent labels, and on the map that they are a sample of."""
    from engine.contract import EvaluateJob, RasterSource, VectorLabels, VectorSource
    from engine.evaluate import evaluate
    from engine.process import NullSink, Reporter

    scene = a_scene(work)
    predict(prediction(work, scene, "mapped"))
    labels = VectorLabels(VectorSource(str(_points(work / "points.gpkg")), "labels", "labels"), ("kind",))
    job = EvaluateJob(
        *(str(work / "model.colearn"), (RasterSource(str(scene), "scene"),), labels, str(work / "out" / "report.html")),
        map=RasterSource(str(work / "mapped" / "map.tif"), "map"),
        max_samples=60,
    )
    run = lambda: evaluate(job, Reporter(NullSink()))  # noqa: E731
    return Journey("an evaluation with a report", run, work / "out", ("report.html",), {"report.html": b"old report"})


def training(work: Path) -> Journey:
    """A model, its report and its samples: a camera and a radar, small networks, one epoch."""
    import onnxruntime.quantization  # noqa: F401  (as all below: loaded once, before anything is counted)

    import world
    from engine.contract import Method, RasterSource, SensorSpec, TrainJob, VectorLabels, VectorSource
    from engine.experiment import forest
    from engine.process import NullSink, Reporter
    from engine.train import train

    equal_runs_make_equal_files()
    forest.TREES = 5
    forest.usable_cores = lambda: 1
    world.SIDE_PX = TRAINING_SIDE_PX
    made, out = world.make_world(work / "world"), work / "out"
    rasters = {"camera": made.camera, "radar": made.radar}
    sensors = tuple(SensorSpec(name, (RasterSource(str(path), name),)) for name, path in rasters.items())
    labels = VectorLabels(VectorSource(str(made.polygons), "labels", "fields"), ("kind",), "plot")
    job = TrainJob(
        *(sensors, labels, str(out / "model.colearn"), str(out / "report.html"), str(out / "samples.gpkg")),
        context_m=20.0,
        method=Method.MDICO,
        epochs=1,
        max_samples=60,
    )
    old = {"model.colearn": b"old model", "report.html": b"old report"}
    names = ("model.colearn", "report.html", "samples.gpkg")
    return Journey("a training", lambda: train(job, Reporter(NullSink())), out, names, old, _alike_but_for_the_notice)


def _alike_but_for_the_notice(one: bytes, other: bytes) -> bool:
    """Whether outputs of a training differ at most in the note that it resumed an interrupted one."""
    if not zipfile.is_zipfile(io.BytesIO(one)):
        return _without_notice(one) == _without_notice(other)
    found = [_entries(content) for content in (one, other)]
    return found[0] == found[1]


def _entries(model: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(model)) as file:
        entries: dict[str, object] = {name: _without_notice(file.read(name)) for name in file.namelist()}
        manifest = json.loads(file.read("manifest.json"))
    del manifest["digests"]["report.html"]
    return {**entries, "manifest.json": manifest}


def _without_notice(content: bytes) -> bytes:
    return re.sub(rb"<li>An interrupted training of the same job was found[^<]*</li>", b"", content)


def prediction(work: Path, scene: Path, folder: str = "out", **changes: Any) -> Any:
    """The job of a small map."""
    from engine.contract import PredictJob, RasterSource

    output = str(work / folder / "map.tif")
    source = (RasterSource(str(scene), "scene"),)
    return replace(PredictJob(str(work / "model.colearn"), source, output, threads=1, block_px=16), **changes)


def predict(job: Any) -> None:
    """Map without messages."""
    from engine.predict import predict
    from engine.process import NullSink, Reporter

    predict(job, Reporter(NullSink()))


def a_scene(work: Path, name: str = "scene.tif", turned: bool = False) -> Path:
    """A scene, and the model that maps it; loads all modules of a prediction. ``turned``: south-up."""
    import numpy as np
    from osgeo import gdal

    from hostile.seeds import a_model

    equal_runs_make_equal_files()
    (work / "model.colearn").write_bytes(a_model())
    values = np.arange(SIDE_PX**2, dtype=np.uint16).reshape(SIDE_PX, SIDE_PX)
    dataset = gdal.GetDriverByName("GTiff").Create(str(work / name), SIDE_PX, SIDE_PX, 1, gdal.GDT_UInt16)
    dataset.SetSpatialRef(_utm())
    dataset.SetGeoTransform((WEST, PIXEL_M, 0, NORTH, 0, -PIXEL_M))
    band = dataset.GetRasterBand(1)
    band.SetDescription("B02")
    band.WriteArray(values[::-1] if turned else values)
    del band, dataset
    predict(prediction(work, work / name, "warm"))
    return work / name


def equal_runs_make_equal_files() -> None:
    """Freeze the time stamps that are written into files."""
    import datetime
    from types import SimpleNamespace

    from osgeo import gdal

    from engine.experiment import describe

    class Stopped(datetime.datetime):
        """Always the same moment."""

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Stopped:
            return cls(2026, 1, 1, tzinfo=tz)

    describe.datetime = SimpleNamespace(datetime=Stopped, timezone=datetime.timezone)
    gdal.SetConfigOption("OGR_CURRENT_DATE", "2026-01-01T00:00:00.000Z")


def in_child(work: Callable[[], object]) -> int:
    """Run in a forked child process, because ONNX Runtime's threads do not survive a fork; returns the exit code."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  (told by the exit code)
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def files(folder: Path) -> dict[str, bytes]:
    """The content of every file of a folder, by relative name."""
    there = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            there[str(path.relative_to(folder))] = path.read_bytes()
    return there


def renew(folder: Path, content: dict[str, bytes]) -> None:
    """Make the folder contain exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, each in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(each)


def _utm() -> Any:
    from osgeo import osr

    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs


def _points(path: Path) -> Path:
    """Labels on every fourth pixel, half of them correct."""
    from osgeo import ogr

    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("labels", _utm(), ogr.wkbPoint)
    layer.CreateField(ogr.FieldDefn("kind", ogr.OFTString))
    for at in range(0, SIDE_PX**2, 16):
        row, col = divmod(at, SIDE_PX)
        feature = ogr.Feature(layer.GetLayerDefn())
        feature["kind"] = ("Wald", "Wasser")[at // 16 % 2]
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT ({WEST + 10 * col + 5} {NORTH - 10 * row - 5})"))
        layer.CreateFeature(feature)
    del layer, dataset
    return path
