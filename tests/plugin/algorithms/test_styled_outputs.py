"""Maps and polygons open in the names and colours of the model's classes."""

from pathlib import Path

import processing
from colearn.plugin.styles import raster_styling
from qgis.core import (
    QgsFillSymbol,
    QgsPalettedRasterRenderer,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)


def test_map_opens_with_the_classes_names_and_colours(run, predict, fake_engine):
    fake_engine()
    run("predict", predict)
    layer = QgsRasterLayer(predict["OUTPUT"])  # as anyone opens it later: the .qml beside it counts
    entries = [(entry.value, entry.label, entry.color.name()) for entry in layer.renderer().classes()]
    assert entries == [(1, "forest", "#008000"), (7, "water", "#0000ff")]


def test_layer_loaded_into_the_project_is_styled_even_by_another_default(run, predict, context, log, fake_engine):
    fake_engine()
    destination = QgsProcessingOutputLayerDefinition(predict["OUTPUT"], QgsProject.instance())
    run("predict", {**predict, "OUTPUT": destination})
    details = context.layerToLoadOnCompletionDetails(predict["OUTPUT"])
    Path(predict["OUTPUT"]).with_suffix(".qml").unlink()
    layer = QgsRasterLayer(predict["OUTPUT"])
    assert not isinstance(layer.renderer(), QgsPalettedRasterRenderer)
    details.postProcessor().postProcessLayer(layer, context, log)
    assert [entry.label for entry in layer.renderer().classes()] == ["forest", "water"]


def test_styles_that_have_been_applied_are_not_kept_for_ever(predict, context, log, algorithm, fake_engine, tmp_path):
    fake_engine()
    raster_styling._retained.clear()
    for name in ("one", "two", "three"):
        path = str(tmp_path / f"{name}.tif")
        destination = QgsProcessingOutputLayerDefinition(path, QgsProject.instance())
        processing.run("colearn:predict", {**predict, "OUTPUT": destination}, feedback=log, context=context)
        if name == "three":
            break
        details = context.layerToLoadOnCompletionDetails(path)
        details.postProcessor().postProcessLayer(QgsRasterLayer(path), context, log)
        assert len(raster_styling._retained) == 1  # QGIS may still be in it
    assert len(raster_styling._retained) == 1


def test_polygons_open_with_the_classes_names_and_colours(run, predict, context, log, fake_engine, tmp_path):
    fake_engine()
    path = str(tmp_path / "map.gpkg")  # the map's own style has the name that QGIS would look for beside it
    destination = QgsProcessingOutputLayerDefinition(path, QgsProject.instance())
    run("predict", {**predict, "OUTPUT_POLYGONS": destination, "MINIMUM_CONFIDENCE": 0.5})
    labels = ["forest", "water", "unsure"]
    layer = QgsVectorLayer(path)
    assert [each.label() for each in layer.renderer().categories()] == labels
    raster = QgsRasterLayer(predict["OUTPUT"])
    assert [each.label for each in raster.renderer().classes()] == labels
    layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol()))
    context.layerToLoadOnCompletionDetails(path).postProcessor().postProcessLayer(layer, context, log)
    assert [each.label() for each in layer.renderer().categories()] == labels
    assert log.warnings == ["the log says so"]
