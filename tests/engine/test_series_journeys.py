"""A series and measurements: trained, mapped, evaluated."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.job.sources import SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import CoLearnError
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal

from journeys import (
    predict_job,
    read,
    run_evaluate,
    run_predict,
    run_train,
    source,
    train_job,
)
from world import DATES, write_raster

SERIES_BANDS = tuple(f"{band}_{date}" for date in DATES for band in ("red", "nir"))


@pytest.fixture(scope="module")
def series_model(world, tmp_path_factory):
    """The camera and the series, trained on points for biomass."""
    folder = tmp_path_factory.mktemp("series")
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    labels = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("biomass",))
    finished, sink = run_train(train_job(world, folder, sensors=sensors, labels=labels, epochs=8))
    return finished, sink, folder / "model.colearn"


@pytest.mark.parametrize("rich", [False, True])
def test_forests_of_any_features_map_a_part_as_they_map_the_whole(world, tmp_path, monkeypatch, rich: bool) -> None:
    """Whichever features were chosen, and although a date is missing everywhere: the same bytes in a cut-out raster."""
    led = {"series": (0.9, 0.8)} if rich else {}
    monkeypatch.setattr("colearn.engine.experiment.methods.rich_features", lambda *_: led)
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    changes = {"method": Method.AUTO, "effort": Effort.QUICK, "max_samples": 150, "context_m": 0.0}
    _, sink = run_train(train_job(world, tmp_path, sensors=sensors, **changes))
    assert ("So the forests of series use these features" in sink.texts()) == rich
    cut = write_raster(tmp_path / "cut.tif", read(world.series)[:, 37:60, 5:48], nodata=-9999, names=SERIES_BANDS)
    maps = []
    for raster in (world.series, cut):
        outputs = [tmp_path / f"{kind} of {raster.stem}.tif" for kind in ("map", "probabilities")]
        model = tmp_path / "model.colearn"
        run_predict(predict_job(model, raster, outputs[0], output_probabilities=str(outputs[1])))
        maps.append([read(path) for path in outputs])
    for whole, part in zip(*maps, strict=True):
        np.testing.assert_array_equal(whole[:, 37:60, 5:48], part)
    codes, probabilities = maps[0]
    assert len(np.unique(codes)) == 3
    assert np.isfinite(probabilities).all()


class TestSeriesAndRegression:
    def test_the_series_keeps_its_dates(self, series_model) -> None:
        series = ModelFile.open(str(series_model[2])).manifest.sensor("series")
        assert series.kind is SensorKind.SERIES
        assert series.dates == ("2021-03", "2021-04", "2021-05", "2021-06", "2021-07", "2021-08")
        assert series.band_names() == ("red", "nir")
        assert "time series use the pixel of the sample only" in series_model[1].texts()

    def test_values_are_mapped_in_the_labels_unit(self, series_model, world, tmp_path) -> None:
        run_predict(predict_job(series_model[2], world.series, tmp_path / "map.tif"))
        values = read(tmp_path / "map.tif")[0]
        assert values.dtype == np.float32
        dataset = gdal.Open(str(tmp_path / "map.tif"))
        assert dataset.GetRasterBand(1).GetNoDataValue() == -9999
        truth = 12.5 + 40.25 * world.truth
        assert np.corrcoef(values.ravel(), truth.ravel())[0, 1] > 0.6

    def test_a_regression_model_has_no_probabilities(self, series_model, world, tmp_path) -> None:
        job = predict_job(
            series_model[2], world.series, tmp_path / "m.tif", output_probabilities=str(tmp_path / "p.tif")
        )
        with pytest.raises(CoLearnError, match="regression"):
            run_predict(job)
        assert list(tmp_path.iterdir()) == []

    def test_evaluation_gives_the_scores_of_regression(self, series_model, world) -> None:
        labels = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("biomass",))
        finished, _ = run_evaluate(EvaluateJob(str(series_model[2]), (source(world.series),), labels))
        numbers = finished.numbers
        assert list(numbers) == ["R2", "RMSE", "MAE", "BIAS", "SCATTER", "N"]
        assert numbers["RMSE"] ** 2 == pytest.approx(numbers["BIAS"] ** 2 + numbers["SCATTER"] ** 2, rel=1e-5)
