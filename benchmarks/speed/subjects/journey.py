"""A user's whole run (read, infer, write) compared with inference alone; and two cores compared with one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ....engine.contract import Device, Precision, PredictJob, RasterSource, default_of
from ....engine.mapping import set_up
from ....engine.model import NetworkDesign
from ....engine.predict import predict
from ....engine.process import NullSink, Reporter
from ....engine.raster.files import close_datasets
from ..entries import Entry, Prepared, Work, prepared
from ..folders import BENCH
from ..models import Model, model_of
from ..names import END_TO_END, IMAGE, PURE, SERIES, SERIES_INT8, TWO_CORES
from ..pixels import Land, coast, hesbaye
from ..rasters import write_land
from ..samples import labelled_samples
from ..size import Size
from .dense import image_model

FOLDER = BENCH / "journey"
HIDDEN = 128
BLOCK_PX: int = default_of(PredictJob, "block_px")


def prepare(size: Size) -> Prepared:
    """Both kinds of raster as files, and the models that map them."""
    samples = labelled_samples(hesbaye(), size.samples)
    series = model_of(samples, hesbaye().classes, hesbaye().bands, NetworkDesign(hidden=HIDDEN), size.epochs)
    journeys = [
        _Journey(IMAGE, image_model(coast(), 15, size), coast(), size.image_side_px, Precision.FP32),
        _Journey(SERIES, series, hesbaye(), size.journey_side_px, Precision.FP32),
        _Journey(SERIES_INT8, series, hesbaye(), size.journey_side_px, Precision.INT8),
    ]
    return prepared(entry for journey in journeys for entry in journey.entries())


@dataclass(frozen=True)
class _Journey:
    """A raster of ``side_px`` × ``side_px`` pixels, and the model that maps it."""

    name: str
    model: Model
    land: Land
    side_px: int
    precision: Precision

    def entries(self) -> tuple[Entry, ...]:
        """End to end with one thread and with two; and inference alone, on half of the blocks, which is enough."""
        self.model.write(FOLDER / f"{self.name}.colearn")
        write_land(FOLDER / f"{self.name}.tif", self.land, self.side_px)
        rows_px = min(self.side_px, max(BLOCK_PX, self.side_px // 2))
        pixels, some = float(self.side_px**2), float(rows_px * self.side_px)
        return (
            Entry(END_TO_END.format(self.name), pixels, partial(self._journey, 1)),
            Entry(TWO_CORES.format(self.name), pixels, partial(self._journey, 2)),
            Entry(PURE.format(self.name), some, partial(self._pure, rows_px)),
        )

    def _journey(self, threads: int) -> Work:
        job = self._job(threads)

        def work() -> None:
            close_datasets()  # no run may profit from blocks cached by an earlier one
            predict(job, Reporter(NullSink()))

        return work

    def _pure(self, rows_px: int) -> Work:
        mapper = set_up(self._job(1), Reporter(NullSink()))
        blocks = [mapper.read(window) for window in mapper.blocks if window.row < rows_px]
        return lambda: [mapper.map(block) for block in blocks]

    def _job(self, threads: int) -> PredictJob:
        self.model.session(self.precision)  # raises if there is no such graph
        model, source = str(FOLDER / f"{self.name}.colearn"), RasterSource(str(FOLDER / f"{self.name}.tif"), self.name)
        output = str(FOLDER / f"{self.name} map.tif")
        return PredictJob(model, (source,), output, device=Device.CPU, precision=self.precision, threads=threads)
