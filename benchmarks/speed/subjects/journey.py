"""The journey a user takes, read, infer, write, against the inference alone; and two cores against one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ....engine.contract.events import Event
from ....engine.contract.job import Device, PredictJob, RasterSource
from ....engine.contract.map_choices import Precision
from ....engine.mapping.mapper import set_up
from ....engine.predict import predict
from ....engine.process.reporting import Reporter
from ..entries import Entry, Prepared, Work, prepared
from ..folders import BENCH
from ..models import Model, model_of
from ..names import END_TO_END, IMAGE, PURE, SERIES, SERIES_INT8, TWO_CORES
from ..pixels import SERIES_BANDS, Land, coast, hesbaye
from ..rasters import write_land
from ..samples import labelled_samples
from ..size import Size
from .dense import image_model

FOLDER = BENCH / "journey"
HIDDEN = 64


def prepare(size: Size) -> Prepared:
    """Both kinds of raster as files, and the models that map them."""
    series = model_of(labelled_samples(hesbaye(), size.samples), hesbaye().classes, SERIES_BANDS, HIDDEN, size.epochs)
    entries = [
        *_entries(IMAGE, image_model(15, size), coast(), size.image_side_px, Precision.FP32),
        *_entries(SERIES, series, hesbaye(), size.journey_side_px, Precision.FP32),
        *_entries(SERIES_INT8, series, hesbaye(), size.journey_side_px, Precision.INT8),
    ]
    return prepared(entries)


class Silent:
    """A sink that hears nothing."""

    def send(self, event: Event) -> None:
        """Nobody listens."""


def _entries(name: str, model: Model, land: Land, side_px: int, precision: Precision) -> list[Entry]:
    path = FOLDER / f"{name}.colearn", FOLDER / f"{name}.tif"
    pixels = float(side_px**2)

    def job_of(threads: int) -> PredictJob:
        model.session(precision)  # or it is missing
        return _job(model.write(path[0]), write_land(path[1], land, side_px), threads, precision)

    def journey(threads: int) -> Work:
        return partial(predict, job_of(threads), Reporter(Silent()))

    def pure() -> Work:
        mapper = set_up(job_of(1), Reporter(Silent()))
        blocks = [mapper.read(window) for window in mapper.blocks]
        return lambda: [mapper.map(block) for block in blocks]

    return [
        Entry(END_TO_END.format(name), pixels, partial(journey, 1)),
        Entry(PURE.format(name), pixels, pure),
        Entry(TWO_CORES.format(name), pixels, partial(journey, 2)),
    ]


def _job(model: Path, raster: Path, threads: int, precision: Precision) -> PredictJob:
    output = str(raster.with_name(f"{raster.stem} map.tif"))
    source = (RasterSource(str(raster), raster.stem),)
    return PredictJob(str(model), source, output, device=Device.CPU, precision=precision, threads=threads)
