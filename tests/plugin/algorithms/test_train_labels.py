"""Labels of a training: layers, selections, filters and edits; colours and names of classes."""

import os
from pathlib import Path

import pytest
from colearn.engine.contract.job.sources import ClassColor, RasterLabels, VectorLabels
from osgeo import ogr
from qgis.core import (
    NULL,
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPalettedRasterRenderer,
    QgsPointXY,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType, QVariant
from qgis.PyQt.QtGui import QColor

# QGIS 3.38 took over Qt 6's numbers of types, and warns of the old ones.
TEXT = QMetaType.Type.QString if Qgis.QGIS_VERSION_INT >= 33800 else QVariant.Type.String


def features_of(source):
    """What the exported or original file holds, read as the engine reads it: with OGR."""
    dataset = ogr.Open(source.path)
    layer = dataset.GetLayerByName(source.layer) if source.layer else dataset.GetLayer(0)
    definition = layer.GetLayerDefn()
    names = [definition.GetFieldDefn(place).GetName() for place in range(definition.GetFieldCount())]
    return [{name: feature.GetField(name) for name in names} for feature in layer]


def test_memory_layer_is_exported_with_the_fields_needed(build_job, parameters):
    labels = build_job("train", parameters).labels
    assert labels.fields == ("fclass",)
    assert labels.source.name == "what grows"
    assert features_of(labels.source) == [{"fclass": "forest"}, {"fclass": "meadow"}, {"fclass": "forest"}]


def test_layer_in_a_file_is_not_copied(build_job, parameters, file_labels, tmp_path):
    labels = build_job("train", {**parameters, "LABELS": file_labels(), "GROUP_FIELD": "site"}).labels
    assert (labels.source.path, labels.source.layer) == (str(tmp_path / "labels.gpkg"), "training")
    assert labels.source.name == "from file"


def test_layer_given_as_text_with_layername(build_job, parameters, file_labels, tmp_path):
    file_labels()
    labels = build_job("train", {**parameters, "LABELS": f"{tmp_path}/labels.gpkg|layername=other"}).labels
    assert (labels.source.path, labels.source.layer) == (str(tmp_path / "labels.gpkg"), "other")


def test_filter_counts(build_job, parameters, file_labels):
    layer = file_labels()
    assert layer.setSubsetString("fclass = 'meadow'")
    labels = build_job("train", {**parameters, "LABELS": layer}).labels
    assert features_of(labels.source) == [{"fclass": "meadow"}]


def test_filter_in_the_source_text_counts(build_job, parameters, file_labels, tmp_path):
    file_labels()
    text = f"{tmp_path}/labels.gpkg|layername=training|subset=\"fclass\" = 'meadow'"
    labels = build_job("train", {**parameters, "LABELS": text}).labels
    assert features_of(labels.source) == [{"fclass": "meadow"}]


def test_selection_counts_when_asked_for(build_job, parameters, file_labels):
    layer = file_labels()
    layer.selectByExpression("level = 2")
    only_selected = QgsProcessingFeatureSourceDefinition(layer.id(), True)
    labels = build_job("train", {**parameters, "LABELS": only_selected, "LABEL_FIELD": ["level"]}).labels
    assert features_of(labels.source) == [{"level": 2}]
    whole = build_job("train", {**parameters, "LABELS": layer}).labels
    assert len(features_of(whole.source)) == 3


def test_edits_not_yet_saved_count(build_job, parameters, file_labels):
    layer = file_labels()
    layer.startEditing()
    first = next(layer.getFeatures())
    layer.changeAttributeValue(first.id(), layer.fields().indexOf("fclass"), "orchard")
    labels = build_job("train", {**parameters, "LABELS": layer}).labels
    layer.rollBack()
    assert [feature["fclass"] for feature in features_of(labels.source)] == ["orchard", "meadow", "forest"]


def test_virtual_field_is_exported(build_job, parameters, file_labels, tmp_path):
    layer = file_labels()
    layer.addExpressionField("upper(fclass)", QgsField("loud", TEXT))
    labels = build_job("train", {**parameters, "LABELS": layer, "LABEL_FIELD": ["loud"]}).labels
    assert [feature["loud"] for feature in features_of(labels.source)] == ["FOREST", "MEADOW", "FOREST"]


def test_field_named_fid_with_repeated_values_survives_the_export(build_job, parameters):
    layer = QgsVectorLayer("Point?crs=EPSG:4326&field=fid:int", "points", "memory")
    for value in (4, 4, 5):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(15, 52)))
        feature.setAttributes([value])
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    labels = build_job("train", {**parameters, "LABELS": layer, "LABEL_FIELD": "fid"}).labels
    assert features_of(labels.source) == [{"fid": 4}, {"fid": 4}, {"fid": 5}]


def test_several_fields_in_either_form(build_job, parameters):
    assert build_job("train", {**parameters, "LABEL_FIELD": ["fclass", "level"]}).labels.fields == ("fclass", "level")
    assert build_job("train", {**parameters, "LABEL_FIELD": "fclass;level"}).labels.fields == ("fclass", "level")


def test_label_raster_may_be_several_scenes(build_job, parameters, raster_layer):
    scenes = [raster_layer("truth_1.tif", bands=1), raster_layer("truth_2.tif", bands=1)]
    given = {**parameters, "LABELS": None, "LABEL_FIELD": None, "LABEL_RASTER": scenes}
    labels = build_job("train", given).labels
    assert isinstance(labels, RasterLabels)
    assert [raster.name for raster in labels.rasters] == ["truth_1", "truth_2"]


def test_colours_and_names_of_categories_are_passed_on(build_job, parameters, memory_labels):
    layer = memory_labels()
    categories = []
    for value, color, label in (("forest", "#104010", "Forest!"), ("meadow", "#80ff00", "")):
        symbol = QgsSymbol.defaultSymbol(layer.geometryType())
        symbol.setColor(QColor(color))
        categories.append(QgsRendererCategory(value, symbol, label))
    categories.append(QgsRendererCategory("", QgsSymbol.defaultSymbol(layer.geometryType()), "others"))
    layer.setRenderer(QgsCategorizedSymbolRenderer("fclass", categories))
    labels = build_job("train", {**parameters, "LABELS": layer}).labels
    assert labels.colors == (ClassColor("forest", "#104010", "Forest!"), ClassColor("meadow", "#80ff00", ""))
    other_field = build_job("train", {**parameters, "LABELS": layer, "LABEL_FIELD": "site"}).labels
    assert other_field.colors == ()


def test_chosen_colours_take_precedence_over_the_layers_and_keep_its_names(build_job, parameters, memory_labels):
    """forest: another colour, the legend's name; meadow: as in the layer; heath: a class the layer has no style for."""
    layer = memory_labels()
    symbols = []
    for value, color, name in (("forest", "#00ff00", "Wald"), ("meadow", "#ffff00", "Wiese")):
        symbols.append(QgsRendererCategory(value, QgsSymbol.defaultSymbol(layer.geometryType()), name))
        symbols[-1].symbol().setColor(QColor(color))
    layer.setRenderer(QgsCategorizedSymbolRenderer("fclass", symbols))
    table = ["forest", "#1E8449", "", "heath", "#abcdef", "Heide"]
    job = build_job("train", {**parameters, "LABELS": layer.id(), "CLASS_COLORS": table})
    assert job.labels.colors == (
        ClassColor("forest", "#1e8449", "Wald"),
        ClassColor("meadow", "#ffff00", "Wiese"),
        ClassColor("heath", "#abcdef", "Heide"),
    )


def test_the_colours_of_the_layer_count_for_selected_features_too(build_job, parameters, memory_labels):
    layer = memory_labels()
    symbol = QgsSymbol.defaultSymbol(layer.geometryType())
    symbol.setColor(QColor("#104010"))
    layer.setRenderer(QgsCategorizedSymbolRenderer("fclass", [QgsRendererCategory("forest", symbol, "Wald")]))
    layer.selectAll()
    selected = QgsProcessingFeatureSourceDefinition(layer.id(), True)
    labels = build_job("train", {**parameters, "LABELS": selected}).labels
    assert labels.colors == (ClassColor("forest", "#104010", "Wald"),)


def test_an_empty_row_of_the_table_says_nothing(build_job, parameters):
    """The dialog's table holds NULL until something is typed."""
    assert build_job("train", {**parameters, "CLASS_COLORS": [NULL]}).labels.colors == ()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (["forest", "green", ""], "#1e8449"),
        (["forest", "#00ff00"], "value, colour and name"),
        (["", "#00ff00", "Wald"], "value, colour and name"),
        (["forest", "#00ff00", "", "forest", "#00ff01", ""], "forest more than once"),
    ],
)
def test_an_invalid_table_of_colours_is_refused(refusal, parameters, table, message):
    assert message in refusal("train", {**parameters, "CLASS_COLORS": table})


def test_colours_and_names_of_a_palette_are_passed_on(build_job, parameters, raster_layer):
    layer = raster_layer("truth.tif", bands=1)
    entries = [QgsPalettedRasterRenderer.Class(3, QColor("#123456"), "bog")]
    layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, entries))
    labels = build_job("train", {**parameters, "LABELS": None, "LABEL_FIELD": None, "LABEL_RASTER": [layer]}).labels
    assert labels.colors == (ClassColor("3", "#123456", "bog"),)


def test_saved_job_keeps_exported_labels_beside_it(build_job, parameters, tmp_path):
    job = build_job("train", {**parameters, "OUTPUT_JOB": str(tmp_path / "later" / "job.json")})
    assert isinstance(job.labels, VectorLabels)
    assert Path(job.labels.source.path) == tmp_path / "later" / "job.labels.gpkg"
    assert os.path.exists(job.labels.source.path)
