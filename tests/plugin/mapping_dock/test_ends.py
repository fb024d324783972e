"""What becomes of a map when something happens meanwhile."""

import zipfile
from pathlib import Path

import pytest
from colearn.plugin.mapping_dock.unsure import PROVIDER_ID
from qgis.core import QgsProject


def test_a_map_is_grouped_as_it_was_asked_for_whatever_is_chosen_meanwhile(dock, model, image, fake_engine, wait):
    fake_engine("succeed")
    dock.open_layers([image], model)
    dock.map_button.click()
    dock.session.choose_layers([])  # the person goes on to the next image
    wait(lambda: not dock.session.is_running())
    group = QgsProject.instance().layerTreeRoot().children()[0]
    assert group.name().startswith("modèle d'été · optical · 20")
    confidence, _map = (node.layer() for node in group.findLayers())
    assert confidence.customProperty("embeddedWidgets/0/id") == PROVIDER_ID


@pytest.mark.parametrize(("scenario", "message"), [("fail", "labels_empty"), ("crash", "engine_died")])
def test_a_failure_is_reported_in_the_dock(dock, model, image, fake_engine, wait, scenario, message):
    fake_engine(scenario)
    dock.open_layers([image], model)
    dock.map_button.click()
    wait(lambda: not dock.session.is_running())
    assert message in dock.message_text()
    assert dock.map_button.isEnabled()


def test_a_deleted_layer_is_no_longer_chosen(dock, model, image):
    dock.open_layers([image], model)
    QgsProject.instance().removeMapLayer(image.id())
    assert dock.session.form.rasters == ()
    assert not dock.map_button.isEnabled()


def test_layers_that_come_meanwhile_are_not_taken_for_the_map(dock, model, image, raster_layer, fake_engine, wait):
    fake_engine("succeed")
    dock.open_layers([image], model)
    dock.map_button.click()
    other = raster_layer("autre.tif")
    QgsProject.instance().addMapLayer(other)
    wait(lambda: not dock.session.is_running())
    root = QgsProject.instance().layerTreeRoot()
    group = next(node for node in root.children() if node.name().startswith("modèle d'été · optical"))
    assert other.id() not in group.findLayerIds()
    assert len(group.findLayerIds()) == 2  # the map, its confidence


def test_a_project_closed_meanwhile_gets_nothing_and_the_map_is_kept(
    dock, model, image, raster_layer, fake_engine, wait
):
    fake_engine("succeed")
    dock.open_layers([image], model)
    output = dock.session.form.output
    dock.map_button.click()
    QgsProject.instance().clear()
    other = raster_layer("autre.tif")
    QgsProject.instance().addMapLayer(other)
    wait(lambda: not dock.session.is_running())
    assert list(QgsProject.instance().mapLayers()) == [other.id()]
    assert [node.name() for node in QgsProject.instance().layerTreeRoot().children()] == [other.name()]
    assert Path(output).exists()
    assert output in dock.message_text()


def test_a_model_of_a_newer_version_is_reported_and_the_previous_one_stays(dock, model, image, tmp_path):
    dock.open_layers([image], model)
    newer = tmp_path / "plus récent.colearn"
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(newer, "w") as file:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = content.replace(b'"colearn_model": 1', b'"colearn_model": 99')
            file.writestr(name, content)
    dock.open_model(str(newer))
    assert "model_too_new" in dock.message_text()
    assert dock.session.form.model == model
    assert dock.map_button.isEnabled()
