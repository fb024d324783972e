"""Maps in 8-bit numbers: nearly those of 32 bits, the same to the bit however cut, refused where there are none."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device, EvaluateJob
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile

from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, run_train, source, train_job
from refusals import refused, says


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory):
    """Camera and series, classes."""
    folder = tmp_path_factory.mktemp("in 8 bits")
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    _, sink = run_train(train_job(world, folder, sensors=sensors, epochs=6, max_samples=300), report=True)
    return folder / "model.colearn", sink, (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def mapped(trained, world, tmp_path):
    """Map a sensor; its classes, its probabilities, and the log."""

    def run(sensor: str, **changes):
        probabilities = tmp_path / "probabilities.tif"
        raster = getattr(world, sensor)
        job = predict_job(trained[0], raster, tmp_path / "map.tif", output_probabilities=str(probabilities))
        _, sink = run_predict(replace(job, device=Device.CPU, **changes))
        return read(tmp_path / "map.tif")[0], read(probabilities), sink

    return run


@pytest.fixture
def processor(monkeypatch):
    """Make the processor a quick or a slow one."""

    def made(quick: bool) -> None:
        monkeypatch.setattr("colearn.engine.inference.precision.has_fast_int8", lambda: quick)

    return made


class TestTraining:
    def test_the_model_holds_the_graphs_and_says_what_they_cost(self, trained) -> None:
        model = ModelFile.open(trained[0])
        for sensor in model.manifest.sensors:
            quantized = sensor.quantized
            assert quantized.agreement >= 0.9
            assert quantized.samples > 20
            assert quantized.change.low <= quantized.change.value <= quantized.change.high
            assert quantized.score.value == pytest.approx(
                sensor.score.of_shipped.value + quantized.change.value, abs=1e-3
            )
            assert model.graph(sensor.name, Precision.INT8) != model.graph(sensor.name)

    def test_log_and_report_mention_it(self, trained) -> None:
        _, sink, report = trained
        for name in ("camera", "series"):
            assert f"{name}: the model file also contains an int8 graph" in sink.texts(Level.INFO)
        assert "8-bit version of the networks" in report


class TestMap:
    @pytest.mark.parametrize("sensor", ["camera", "series"])
    def test_it_is_nearly_that_of_32_bits_and_nodata_is_the_same(self, mapped, processor, sensor: str) -> None:
        processor(True)
        fp32, wide, _ = mapped(sensor, precision=Precision.FP32)
        int8, narrow, sink = mapped(sensor, precision=Precision.INT8)
        np.testing.assert_array_equal(int8 == 255, fp32 == 255)
        assert (int8 == fp32).mean() >= 0.97
        assert np.abs(narrow - wide).max() < 0.3
        assert np.abs(narrow - wide).mean() < 0.02
        assert (narrow != wide).any()
        assert "Precision: int8, as requested" in sink.texts()

    @pytest.mark.parametrize("sensor", ["camera", "series"])
    def test_block_size_and_threads_change_no_bit(self, mapped, sensor: str) -> None:
        whole = mapped(sensor, precision=Precision.INT8, threads=1)
        for block_px, threads in ((7, 2), (32, 1), (50, 3)):
            cut = mapped(sensor, precision=Precision.INT8, block_px=block_px, threads=threads)
            for one, other in zip(cut[:2], whole[:2], strict=True):
                np.testing.assert_array_equal(one, other)

    def test_auto_depends_on_the_processor_and_logs_why(self, mapped, processor, trained) -> None:
        assert ModelFile.open(trained[0]).manifest.sensor("series").quantized.costs_nothing
        for quick, precision, logged in (
            (True, Precision.INT8, "int8; on"),
            (False, Precision.FP32, "fast int8 instructions"),
        ):
            processor(quick)
            _, auto, sink = mapped("series")
            assert logged in sink.texts(Level.INFO)
            np.testing.assert_array_equal(auto, mapped("series", precision=precision)[1])

    def test_int8_on_a_processor_that_is_not_made_for_it_is_warned_of(self, mapped, processor) -> None:
        processor(False)
        assert "not known to have int8 instructions" in mapped("series", precision=Precision.INT8)[2].texts(
            Level.WARNING
        )


def test_it_can_be_evaluated(trained, world, processor) -> None:
    processor(True)
    job = EvaluateJob(str(trained[0]), (source(world.series),), polygon_labels(world), sensor="series")
    numbers = {
        precision: run_evaluate(replace(job, precision=precision))[0].numbers["BALANCED_ACCURACY"]
        for precision in (Precision.FP32, Precision.INT8)
    }
    assert numbers[Precision.INT8] == pytest.approx(numbers[Precision.FP32], abs=0.03)


class TestRefused:
    @pytest.fixture
    def outputs(self, tmp_path) -> Path:
        (tmp_path / "outputs").mkdir()
        return tmp_path / "outputs"

    def test_a_model_without_such_a_graph(self, trained, world, outputs, tmp_path) -> None:
        older = without_int8(trained[0], tmp_path / "older.colearn")
        job = predict_job(older, world.series, outputs / "map.tif", precision=Precision.INT8)
        error = refused(run_predict, job, ErrorCode.PRECISION_MISSING, outputs)
        says(error, "PRECISION", "without an int8 graph for series", "auto or fp32")
        run_predict(replace(job, precision=Precision.AUTO))

    def test_a_gpu(self, trained, world, outputs) -> None:
        job = predict_job(trained[0], world.series, outputs / "map.tif", precision=Precision.INT8, device=Device.CUDA)
        says(refused(run_predict, job, ErrorCode.PRECISION_MISSING, outputs), "PRECISION", "on a GPU", "device cpu")

    def test_units_of_classes(self, world, outputs) -> None:
        job = train_job(world, outputs, target_units=("m",), epochs=1, max_samples=150)
        says(refused(run_train, job, ErrorCode.UNITS_UNFIT, outputs), "TARGET_UNITS", "m", "classes have none")


def without_int8(model: Path, path: Path) -> Path:
    """The model as a version without 8 bits would have written it."""
    with zipfile.ZipFile(model) as file:
        entries = {name: file.read(name) for name in file.namelist() if not name.endswith(".int8.onnx")}
    manifest = json.loads(entries["manifest.json"])
    for sensor in manifest["sensors"]:
        graph = sensor.pop("quantized")["graph"]
        del manifest["digests"][graph]
    with zipfile.ZipFile(path, "w") as file:
        for name, content in {**entries, "manifest.json": json.dumps(manifest).encode()}.items():
            file.writestr(name, content)
    return path
