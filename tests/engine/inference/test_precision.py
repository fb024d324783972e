"""Which precision a run takes: what was asked, against the model's own test, the device and the processor."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import SensorKind, SensorManifest
from colearn.engine.contract.manifest.scores import Estimate, Quantized, SensorScore, Verdict
from colearn.engine.contract.wire.errors import DeviceError, ErrorCode, ModelError
from colearn.engine.inference.devices import processor
from colearn.engine.inference.devices.processor import has_fast_int8
from colearn.engine.inference.precision import choose_precision

LEVEL = Quantized("sensors/1.int8.onnx", 0.997, Estimate(0.81, 0.7, 0.9), Estimate(-0.001, -0.004, 0.002), 300)
LOWER = replace(LEVEL, change=Estimate(-0.01, -0.02, -0.001))
APART = replace(LEVEL, agreement=0.98)


def sensor(quantized: Quantized | None) -> SensorManifest:
    score = SensorScore("balanced accuracy", None, Estimate(0.811, 0.7, 0.9), None, Verdict.NOT_MEASURED)
    return SensorManifest(
        "radar",
        SensorKind.SERIES,
        Layout.STACK,
        (),
        True,
        ("1", "2"),
        False,
        10.0,
        1,
        "int16",
        "sensors/1.onnx",
        score,
        quantized=quantized,
    )


class TestWhatCostsNothing:
    def test_a_change_whose_interval_reaches_zero(self) -> None:
        assert LEVEL.costs_nothing
        assert replace(LEVEL, change=Estimate(-0.002, -0.004, 0.0)).costs_nothing

    def test_not_a_loss_that_was_shown(self) -> None:
        assert not LOWER.costs_nothing

    def test_a_gain_that_was_shown(self) -> None:
        assert replace(LEVEL, change=Estimate(0.01, 0.001, 0.02)).costs_nothing

    @pytest.mark.parametrize(("value", "holds"), [(0.0, True), (-0.0001, False), (0.001, True)])
    def test_without_an_interval_no_loss_at_all(self, value: float, holds: bool) -> None:
        assert replace(LEVEL, change=Estimate(value)).costs_nothing is holds

    @pytest.mark.parametrize(("agreement", "holds"), [(0.99, True), (0.9899, False), (float("nan"), False)])
    def test_it_agrees_on_almost_all_samples(self, agreement: float, holds: bool) -> None:
        assert replace(LEVEL, agreement=agreement).costs_nothing is holds


class TestAuto:
    def test_int8_where_the_processor_is_quick_and_the_model_says_it_costs_nothing(self) -> None:
        chosen = choose_precision(sensor(LEVEL), Precision.AUTO, Device.CPU, fast_int8=True)
        assert chosen.precision is Precision.INT8
        assert "99.70 %" in chosen.why
        assert "balanced accuracy by −0.1 points [−0.4, +0.2]" in chosen.why
        assert not chosen.warned

    @pytest.mark.parametrize(
        ("quantized", "device", "fast", "why"),
        [
            (None, Device.CPU, True, "no int8 graph"),
            (LEVEL, Device.CPU, False, "not known to have fast int8"),
            (LEVEL, Device.CUDA, True, "GPU"),
            (LOWER, Device.CPU, True, "scored lower"),
            (APART, Device.CPU, True, "98.00 %"),
        ],
    )
    def test_else_fp32_and_why(self, quantized, device: Device, fast: bool, why: str) -> None:
        chosen = choose_precision(sensor(quantized), Precision.AUTO, device, fast_int8=fast)
        assert chosen.precision is Precision.FP32
        assert why in chosen.why
        assert not chosen.warned


class TestAsAsked:
    @pytest.mark.parametrize("quantized", [None, LEVEL, LOWER])
    @pytest.mark.parametrize("device", [Device.CPU, Device.CUDA])
    def test_fp32_is_always_there(self, quantized, device: Device) -> None:
        assert choose_precision(sensor(quantized), Precision.FP32, device, True).precision is Precision.FP32

    @pytest.mark.parametrize(
        ("quantized", "fast", "warned"), [(LEVEL, True, False), (LEVEL, False, True), (LOWER, True, True)]
    )
    def test_int8_whatever_it_costs_and_a_warning_where_it_does(self, quantized, fast: bool, warned: bool) -> None:
        chosen = choose_precision(sensor(quantized), Precision.INT8, Device.CPU, fast)
        assert (chosen.precision, chosen.warned) == (Precision.INT8, warned)

    def test_int8_that_the_model_has_not(self) -> None:
        with pytest.raises(ModelError, match="without an int8 graph for radar") as error:
            choose_precision(sensor(None), Precision.INT8, Device.CPU, True)
        assert error.value.code is ErrorCode.PRECISION_MISSING

    def test_int8_on_a_gpu(self) -> None:
        with pytest.raises(DeviceError, match="int8 on a GPU") as error:
            choose_precision(sensor(LEVEL), Precision.INT8, Device.CUDA, True)
        assert error.value.code is ErrorCode.PRECISION_MISSING


class TestProcessor:
    @pytest.fixture(autouse=True)
    def on_linux(self, monkeypatch, tmp_path: Path) -> None:
        self.path = tmp_path / "cpuinfo"
        monkeypatch.setattr(processor.sys, "platform", "linux")
        monkeypatch.setattr(processor, "CPUINFO", self.path)

    @pytest.mark.parametrize(
        ("line", "fast"),
        [
            ("flags\t\t: fpu avx2 avx512f avx512_vnni", True),
            ("flags\t\t: fpu avx2 avx_vnni", True),
            ("flags\t\t: fpu avx2 avx512f", False),
            ("Features\t: fp asimd asimddp", True),
            ("Features\t: fp asimd i8mm", True),
            ("Features\t: fp asimd", False),
            ("model name\t: with avx512_vnni in its name", False),
        ],
    )
    def test_by_what_the_kernel_lists(self, line: str, fast: bool) -> None:
        self.path.write_text(f"processor\t: 0\n{line}\n\nprocessor\t: 1\n{line}\n")
        assert has_fast_int8() is fast

    def test_every_core_must_have_it(self) -> None:
        self.path.write_text("flags : avx2 avx_vnni\n\nflags : avx2\n")
        assert not has_fast_int8()

    def test_what_is_not_known_is_not_quick(self) -> None:
        assert not has_fast_int8()  # no such file
        self.path.write_text("")
        assert not has_fast_int8()

    def test_elsewhere_x86_is_asked_through_numpy(self, monkeypatch) -> None:
        monkeypatch.setattr(processor.sys, "platform", "win32")
        monkeypatch.setattr(processor.platform, "machine", lambda: "AMD64")
        moved = int(np.__version__.partition(".")[0]) >= 2  # the old name is still there, and warns
        umath = import_module(f"numpy.{'_core' if moved else 'core'}._multiarray_umath")
        for found in (True, False):
            monkeypatch.setitem(umath.__cpu_features__, "AVX512VNNI", found)
            assert has_fast_int8() is found

    def test_arm_windows_without_an_answer(self, monkeypatch) -> None:
        monkeypatch.setattr(processor.sys, "platform", "win32")
        monkeypatch.setattr(processor.platform, "machine", lambda: "ARM64")
        assert not has_fast_int8()
