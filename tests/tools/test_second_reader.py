"""What a model file says of itself, recomputed without the engine's code; and a lie in it is found."""

import importlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.method import Effort, Method, Optimize
from osgeo import gdal

from journeys import run_train, train_job

PARTS = {"train", "validation", "test", "excluded"}


@pytest.fixture(scope="module")
def second_reader():
    return importlib.import_module("second_reader")


@pytest.fixture(scope="module", params=list(Optimize), ids=lambda each: each.value)
def trained(request, world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("second reader")
    job = train_job(
        world, folder, output_samples=str(folder / "samples.gpkg"), optimize=request.param, epochs=1, max_samples=400
    )
    finished, _ = run_train(job)
    assert finished.outputs["OUTPUT_SAMPLES"] == str(folder / "samples.gpkg")
    return folder / "model.colearn", folder / "samples.gpkg"


def test_a_second_reader_agrees_with_everything(second_reader, trained):
    findings = second_reader.check(*trained)
    assert findings.wrong == 0, "\n".join(findings.lines)
    assert len(findings.lines) >= 17  # none of the checks was left out


def test_the_samples_tell_their_part_and_what_is_predicted_at_the_test_part_only(second_reader, trained):
    samples = second_reader.read_samples(trained[1])
    assert set(samples["part"]) <= PARTS
    tested = samples["part"] == "test"
    for sensor in ("camera", "radar"):
        covered = samples[f"{sensor} covers"] == 1
        logged = np.array([each is not None for each in samples[f"{sensor} class"]])
        assert (logged == (tested & covered)).all()
        right = samples[f"{sensor} class"][logged] == samples["class"][logged]
        assert (right == (samples[f"{sensor} correct"][logged] == 1)).all()


def test_forests_that_were_grown_again_are_right_at_least_as_often(second_reader, world, tmp_path):
    job = train_job(
        world, tmp_path, output_samples=str(tmp_path / "samples.gpkg"), method=Method.AUTO, effort=Effort.QUICK
    )
    run_train(job)
    trained = tmp_path / "model.colearn", tmp_path / "samples.gpkg"
    findings = second_reader.check(*trained)
    assert findings.wrong == 0, "\n".join(findings.lines)
    assert sum("learned again from all labels" in line for line in findings.lines) == 2
    names = sorted({row["class"] for row in features(trained[1])})
    other = dict(zip(names, [*names[1:], names[0]], strict=True))
    lie = lambda row: {"class": other[row["class"]], "radar class": other[row["class"]]}  # noqa: E731
    (tmp_path / "lied").mkdir()
    wrong = wrong_lines(second_reader.check(*changed(trained, tmp_path / "lied", lie)))
    assert any("radar: learned again" in line for line in wrong)


def features(path):
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    return [feature.items() for feature in dataset.GetLayer(0)]


def changed(trained, tmp_path, lie):
    """The model with a copy of its samples in which every feature that it changes is false."""
    model, samples = trained
    copy = Path(shutil.copy(samples, tmp_path / "samples.gpkg"))
    dataset = gdal.OpenEx(str(copy), gdal.OF_VECTOR | gdal.OF_UPDATE)
    layer = dataset.GetLayer(0)
    for feature in list(layer):
        for name, value in lie(feature.items()).items():
            feature.SetField(name, value)
        layer.SetFeature(feature)
    del layer, dataset
    return model, copy


def test_a_part_that_was_not_so_is_found(second_reader, trained, tmp_path):
    lied = []

    def lie(row):
        if row["part"] != "test" or len(lied) == 3:
            return {}
        lied.append(row)
        return {"part": "train"}

    wrong = wrong_lines(second_reader.check(*changed(trained, tmp_path, lie)))
    assert any("groups in two parts" in line for line in wrong)
    assert any("patches that hold a labelled pixel of another part" in line for line in wrong)


def test_a_probability_that_was_not_so_is_found(second_reader, trained, tmp_path):
    lie = lambda row: {"camera probability": 0.123} if row["part"] == "test" else {}  # noqa: E731
    wrong = wrong_lines(second_reader.check(*changed(trained, tmp_path, lie)))
    assert any("camera: another probability" in line for line in wrong)
    assert any("camera: calibration error" in line for line in wrong)


def test_labels_that_were_not_so_are_found(second_reader, trained, tmp_path):
    wrong = wrong_lines(second_reader.check(*changed(trained, tmp_path, lambda row: {"class": "crop"})))
    assert any("radar: accuracy" in line for line in wrong)


def wrong_lines(findings):
    return [line for line in findings.lines if line.startswith("DISAGREES")]
