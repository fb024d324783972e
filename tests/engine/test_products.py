"""Products as delivered, from training to map: what is trained on a folder maps from a zip of another baseline."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile

from delivered import NEW_OFFSETS, make_safe, zipped
from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, run_train, source, train_job
from refusals import refused, says

BANDS = ("B02", "B03", "B04", "B08")


@pytest.fixture(scope="module")
def safes(world, tmp_path_factory):
    """The camera as a SAFE of an old baseline, and as a zip of a new one a year later; a cloud in both."""
    folder = tmp_path_factory.mktemp("safes")
    camera = read(world.camera)
    scl = np.full((60, 60), 4)
    scl[10:20, 30:50] = 9
    old = make_safe(folder, dict(zip(BANDS, camera)), scl)
    raised = np.where(camera > 0, camera + 1000, 0).astype(np.uint16)
    options = {"baseline": "05.00", "offsets": NEW_OFFSETS, "date": "20210601"}
    new = make_safe(folder, dict(zip(BANDS, raised)), scl, **options)
    return old, zipped(new, folder / "new.SAFE.zip")


@pytest.fixture(scope="module")
def model(world, safes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    sensors = (SensorSpec("camera", (RasterSource(str(safes[0])),)), SensorSpec("radar", (source(world.radar),)))
    run_train(train_job(world, folder, sensors=sensors, epochs=1, max_samples=300))
    return folder / "model.colearn"


def test_trained_on_a_folder_mapped_from_a_zip_of_a_newer_baseline(safes, model, tmp_path) -> None:
    """Both baselines hold the same reflectance, so the maps agree in every byte; the cloud is nodata in both."""
    camera = ModelFile.open(str(model)).manifest.sensors[0]
    assert camera.band_names() == BANDS
    assert camera.mask == "SCL values 0,1,3,8-10"
    assert camera.bands[0].scale == pytest.approx(0.0001)
    for name, safe in zip(("old", "new"), safes):
        job = predict_job(model, safe, tmp_path / f"{name}.tif", block_px=64 if name == "new" else 256)
        _, sink = run_predict(job)
        assert "reflectance × 10\u202f000" in sink.texts(Level.INFO)
        assert "Quality mask: SCL" in sink.texts(Level.INFO)
        assert "strange" not in sink.texts(Level.WARNING)
    old, new = (read(tmp_path / f"{name}.tif")[0] for name in ("old", "new"))
    np.testing.assert_array_equal(old, new)
    assert (old[20:40, 60:100] == 255).all()
    assert (old != 255).sum() == 120 * 120 - 20 * 40 - 7 * 9  # the cloud, the camera's corner of nodata


def test_scores_from_a_product(world, safes, model) -> None:
    found, _ = run_evaluate(EvaluateJob(str(model), (RasterSource(str(safes[1])),), polygon_labels(world)))
    assert found.numbers["N"] > 50


def test_parts_of_a_map_from_a_product_go_on(safes, model, tmp_path) -> None:
    job = predict_job(model, safes[1], tmp_path / "map.tif", keep_parts=True, block_px=64)
    run_predict(job)
    assert (read(tmp_path / "map.tif")[0] != 255).any()


def test_an_incomplete_product_is_refused(world, safes, tmp_path) -> None:
    safe = make_safe(tmp_path / "in", dict(zip(BANDS, read(world.camera))), None)
    (safe / "MTD_MSIL2A.xml").write_text("<nothing/>")
    sensors = (SensorSpec("camera", (RasterSource(str(safe)),)), SensorSpec("radar", (source(world.radar),)))
    (tmp_path / "out").mkdir()
    job = train_job(world, tmp_path / "out", sensors=sensors)
    error = refused(run_train, job, ErrorCode.PRODUCT_UNUSABLE, tmp_path / "out")
    says(error, "quantification value", "MTD_MSIL2A.xml", "Download")
