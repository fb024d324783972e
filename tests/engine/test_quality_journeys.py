"""Maps by the average and by its fast copy: what each run takes, says and keeps; neither gets the other's parts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract import CoLearnError, Device, ErrorCode, EvaluateJob, Level, Method, Precision, Quality
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.parts.plan.plan import plan_parts
from colearn.engine.parts.plan.run_identity import identity_of_run
from colearn.engine.process.reporting import Reporter
from colearn.engine.trees.forest import ForestSize

from journeys import (
    Listening,
    polygon_labels,
    predict_job,
    read,
    run_evaluate,
    run_predict,
    run_train,
    source,
    train_job,
)


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory) -> tuple[Path, Listening, str]:
    folder = tmp_path_factory.mktemp("average and copy")
    job = train_job(world, folder, method=Method.AUTO, max_samples=250, epochs=3, unlabelled_samples=60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
        _, sink = run_train(job, report=True)
    return folder / "model.colearn", sink, (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def mapped(trained, world, tmp_path):
    """Map the camera's raster; its classes, its probabilities, and the log."""

    def run(**changes) -> tuple[np.ndarray, np.ndarray, Listening]:
        probabilities = tmp_path / "probabilities.tif"
        job = predict_job(trained[0], world.camera, tmp_path / "map.tif", output_probabilities=str(probabilities))
        _, sink = run_predict(replace(job, **{"device": Device.CPU, "precision": Precision.FP32, **changes}))
        return read(tmp_path / "map.tif")[0], read(probabilities), sink

    return run


def test_the_model_holds_both_and_what_the_copy_costs(trained) -> None:
    model = ModelFile.open(trained[0])
    for sensor in model.manifest.sensors:
        fast = sensor.fast
        assert fast.part == "validation"
        assert 0 < fast.agreement <= 1
        assert fast.tested.samples > 20
        assert fast.tested.score.value == pytest.approx(
            sensor.score.of_shipped.value + fast.tested.change.value, abs=1e-3
        )
        graphs = [
            model.graph(sensor.name, *given)
            for given in (
                (Precision.FP32, Quality.BEST),
                (Precision.FP32, Quality.FAST),
                (Precision.INT8, Quality.FAST),
            )
        ]
        assert [b"TreeEnsemble" in graph for graph in graphs] == [True, False, False]
        with pytest.raises(ValueError, match="no graph"):
            model.graph(sensor.name, Precision.INT8, Quality.BEST)


def test_log_and_report_mention_it(trained) -> None:
    _, sink, report = trained
    for name in ("camera", "radar"):
        assert f"{name}: the model file contains a fast copy (a single network)" in sink.texts(Level.INFO)
        assert f"{name}: the model file also contains an int8 graph, of the fast copy" in sink.texts(Level.INFO)
    assert "The fast copy" in report


@pytest.mark.parametrize("quality", [Quality.BEST, Quality.FAST])
def test_a_map_is_of_the_quality_asked_for_whatever_its_blocks(mapped, trained, quality: Quality) -> None:
    whole, probabilities, sink = mapped(quality=quality)
    assert "as requested" in sink.texts()
    cut = mapped(quality=quality, block_px=13, threads=2)
    np.testing.assert_array_equal(cut[0], whole)
    np.testing.assert_array_equal(cut[1], probabilities)
    other = mapped(quality=Quality.FAST if quality is Quality.BEST else Quality.BEST)
    np.testing.assert_array_equal(other[0] == 255, whole == 255)
    assert (other[1] != probabilities).any()


def test_auto_follows_the_models_own_test(mapped, trained) -> None:
    costs_nothing = ModelFile.open(trained[0]).manifest.sensor("camera").fast.costs_nothing
    expected = mapped(quality=Quality.FAST if costs_nothing else Quality.BEST)
    found = mapped(quality=Quality.AUTO)
    np.testing.assert_array_equal(found[1], expected[1])


def test_int8_of_the_average_is_refused(mapped) -> None:
    with pytest.raises(CoLearnError, match="QUALITY=fast") as refusal:
        mapped(quality=Quality.BEST, precision=Precision.INT8)
    assert refusal.value.code is ErrorCode.PRECISION_MISSING


def test_parts_of_one_quality_are_none_of_the_other(trained, world, tmp_path) -> None:
    from colearn.engine.mapping.mapper import set_up

    job = predict_job(trained[0], world.camera, tmp_path / "map.tif", device=Device.CPU, precision=Precision.FP32)
    identities = []
    for quality in (Quality.BEST, Quality.FAST):
        mapper = set_up(replace(job, quality=quality), Reporter(Listening()))
        identities.append(identity_of_run(mapper, plan_parts(mapper.blocks, 1024, strips=False)))
    best, fast = identities
    assert best.run_id != fast.run_id
    assert best.differences(fast) == "another quality"
    assert best.is_resolved_otherwise(fast)


def test_the_copy_can_be_evaluated(trained, world) -> None:
    job = EvaluateJob(str(trained[0]), (source(world.camera),), polygon_labels(world), sensor="camera")
    numbers = {
        quality: run_evaluate(replace(job, quality=quality))[0].numbers["BALANCED_ACCURACY"]
        for quality in (Quality.BEST, Quality.FAST)
    }
    assert 0 < numbers[Quality.FAST] <= 1
    assert numbers[Quality.FAST] == pytest.approx(numbers[Quality.BEST], abs=0.5)
