"""Peak memory of `python -m engine predict` in a separate process, on rasters of 1, 4 and 16 times the pixels."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from ....engine.contract import Device, Precision, PredictJob, RasterSource, job_to_text
from ....engine.model import NetworkDesign
from .. import peak
from ..entries import Facts, MissingError, Prepared
from ..folders import BENCH, ROOT
from ..models import Model, model_of
from ..names import IMAGE, PEAK, SERIES
from ..pixels import ALL_BANDS, Land, coast, hesbaye
from ..rasters import write_land
from ..samples import labelled_samples
from ..size import Size
from .dense import image_model

FOLDER = BENCH / "memory"
HIDDEN = 32  # memory depends on blocks: with small networks, the largest rasters take seconds
DATES = 4
THREADS = 2


def prepare(size: Size) -> Prepared:
    """No contestants: peaks are measured once."""
    return Prepared(facts=partial(_facts, size))


def _facts(size: Size) -> Facts:
    wide, short = coast(ALL_BANDS), replace(hesbaye(), values=hesbaye().values[-DATES:])
    samples = labelled_samples(short, size.samples // 4)
    series = model_of(samples, short.classes, short.bands, NetworkDesign(hidden=HIDDEN), 1)
    return {
        **_peaks(IMAGE, image_model(wide, 15, size, HIDDEN), wide, size.memory_sides_px),
        **_peaks(SERIES, series, short, size.memory_series_sides_px),
    }


def _peaks(name: str, model: Model, land: Land, sides_px: tuple[int, ...]) -> Facts:
    written, found = model.write(FOLDER / f"{name}.colearn"), {}
    for side_px in sides_px:
        raster = write_land(FOLDER / f"{name}.tif", land, side_px)
        found[PEAK.format(name, side_px)] = float(_peak_bytes(written, raster))
        raster.unlink()
    return found


def _peak_bytes(model: Path, raster: Path) -> int:
    """Peak resident memory, in bytes, of mapping a raster.

    Raises:
        MissingError: it failed.
    """
    source, output = (RasterSource(str(raster)),), str(raster.with_name("map.tif"))
    job = PredictJob(str(model), source, output, device=Device.CPU, precision=Precision.FP32, threads=THREADS)
    file = raster.with_suffix(".json")
    file.write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, peak.__file__, sys.executable, "-m", "engine", "predict", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingError(f"mapping {raster.name} failed: {done.stderr[-300:]}")
    return int(done.stdout)
