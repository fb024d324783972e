"""Predictions and evaluations that no job is made of: the sentence says why."""

import zipfile

from ..manifests import write_model


def test_sensor_the_model_lacks_is_refused_with_those_it_has(refusal, predict, evaluate):
    for name, parameters in (("predict", predict), ("evaluate", evaluate)):
        reason = refusal(name, {**parameters, "SENSOR": "lidar"})
        assert "optical, radar" in reason and "[model_other_sensor]" in reason


def test_files_that_are_no_model_are_refused(refusal, predict, tmp_path):
    text = tmp_path / "text.colearn"
    text.write_text("no model", encoding="utf-8")
    other = tmp_path / "other.colearn"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "no manifest")
    whole = (tmp_path / "m.colearn").read_bytes()
    cut = tmp_path / "cut.colearn"
    cut.write_bytes(whole[: len(whole) // 2])
    for path in (text, other, tmp_path / "gone.colearn", tmp_path):
        reason = refusal("predict", {**predict, "MODEL": str(path)})
        assert str(path) in reason and "[model_unreadable]" in reason
    assert "[model_damaged]" in refusal("predict", {**predict, "MODEL": str(cut)})


def test_newer_and_damaged_models_are_distinguished(refusal, predict, tmp_path):
    for text, code in (('{"colearn_model": 99}', "model_too_new"), ('{"colearn_model": 1}', "model_damaged")):
        path = tmp_path / f"{code}.colearn"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", text)
        assert f"[{code}]" in refusal("predict", {**predict, "MODEL": str(path)})


def test_manifest_of_impossible_size_is_not_read(refusal, predict, tmp_path, monkeypatch):
    monkeypatch.setattr("colearn.engine.contract.manifest.model_reader.MANIFEST_LIMIT_BYTES", 10)
    path = write_model(tmp_path / "huge.colearn")
    assert "[model_damaged]" in refusal("predict", {**predict, "MODEL": path})


def test_mask_must_be_polygons(refusal, predict, memory_labels):
    assert "Point" in refusal("predict", {**predict, "MASK": memory_labels("Point")})


def test_empty_mask_is_refused(refusal, predict, file_labels):
    layer = file_labels()
    layer.setSubsetString("fclass = 'nothing'")
    assert "[mask_empty]" in refusal("predict", {**predict, "MASK": layer})


def test_output_over_the_model_is_refused(refusal, predict):
    assert "[output_is_input]" in refusal("predict", {**predict, "OUTPUT_JOB": predict["MODEL"]})


def test_output_over_the_raster_is_refused(refusal, predict):
    assert "[output_is_input]" in refusal("predict", {**predict, "OUTPUT": predict["INPUT"][0].source()})


def test_output_of_a_format_the_engine_does_not_write_is_refused(refusal, predict, tmp_path):
    assert "OUTPUT" in refusal("predict", {**predict, "OUTPUT": str(tmp_path / "map.png")})


def test_polygons_of_a_format_the_engine_does_not_write_are_refused(refusal, predict, tmp_path):
    for name in ("areas.shp", "areas", "areas.kml"):
        reason = refusal("predict", {**predict, "OUTPUT_POLYGONS": str(tmp_path / name)})
        assert "OUTPUT_POLYGONS" in reason and ".gpkg" in reason and ".geojson" in reason
    assert "OUTPUT_POLYGONS" in refusal("predict", {**predict, "OUTPUT_POLYGONS": "postgres:dbname='x' table=\"y\""})


def test_damaged_input_is_named(refusal, predict):
    assert "/nowhere/gone.tif" in refusal("predict", {**predict, "INPUT": ["/nowhere/gone.tif"]})
