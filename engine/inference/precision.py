"""The precision of a graph: the requested one, checked against model, device and processor."""

from __future__ import annotations

from dataclasses import dataclass

from ..contract import (
    LEAST_AGREEMENT,
    Device,
    DeviceError,
    ErrorCode,
    ModelError,
    Precision,
    Quality,
    Quantized,
    SensorManifest,
    Substitute,
    difference_text,
    kinds_of_average,
    metric_text,
    thousands,
)
from .devices import has_fast_int8


@dataclass(frozen=True)
class Chosen:
    """The precision for :meth:`.model_file.ModelFile.graph`, FP32 or INT8, and ``why``, a sentence for the log.

    ``warned``: whether the sentence is a warning.
    """

    precision: Precision
    why: str
    warned: bool = False


def choose_precision(
    sensor: SensorManifest,
    asked: Precision,
    device: Device,
    fast_int8: bool | None = None,
    quality: Quality = Quality.FAST,
) -> Chosen:
    """The precision actually used for mapping from ``sensor`` on ``device`` (not ``auto``).

    Args:
        fast_int8: whether the processor has fast int8 instructions; None = detect.
        quality: BEST or FAST; if the sensor has both, only the fast one has an int8 graph.

    Raises:
        ModelError: int8 is requested, and the model has no such graph for the sensor.
        DeviceError: int8 is requested on a GPU.
    """
    if asked is Precision.FP32:
        return Chosen(Precision.FP32, "Precision: fp32, as requested.")
    fast = has_fast_int8() if fast_int8 is None else fast_int8
    if asked is Precision.INT8:
        return _as_asked(sensor, quality, device, fast)
    quantized = sensor.int8_of(quality)
    why_not = _why_not(quantized, device, fast)
    if why_not or quantized is None:
        return Chosen(Precision.FP32, f"Precision: fp32, because {why_not}.")
    return Chosen(Precision.INT8, f"Precision: int8; {cost_text(quantized, sensor.score.metric)}.")


def cost_text(found: Substitute, metric: str, other: str = "fp32") -> str:
    """The loss by a graph relative to the ``other`` one, as text: agreement, and change of score with interval."""
    return (
        f"on {thousands(found.samples)} {found.part} samples it agrees with {other} at {100 * found.agreement:.2f} % "
        f"and changes the {metric_text(metric)} by {difference_text(found.change, metric)}"
    )


def _as_asked(sensor: SensorManifest, quality: Quality, device: Device, fast: bool) -> Chosen:
    quantized = sensor.int8_of(quality)
    if quantized is None:
        raise _no_graph(sensor.name) if sensor.quantized is None else _only_of_fast(sensor.name)
    if device is Device.CUDA:
        raise _not_on_a_gpu()
    cost = cost_text(quantized, sensor.score.metric)
    if not fast:
        return Chosen(
            Precision.INT8,
            "Precision: int8, as requested, although this CPU is not known to have int8 instructions: it may be "
            "slower than fp32 and agree with it less than in training.",
            warned=True,
        )
    return Chosen(Precision.INT8, f"Precision: int8, as requested; {cost}.", warned=not quantized.costs_nothing)


def _why_not(quantized: Quantized | None, device: Device, fast: bool) -> str:
    """Why ``auto`` does not use int8; empty if it does."""
    if quantized is None:
        return "the model has no int8 graph for this sensor"
    if device is Device.CUDA:
        return "int8 runs on CPUs only, and a GPU is used"
    if not fast:
        return "this CPU is not known to have fast int8 instructions"
    if quantized.agreement < LEAST_AGREEMENT:
        return f"int8 agrees with it to {100 * quantized.agreement:.2f} % only"
    return "" if quantized.costs_nothing else f"int8 scored lower on the {quantized.part} samples"


def _no_graph(sensor: str) -> ModelError:
    return ModelError(
        ErrorCode.PRECISION_MISSING,
        subject="PRECISION",
        found=f"a model without an int8 graph for {sensor}",
        expected="a convolutional network (images, or time series with TempCNN) trained by a version that exports "
        "int8 graphs",
        remedy="Choose the precision auto or fp32. For int8 with a time series, train with TempCNN "
        "(SERIES_ENCODER=tempcnn).",
    )


def _only_of_fast(sensor: str) -> ModelError:
    return ModelError(
        ErrorCode.PRECISION_MISSING,
        subject="PRECISION",
        found=f"int8 with the quality best, for which the model has no int8 graph of {sensor}",
        expected=f"int8 with the fast copy (a single network), or fp32 with the average of {kinds_of_average()}",
        remedy="Choose the quality fast (QUALITY=fast), or the precision auto or fp32.",
    )


def _not_on_a_gpu() -> DeviceError:
    return DeviceError(
        ErrorCode.PRECISION_MISSING,
        subject="PRECISION",
        found="int8 on a GPU",
        expected="int8 on the CPU",
        remedy="Choose the device cpu, or the precision auto or fp32.",
    )
