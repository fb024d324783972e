"""A GPU, if there is one: images and series per second, relative to its own matrix products. Needs no GDAL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from ....engine.arrays import Floats
from ....engine.contract import Device, DeviceError, Precision, SensorKind, Task
from ....engine.inference import MapSession, SessionOptions, TorchSession, open_session
from ....engine.inference.devices import ask_driver
from ....engine.mapping import map_block
from ....engine.model import NetworkDesign
from ....engine.model_file import ModelFile
from ....engine.process import NullSink, Reporter
from ....engine.samples import SampleSet, SensorSamples
from ..entries import Entry, Facts, MissingError, Prepared, Work, prepared
from ..flops import flops_per_pixel
from ..folders import BENCH
from ..models import Model, model_of
from ..names import GPU_BF16, GPU_FLOPS, GPU_FP32, GPU_IMAGE, GPU_SERIES, GPU_TF32
from ..size import Size

CONTEXT_PX = 15
BANDS, DATES = {GPU_IMAGE: 10, GPU_SERIES: 12}, 12


def prepare(size: Size) -> Prepared:
    """Blocks of synthetic values and networks with fixed seeds: only speed is measured on a GPU."""
    models = {name: _model(name, size) for name in (GPU_IMAGE, GPU_SERIES)}
    entries = [*_products(size), *(_entry(name, model, size) for name, model in models.items())]
    return prepared(entries, partial(_facts, models))


def no_gpu() -> str:
    """Why nothing can be measured here; empty if there is a GPU."""
    driver = ask_driver()
    return "" if driver.gpus else f"No GPU: {driver.summary()}. Nothing was measured."


def _entry(name: str, model: Model, size: Size) -> Entry:
    return Entry(name, float(size.gpu_blocks * size.gpu_block_px**2), partial(_ready, name, model, size))


def _ready(name: str, model: Model, size: Size) -> Work:
    session = TorchSession(model.fp32, Device.CPU) if size.on_cpu else open_on_gpu(model, name)
    block = np.random.default_rng(0).normal(1000, 300, _block_shape(name, size.gpu_block_px)).astype(np.float32)

    def work() -> None:
        for _ in range(size.gpu_blocks):
            map_block(session, model.sensor, model.manifest, block)

    return work


def open_on_gpu(model: Model, name: str) -> MapSession:
    """A session on the GPU, opened as in prediction.

    Raises:
        MissingError: there is no usable GPU.
    """
    path = model.write(BENCH / "gpu" / f"{name.partition(',')[0]}.colearn")
    try:
        options = SessionOptions(Device.CUDA, Precision.FP32)
        return open_session(ModelFile.open(path), model.sensor, options, 1, Reporter(NullSink()))
    except DeviceError as error:
        raise MissingError(f"not measured: {error.found}") from error


def _block_shape(name: str, side_px: int) -> tuple[int, ...]:
    if name == GPU_SERIES:
        return DATES, BANDS[name], side_px, side_px
    return (BANDS[name], *(side_px + CONTEXT_PX - 1,) * 2)


def _products(size: Size) -> Iterator[Entry]:
    """The GPU's floor: one large product in each of its numeric modes."""
    for name, dtype, tf32 in (
        (GPU_FP32, torch.float32, False),
        (GPU_TF32, torch.float32, True),
        (GPU_BF16, torch.bfloat16, False),
    ):
        yield Entry(name, 2.0 * size.gpu_matrix_side**3, partial(_product, dtype, tf32, size))


def _product(dtype: torch.dtype, tf32: bool, size: Size) -> Work:
    if not size.on_cpu and not torch.cuda.is_available():
        raise MissingError("not measured: no GPU that torch can use")
    side, device = size.gpu_matrix_side, "cpu" if size.on_cpu else "cuda"
    first, second = (torch.rand(side, side, device=device).to(dtype) for _ in range(2))

    def work() -> None:
        before = torch.backends.cuda.matmul.allow_tf32
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.mm(first, second)
        if not size.on_cpu:
            torch.cuda.synchronize()
        torch.backends.cuda.matmul.allow_tf32 = before

    return work


def _model(name: str, size: Size) -> Model:
    """A network trained briefly on random data."""
    random, count = np.random.default_rng(0), 120
    shape = (count, DATES, BANDS[name]) if name == GPU_SERIES else (count, BANDS[name], CONTEXT_PX, CONTEXT_PX)
    values: Floats = random.normal(1000, 300, shape).astype(np.float32)
    days = tuple(30.0 * month for month in range(DATES)) if name == GPU_SERIES else ()
    kind = SensorKind.SERIES if name == GPU_SERIES else SensorKind.IMAGE
    nowhere, target = np.zeros(count), np.arange(count) % 5
    present = np.ones((count, 1), bool)
    sensor = SensorSamples("sensor", kind, values, days)
    samples = SampleSet(Task.CLASSIFICATION, (sensor,), present, target, np.arange(count), nowhere, nowhere)
    bands, classes = [f"b{at}" for at in range(BANDS[name])], [f"class {at}" for at in range(5)]
    return model_of(samples, classes, bands, NetworkDesign(), 1, int8=False)


def _facts(models: dict[str, Model]) -> Facts:
    return {
        GPU_FLOPS.format(name): float(flops_per_pixel(each.network.network.sensor_network(0)))
        for name, each in models.items()
    }
