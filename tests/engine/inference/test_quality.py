"""Which of a sensor's graphs maps: the average, or the one network that learned from it; and what int8 is of."""

from dataclasses import replace

import pytest
from colearn.engine.contract import (
    Device,
    ErrorCode,
    Estimate,
    FastCopy,
    Layout,
    Level,
    ModelError,
    Precision,
    Quality,
    Quantized,
    SensorKind,
    SensorManifest,
    SensorScore,
    Verdict,
)
from colearn.engine.inference.precision import choose_precision
from colearn.engine.inference.quality import choose_quality
from colearn.engine.process.reporting import Reporter

from journeys import Listening

LEVEL = FastCopy("sensors/1.fast.onnx", 0.993, Estimate(0.80), Estimate(-0.001, -0.01, 0.008), 300, "validation")
LOWER = replace(LEVEL, change=Estimate(-0.03, -0.05, -0.01))
APART = replace(LEVEL, agreement=0.93)
INT8 = Quantized("sensors/1.int8.onnx", 0.999, Estimate(0.80), Estimate(0.0, -0.001, 0.001), 300, "validation")


def sensor(fast: FastCopy | None, quantized: Quantized | None = INT8) -> SensorManifest:
    score = SensorScore("balanced accuracy", None, Estimate(0.81, 0.7, 0.9), None, Verdict.NOT_MEASURED)
    return SensorManifest(
        *("radar", SensorKind.SERIES, Layout.STACK, (), True, ("1", "2"), False, 10.0, 1, "int16", "sensors/1.onnx"),
        score=score,
        quantized=quantized,
        fast=fast,
    )


def chosen(fast: FastCopy | None, asked: Quality, precision: Precision = Precision.AUTO) -> tuple[Quality, Listening]:
    sink = Listening()
    return choose_quality(sensor(fast), asked, precision, Reporter(sink)), sink


@pytest.mark.parametrize(
    ("fast", "asked", "used"),
    [
        (LEVEL, Quality.AUTO, Quality.FAST),
        (LOWER, Quality.AUTO, Quality.BEST),
        (APART, Quality.AUTO, Quality.BEST),
        (LEVEL, Quality.BEST, Quality.BEST),
        (LOWER, Quality.FAST, Quality.FAST),
        (None, Quality.AUTO, Quality.BEST),
        (None, Quality.BEST, Quality.BEST),
        (None, Quality.FAST, Quality.BEST),
    ],
)
def test_auto_is_fast_where_no_loss_is_shown(fast: FastCopy | None, asked: Quality, used: Quality) -> None:
    assert chosen(fast, asked)[0] is used


def test_the_cost_of_the_copy_is_logged() -> None:
    _, sink = chosen(LEVEL, Quality.AUTO)
    assert "fast copy: on 300 validation samples it agrees with the average at 99.30 %" in sink.texts(Level.INFO)
    assert "changes the balanced accuracy by −0.1 points [−1.0, +0.8]" in sink.texts(Level.INFO)
    assert "scored lower" in chosen(LOWER, Quality.AUTO)[1].texts(Level.INFO)
    assert "agrees with it too rarely" in chosen(APART, Quality.AUTO)[1].texts(Level.INFO)


def test_a_requested_loss_of_accuracy_causes_a_warning() -> None:
    assert "Mapping with the fast copy, as requested" in chosen(LOWER, Quality.FAST)[1].texts(Level.WARNING)
    assert not chosen(LEVEL, Quality.FAST)[1].texts(Level.WARNING)


def test_a_model_with_one_graph_says_so_where_a_faster_one_is_asked_for() -> None:
    assert "a single graph for radar" in chosen(None, Quality.FAST)[1].texts(Level.INFO)
    assert not chosen(None, Quality.AUTO)[1].texts()


def test_int8_is_of_the_fast_copy() -> None:
    used, sink = chosen(LOWER, Quality.AUTO, Precision.INT8)
    assert used is Quality.FAST
    assert "only the fast copy has the requested int8 graph" in sink.texts(Level.WARNING)
    both = sensor(LOWER)
    for quality, precision in ((Quality.FAST, Precision.INT8), (Quality.BEST, Precision.FP32)):
        found = choose_precision(both, Precision.AUTO, Device.CPU, fast_int8=True, quality=quality)
        assert found.precision is precision
    with pytest.raises(ModelError, match="QUALITY=fast") as refusal:
        choose_precision(both, Precision.INT8, Device.CPU, fast_int8=True, quality=Quality.BEST)
    assert refusal.value.code is ErrorCode.PRECISION_MISSING


def test_of_a_model_with_one_graph_int8_is_of_that() -> None:
    found = choose_precision(sensor(None), Precision.INT8, Device.CPU, fast_int8=True, quality=Quality.BEST)
    assert found.precision is Precision.INT8


def test_graphs_by_quality() -> None:
    both, one = sensor(LEVEL), sensor(None)
    assert both.graphs == ("sensors/1.onnx", "sensors/1.fast.onnx", "sensors/1.int8.onnx")
    assert [both.fp32_graph(each) for each in (Quality.BEST, Quality.FAST)] == list(both.graphs[:2])
    assert [one.fp32_graph(each) for each in (Quality.BEST, Quality.FAST)] == ["sensors/1.onnx"] * 2
