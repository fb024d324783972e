"""A map says which model made it, from which sensor; an evaluation sees to it that both are the ones it scores."""

from dataclasses import replace

import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.evaluation.map_origin import require_map_of
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.output.origin_metadata import MapOrigin, origin_of
from osgeo import gdal

from journeys import Listening, polygon_labels, predict_job, run_evaluate, run_predict, source


@pytest.fixture(scope="module")
def made(world, small_model, tmp_path_factory):
    """Maps from the camera, in every form that is written."""
    folder = tmp_path_factory.mktemp("maps")
    plain, cog = folder / "plain.tif", folder / "cog.tif"
    finished, _ = run_predict(
        predict_job(small_model, world.camera, plain, output_confidence=str(folder / "confidence.tif"))
    )
    assert finished.sensor == "camera"
    run_predict(predict_job(small_model, world.camera, cog, cog=True))
    return plain, folder / "confidence.tif", cog


def test_every_raster_carries_the_model_and_the_sensor(made, small_model) -> None:
    manifest = ModelFile.open(str(small_model)).manifest
    plain, confidence, cog = (origin_of(source(path)) for path in made)
    assert plain == cog == MapOrigin(manifest.identity, "camera")
    assert confidence == MapOrigin(manifest.identity, "camera", shows_classes=False)


def test_confidence_is_no_map_of_classes(made, small_model) -> None:
    """Noticed from the header, not when all its pixels have been read."""
    manifest = ModelFile.open(str(small_model)).manifest
    with pytest.raises(CoLearnError, match="confidence or probability raster") as caught:
        require_map_of(source(made[1]), manifest, manifest.sensor("camera"), Reporter(Listening()))
    assert caught.value.code is ErrorCode.MAP_UNSUITABLE


def test_another_training_is_another_model_and_a_copy_is_the_same(small_model) -> None:
    manifest = ModelFile.open(str(small_model)).manifest
    assert replace(manifest).identity == manifest.identity
    assert replace(manifest, created="2031-01-01T00:00:00").identity != manifest.identity
    assert replace(manifest, digests={**manifest.digests, "sensors/1.onnx": "00"}).identity != manifest.identity


def messages_of(path, manifest, sensor):
    sink = Listening()
    require_map_of(source(path), manifest, manifest.sensor(sensor), Reporter(sink))
    return sink


def test_the_models_own_map_is_taken_without_a_word(made, small_model) -> None:
    manifest = ModelFile.open(str(small_model)).manifest
    assert messages_of(made[0], manifest, "camera").texts() == ""
    assert "from camera, but radar is being evaluated" in messages_of(made[0], manifest, "radar").texts(Level.WARNING)


def test_a_map_of_unknown_origin_is_accepted_and_reported_as_such(world, small_model) -> None:
    manifest = ModelFile.open(str(small_model)).manifest
    assert "does not record which model" in messages_of(world.label_raster, manifest, "camera").texts(Level.INFO)


def test_an_evaluation_refuses_another_models_map(made, world, small_model, tmp_path) -> None:
    """A map on disk whose model was trained anew since: its numbers would stand beside the wrong scores."""
    other = tmp_path / "other.tif"
    gdal.Translate(str(other), str(made[0]), metadataOptions=["COLEARN_MODEL=" + "0" * 64])
    job = EvaluateJob(str(small_model), (source(world.camera),), polygon_labels(world), sensor="camera")
    finished, _ = run_evaluate(replace(job, map=source(made[0])))
    assert (finished.sensor, "AREA_ACCURACY" in finished.numbers) == ("camera", True)
    with pytest.raises(CoLearnError) as caught:
        run_evaluate(replace(job, map=source(other)))
    assert caught.value.code is ErrorCode.MAP_UNSUITABLE
