"""Regressions in 16 bits: what is stored and what is logged."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob
from colearn.engine.contract.job.map_choices import ValueType
from colearn.engine.contract.manifest.label_classes import Target
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.contract.wire.number_words import thousands
from colearn.engine.mapping.layers import layers_of
from colearn.engine.mapping.options import options_of
from colearn.engine.mapping.packing import packing_of
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.output.geotiff import RasterWriter

from journeys import predict_job, read, run_predict
from refusals import refused, says
from written_maps import bytes_of, opened


class TestSixteenBits:
    def test_values_are_kept_to_half_a_step(self, measured) -> None:
        plain, _ = measured("plain")
        small, sink = measured("small", value_type=ValueType.INT16)
        exact, stored = read(plain / "m.tif"), read(small / "m.tif")
        assert stored.dtype == np.int16
        dataset = opened(small / "m.tif")
        band = dataset.GetRasterBand(1)
        scale, offset = band.GetScale(), band.GetOffset()
        valid = exact != -9999
        assert np.abs(stored[valid] * scale + offset - exact[valid]).max() <= scale / 2 * 1.001
        assert np.array_equal(stored == -32768, ~valid)
        assert band.GetNoDataValue() == -32768
        assert band.GetDescription() == "biomass"
        assert "outside the 16-bit range" not in sink.texts()

    def test_scale_offset_and_unit_are_each_targets_own(self, small_series_model) -> None:
        targets = (Target("height", 10, 5, 2, 34, "m"), Target("carbon", 1, 1, -0.5, 0.5), Target("flat", 7, 0, 7, 7))
        manifest = replace(ModelFile.open(str(small_series_model)).manifest, targets=targets)
        job = PredictJob("m", ("r",), "o.tif", value_type=ValueType.INT16)
        (layer,) = layers_of(job, manifest, options_of(job, manifest))
        assert layer.units == ("m", "", "")
        assert layer.packing.ranges() == (
            (pytest.approx(-30), pytest.approx(66)),
            (pytest.approx(-1.5), pytest.approx(1.5)),
            (pytest.approx(-3.5), pytest.approx(17.5)),
        )
        assert (layer.stored_dtype, layer.stored_nodata) == ("int16", -32768)

    def test_units_are_declared(self, large, tmp_path) -> None:
        grid = Grid("EPSG:32633", (0, 10, 0, 0, 0, -10), 2, 2)
        path = tmp_path / "m.tif"
        RasterWriter.create(path, grid, bands=2, dtype="int16", nodata=-1, units=("t/ha", "")).close()
        dataset = opened(path)
        assert [dataset.GetRasterBand(number).GetUnitType() for number in (1, 2)] == ["t/ha", ""]

    def test_values_beyond_are_clipped_and_counted(self) -> None:
        packing = packing_of((Target("height", 10, 5, 0, 10),), -9999.0)
        values = np.array([[[-10.1, -10.0, 20.0, 1e30, -9999.0, np.nan]]], np.float32)
        stored, clipped = packing.pack(values)
        assert stored.tolist() == [[[-32767, -32767, 32767, 32767, -32768, -32768]]]
        assert clipped == 2

    def test_parts_change_no_byte(self, measured) -> None:
        wishes = {"value_type": ValueType.INT16, "statistics": True}
        assert bytes_of(measured("a", **wishes)[0]) == bytes_of(measured("b", **wishes, keep_parts=True)[0])

    def test_clipping_is_reported(self, measured, monkeypatch) -> None:
        narrow = lambda targets, nodata: packing_of(  # noqa: E731
            tuple(replace(each, minimum=each.mean, maximum=each.mean + 1e-4) for each in targets), nodata
        )
        monkeypatch.setattr("colearn.engine.mapping.layers.packing_of", narrow)
        folder, sink = measured(value_type=ValueType.INT16)
        stored = read(folder / "m.tif")
        clipped = int((np.abs(stored.astype(int)) == 32767).sum())
        assert clipped > 0
        (warning,) = [text for text in sink.texts(Level.WARNING).splitlines() if "16-bit range (biomass " in text]
        assert f"were clipped: {thousands(clipped)}." in warning

    def test_statistics_are_those_of_the_stored_values(self, measured) -> None:
        folder, _ = measured(value_type=ValueType.INT16, statistics=True, cog=True)
        stored = read(folder / "m.tif")
        dataset = opened(folder / "m.tif")
        found = dataset.GetRasterBand(1).GetMetadata()
        assert float(found["STATISTICS_MEAN"]) == pytest.approx(stored[stored != -32768].mean())

    def test_classes_have_codes_not_values(self, small_model, world, tmp_path) -> None:
        (tmp_path / "out").mkdir()
        job = predict_job(small_model, world.camera, tmp_path / "out" / "m.tif", value_type=ValueType.INT16)
        says(refused(run_predict, job, ErrorCode.JOB_INVALID, tmp_path / "out"), "VALUE_TYPE", "regression")
