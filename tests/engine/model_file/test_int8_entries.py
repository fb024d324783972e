"""Graphs in 8 bits in the model file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.manifest.scores import Estimate, Quantized
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.model_file.archive import ModelFile, write_model

from model_entries import GRAPHS, MANIFEST, REPORT, code_of, entries_of, rewrite, with_manifest


class TestInt8:
    """The second graph of a sensor."""

    INT8 = Quantized("sensors/radar été.int8.onnx", 0.995, Estimate(0.5, 0.4, 0.6), Estimate(-0.001, -0.01, 0.01), 60)
    BYTES = b"second graph in 8 bits"

    @pytest.fixture
    def both(self, tmp_path: Path) -> Path:
        camera, radar = MANIFEST.sensors
        manifest = replace(MANIFEST, sensors=(camera, replace(radar, quantized=self.INT8)))
        write_model(tmp_path / "both", manifest, {**GRAPHS, self.INT8.graph: self.BYTES}, REPORT)
        return tmp_path / "both"

    def test_it_comes_back_by_its_precision(self, both: Path) -> None:
        model = ModelFile.open(both)
        assert model.manifest.sensor("radar été").quantized == self.INT8
        assert model.graph("radar été", Precision.INT8) == self.BYTES
        assert model.graph("radar été", Precision.FP32) == model.graph("radar été") == GRAPHS["sensors/radar été.onnx"]

    @pytest.mark.parametrize(("sensor", "precision"), [("10 m camera", Precision.INT8), ("radar été", Precision.AUTO)])
    def test_what_is_not_there_is_not_given(self, both: Path, sensor: str, precision: Precision) -> None:
        with pytest.raises(ValueError, match="no graph"):
            ModelFile.open(both).graph(sensor, precision)

    def test_a_missing_or_changed_one_is_named(self, both: Path) -> None:
        entries = entries_of(both)
        for content in ({}, {self.INT8.graph: b"other"}):
            kept = {name: value for name, value in entries.items() if name != self.INT8.graph}
            rewrite(both, list({**kept, **content}.items()))
            with pytest.raises(ModelError, match=r"radar été\.int8\.onnx") as error:
                ModelFile.open(both)
            assert error.value.code is ErrorCode.MODEL_DAMAGED

    def test_one_the_manifest_does_not_name_is_refused(self, path: Path) -> None:
        rewrite(path, [*entries_of(path).items(), (self.INT8.graph, self.BYTES)])
        assert code_of(path) is ErrorCode.MODEL_DAMAGED

    def test_it_cannot_be_written_unless_named(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="do not match"):
            write_model(tmp_path / "x", MANIFEST, {**GRAPHS, self.INT8.graph: self.BYTES}, REPORT)

    def test_models_of_before_are_read(self, path: Path) -> None:
        sensors = json.loads(entries_of(path)["manifest.json"])["sensors"]
        for sensor in sensors:
            sensor.pop("quantized", None)
        with_manifest(path, sensors=sensors)
        assert [sensor.quantized for sensor in ModelFile.open(path).manifest.sensors] == [None, None]
