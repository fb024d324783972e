"""Maps and scores from a series on other dates than the model was trained on."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.wire.events import Level

from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, source
from world import DATES, write_raster

NODATA = -9999


@pytest.fixture(scope="module")
def months(world):
    """The small series as (month, band, row, col); its fifth month is nodata."""
    return read(world.series).reshape(6, 2, 120, 120)


def stack(path, values, dates):
    """Write (date, band, row, col) with a name for every band."""
    names = tuple(f"{band}_{iso}" for iso in dates for band in ("red", "nir"))
    return write_raster(path, values.reshape(-1, *values.shape[2:]), nodata=NODATA, names=names)


@pytest.fixture(scope="module")
def map_as_trained(world, small_series_model, tmp_path_factory):
    path = tmp_path_factory.mktemp("as trained") / "map.tif"
    run_predict(predict_job(small_series_model, world.series, path))
    return read(path)


def test_a_longer_series_is_mapped_at_the_trained_months(months, small_series_model, map_as_trained, tmp_path):
    """With a month before and one after; July, missing in training too, lies between a June and an August."""
    values = np.concatenate([months[:1], months, months[-1:]])
    raster = stack(tmp_path / "s.tif", values, ("2022-02", *(f"2022{iso[4:]}" for iso in DATES), "2022-09"))
    _, sink = run_predict(predict_job(small_series_model, raster, tmp_path / "map.tif"))
    assert "1 year later" in sink.texts(Level.WARNING)
    assert "2021-03 from 2022-03, " in sink.texts(Level.WARNING)
    bridged = months.astype(np.float32)
    bridged[4] = (bridged[3] * 31 + bridged[5] * 30) / 61  # 15 June, 15 July, 15 August
    by_hand = write_raster(
        tmp_path / "by hand.tif",
        bridged.reshape(12, 120, 120),
        names=tuple(f"{band}_{iso}" for iso in DATES for band in ("red", "nir")),
    )
    run_predict(predict_job(small_series_model, by_hand, tmp_path / "hand.tif"))
    np.testing.assert_allclose(read(tmp_path / "map.tif"), read(tmp_path / "hand.tif"), rtol=1e-4)
    assert not np.allclose(read(tmp_path / "map.tif"), map_as_trained, rtol=1e-4)


@pytest.mark.parametrize(("block_px", "threads"), [(17, 2), (64, 1)])
def test_neither_blocks_nor_threads_change_a_bit(months, small_series_model, tmp_path, block_px, threads):
    random = np.random.default_rng(0)
    dates = [f"2021-{month:02d}-{day:02d}" for month in range(3, 9) for day in (4, 14, 26)]
    values = np.repeat(months, 3, axis=0)
    values[random.random(values.shape) < 0.3] = NODATA
    raster = stack(tmp_path / "s.tif", values, dates)
    for name, plan in (("whole.tif", {}), ("cut.tif", {"block_px": block_px, "threads": threads})):
        run_predict(predict_job(small_series_model, raster, tmp_path / name, **plan))
    np.testing.assert_array_equal(read(tmp_path / "whole.tif"), read(tmp_path / "cut.tif"))


def test_dates_as_trained_change_nothing(months, small_series_model, map_as_trained, tmp_path):
    raster = stack(tmp_path / "s.tif", months, tuple(f"2019{iso[4:]}" for iso in DATES))
    _, sink = run_predict(predict_job(small_series_model, raster, tmp_path / "map.tif"))
    assert "interpolated" not in sink.texts()
    np.testing.assert_array_equal(read(tmp_path / "map.tif"), map_as_trained)


def test_a_file_for_every_date(months, small_series_model, map_as_trained, tmp_path):
    files = [
        write_raster(tmp_path / f"S2 été {iso}.tif", months[at], nodata=NODATA, names=("red", "nir"))
        for at, iso in enumerate(DATES)
    ]
    job = predict_job(small_series_model, files[0], tmp_path / "map.tif", input=tuple(map(source, files[::-1])))
    run_predict(job)
    np.testing.assert_array_equal(read(tmp_path / "map.tif"), map_as_trained)


def test_what_is_nodata_on_all_dates_is_nodata_in_the_map_and_nothing_else(months, small_series_model, tmp_path):
    values = np.concatenate([months, months[-1:]])
    values[:, 0, :5, :7] = NODATA  # one band is enough
    values[:3, :, 20:25, 20:25] = NODATA  # the rest of the season is there
    raster = stack(tmp_path / "s.tif", values, (*DATES, "2021-09"))
    run_predict(predict_job(small_series_model, raster, tmp_path / "map.tif"))
    hidden = read(tmp_path / "map.tif")[0] == NODATA
    assert hidden[:5, :7].all()
    assert hidden.sum() == 35


def test_evaluation_interpolates_as_well(world, months, small_series_model, tmp_path):
    def scores(raster):
        finished, sink = run_evaluate(
            EvaluateJob(str(small_series_model), (source(raster),), polygon_labels(world, "biomass"), sensor="series")
        )
        return finished.numbers, sink.texts(Level.WARNING)

    whole = months.copy()
    whole[4] = months[5]
    as_trained, _ = scores(stack(tmp_path / "as trained.tif", whole, DATES))
    longer = np.concatenate([whole, whole[-1:]])
    found, logged = scores(stack(tmp_path / "longer.tif", longer, (*DATES, "2021-09")))
    assert "Each training date is interpolated" in logged
    assert found == as_trained
