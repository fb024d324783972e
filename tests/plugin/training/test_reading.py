"""What shows while layers are being read, and what becomes of it: QGIS goes on meanwhile."""

import threading
import zipfile

import pytest
from colearn.plugin.layers import band_metadata
from colearn.plugin.layers.band_metadata import FileFacts
from colearn.plugin.layers.opened_layers import open_raster
from colearn.plugin.process import background
from colearn.plugin.training.form.problems import Problem
from colearn.plugin.training.layers import header_reader, label_reading
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterRange,
    QgsRectangle,
    QgsVectorLayer,
)

from ..waiting import Gate
from .verdicts import problems


def text_of(window):
    window.fill()
    return window.foot.verdict_label.text()


def test_labels_are_read_while_qgis_goes_on(window, memory_labels, gate, wait):
    window.session.add_layers([memory_labels()])
    assert problems(window) == [Problem.ONE_SENSOR, Problem.LABELS_BEING_READ]
    assert "Reading the labels…" in window.labels_page._sentence()
    window.session.set_model("/else/where.colearn")  # an edit meanwhile stays
    gate.open()
    wait(lambda: not window.session.reading.facts.is_being_read)
    assert window.session.form.labels.label_fields == ("fclass",)
    assert window.session.form.output_model == "/else/where.colearn"
    assert [each.value for each in window.session.reading.facts.classes] == ["forest", "meadow"]
    assert gate.passed_in[0] is not threading.main_thread()


def test_what_was_read_of_a_layer_no_longer_chosen_arrives_nowhere(window, memory_labels, gate, wait):
    first, second = memory_labels(), memory_labels("Point")
    window.session.set_labels(first.id(), "first")
    window.session.set_labels(second.id(), "second")
    gate.open()
    wait(lambda: not window.session.reading.facts.is_being_read)
    wait(lambda: not background._under_way)
    assert (window.session.form.labels.name, window.session.reading.facts.shape) == ("second", "points")


def test_a_label_layer_may_go_while_it_is_read(window, memory_labels, gate, wait):
    layer = memory_labels()
    window.session.set_labels(layer.id(), "labels")
    QgsProject.instance().removeMapLayer(layer.id())
    gate.open()
    wait(lambda: not background._under_way)
    assert Problem.LABELS_GONE in problems(window)


def test_a_field_chosen_while_the_layer_is_read_stays(window, memory_labels, gate, wait):
    window.session.set_labels(memory_labels().id(), "labels")
    gate.open()
    wait(lambda: not window.session.reading.facts.is_being_read)
    gate.close()
    window.labels_page._change(label_fields=("site",))
    assert [each.name for each in window.session.reading.facts.fields] == ["fclass", "level", "site"]  # to choose from
    gate.open()
    wait(lambda: not window.session.reading.facts.is_being_read)
    assert window.session.form.labels.label_fields == ("site",)


def test_rasters_are_opened_while_qgis_goes_on(window, raster_file, gate, wait):
    window.session.add_files([raster_file("optical.tif"), raster_file("radar.tif")])
    assert window.session.form.sensors == ()
    assert text_of(window) == "Opening the layers: 0 of 2…"
    assert window.cancel_button.isVisibleTo(window) and not window.train_button.isEnabled()
    gate.open()
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical", "radar"]
    assert len(gate.passed_in) == 4  # each file is read, and opened as a layer
    assert threading.main_thread() not in gate.passed_in
    window.fill()
    assert not window.cancel_button.isVisibleTo(window)


def test_opening_rasters_can_be_cancelled(window, raster_file, gate, wait):
    window.session.add_files([raster_file("optical.tif")])
    window.fill()
    window.cancel_button.click()
    gate.open()
    wait(lambda: not background._under_way)
    assert (window.session.form.sensors, window.session.rasters_read()) == ((), (0, 0))


def test_a_layer_that_goes_before_it_was_read_is_not_added(window, raster_layer, gate, wait):
    layers = [raster_layer("optical.tif"), raster_layer("radar.tif")]
    window.session.add_layers(layers)
    QgsProject.instance().removeMapLayer(layers[0].id())
    gate.open()
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert [sensor.name for sensor in window.session.form.sensors] == ["radar"]


def test_a_raster_that_leaves_the_project_is_opened_again_while_qgis_goes_on(filled, gate, wait):
    """With what was set on it in QGIS; a copy made at once held up QGIS, and lost the nodata values."""
    key = filled.session.form.sensors[0].rasters[0].key
    layer = QgsProject.instance().mapLayer(key)
    layer.setName("renamed")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(7, 7)])
    QgsProject.instance().removeMapLayer(key)
    assert text_of(filled) == "Opening the layers: 0 of 1…"
    gate.open()
    wait(lambda: filled.session.rasters_read() == (0, 0))
    (raster,) = filled.session.form.sensors[0].rasters
    again = filled.session.store.find(raster.key)
    assert (again.name(), again.crs().authid()) == ("renamed", "EPSG:32632")
    assert [each.min() for each in again.dataProvider().userNoDataValues(1)] == [7]
    again.setName("optical")  # that of the file, which says neither
    assert filled.session.store.parameter(raster.key) is again
    assert threading.main_thread() not in gate.passed_in
    assert text_of(filled).startswith("Ready: ")


def test_a_raster_that_was_not_opened_again_is_gone(filled, gate, wait):
    QgsProject.instance().removeMapLayer(filled.session.form.sensors[0].rasters[0].key)
    filled.fill()
    filled.cancel_button.click()
    gate.open()
    wait(lambda: not background._under_way)
    assert Problem.GONE in problems(filled)


def test_a_window_may_be_closed_for_good_while_it_reads(trainings, memory_labels, raster_file, gate, monkeypatch, wait):
    monkeypatch.setattr(background, "LEAVE_S", 0.01)
    window = trainings.open()
    window.session.add_layers([memory_labels()])
    window.session.add_files([raster_file("optical.tif")])
    trainings.close_all()
    gate.open()
    wait(lambda: not background._under_way)


def test_a_toolbox_form_guesses_its_field_later_unless_one_was_chosen(dialog, memory_labels, gate, wait):
    from qgis.core import QgsProcessingContext

    layer = memory_labels()
    for chosen, shown in (([], "fclass"), (["site"], "site")):
        gate.close()
        fields = dialog("train").mainWidget().wrappers
        fields["LABELS"].setParameterValue(layer.id(), QgsProcessingContext())
        if chosen:
            fields["LABEL_FIELD"].setParameterValue(chosen, QgsProcessingContext())
        gate.open()
        wait(lambda: not background._under_way)
        value = fields["LABEL_FIELD"].parameterValue()
        assert (value if isinstance(value, str) else ";".join(value)) == shown


def test_labels_without_geometry_are_read_all_the_same(memory_labels):
    """Two of three have a geometry: all features are read, and no count is of the first ones only."""
    from colearn.plugin.training.form.labels import LabelForm
    from qgis.core import QgsFeature

    layer = memory_labels()
    bare = QgsFeature(layer.fields())
    bare.setAttributes(["meadow", 3, "site 3"])
    assert layer.dataProvider().addFeatures([bare])[0]
    found = []
    label_reading.LabelReader(layer, LabelForm(layer.id(), "labels"), lambda *given: found.append(given))
    ((_labels, reading),) = found
    assert (reading.facts.features, reading.facts.partly, len(reading.places)) == (4, False, 3)
    assert {each.value: each.features for each in reading.facts.classes} == {"forest": 2, "meadow": 2}


def test_rasters_opened_while_labels_are_read_cover_them_afterwards(
    window, memory_labels, raster_file, gate, monkeypatch, wait
):
    window.session.set_labels(memory_labels().id(), "labels")
    monkeypatch.setattr(header_reader, "facts_of", lambda _source: FileFacts())  # rasters are quick
    monkeypatch.setattr(header_reader, "open_raster", open_raster)
    window.session.add_files([raster_file("optical.tif")])
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert window.session.form.rasters()[0].covered == frozenset()
    gate.open()
    wait(lambda: not window.session.reading.facts.is_being_read)
    assert window.session.form.rasters()[0].covered == frozenset({0, 1, 2})
    assert Problem.COVERS_NO_LABEL not in problems(window)


def test_labels_read_while_rasters_are_opened_are_covered_by_every_one(
    window, memory_labels, raster_file, monkeypatch, wait
):
    slow, opened = Gate(), header_reader.facts_of
    held = slow.before(opened)
    monkeypatch.setattr(header_reader, "facts_of", lambda source: (held if "slow" in source else opened)(source))
    monkeypatch.setattr(background, "PATIENCE_S", 0)
    window.session.add_files([raster_file("quick.tif"), raster_file("slow.tif")])
    wait(lambda: window.session.rasters_read() == (1, 2))
    window.session.set_labels(memory_labels().id(), "labels")
    wait(lambda: not window.session.reading.facts.is_being_read)
    slow.open()
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert [raster.covered for raster in window.session.form.rasters()] == [{0, 1, 2}, {0, 1, 2}]


def test_a_form_that_takes_the_place_of_another_stops_what_was_read_for_that(filled, trainings, gate, wait):
    """The form of a large project would arrive after the values of the toolbox, and replace them."""
    filled.session.keep_in_project()
    layer = filled.session.store.find(filled.session.form.rasters()[0].key)
    window = trainings.new()
    window.session.take_from_project()
    assert window.session.rasters_read() == (0, 2)
    window.take_parameters({"SENSOR_A": [layer.id()], "SENSOR_A_NAME": "chosen"})
    assert window.session.rasters_read() == (0, 1)
    gate.open()
    wait(lambda: not background._under_way)
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert [sensor.name for sensor in window.session.form.sensors] == ["chosen"]


def test_a_raster_in_an_archive_that_the_toolbox_names_is_opened_in_the_thread_alone(
    trainings, raster_file, wait, tmp_path, monkeypatch
):
    """Whether it changes is not known, so its facts are not cached."""
    read, opened_in = band_metadata._read_facts, []

    def recorded(*given):
        opened_in.append(threading.current_thread())
        return read(*given)

    monkeypatch.setattr(band_metadata, "_read_facts", recorded)
    with zipfile.ZipFile(tmp_path / "scenes.zip", "w") as archive:
        archive.write(raster_file("optical.tif"), "optical.tif")
    window = trainings.new()
    window.take_parameters({"SENSOR_A": [f"/vsizip/{tmp_path}/scenes.zip/optical.tif"]})
    wait(lambda: not window.session.is_opening())
    assert [raster.name for raster in window.session.form.rasters()] == ["optical"]
    assert opened_in and threading.main_thread() not in opened_in


def test_a_form_of_the_project_that_is_still_being_opened_stays_there(filled, trainings, gate):
    """Closing the window kept what it showed: nothing yet. Nor can be edited what is about to be replaced."""
    filled.session.keep_in_project()
    kept = QgsProject.instance().readEntry("CoLearn", "training", "")[0]
    window = trainings.new()
    window.session.take_from_project()
    assert not window.sensors_page.isEnabled()
    window.close()
    assert QgsProject.instance().readEntry("CoLearn", "training", "")[0] == kept
    window.cancel_button.click()
    window.fill()
    assert window.sensors_page.isEnabled()
    window.reject()
    assert QgsProject.instance().readEntry("CoLearn", "training", "")[0] == kept


def test_the_mean_area_of_polygons_is_known_in_any_crs(window, memory_labels):
    """By it a training of few large polygons is expected to take as long as it does."""
    session, layer = window.session, memory_labels()
    session.set_labels(layer.id(), layer.name())
    assert session.reading.facts.mean_m2 == pytest.approx(300.0)  # 10 m × 30 m
    to_degrees = QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    degrees = QgsVectorLayer("Polygon?crs=EPSG:4326&field=fclass:string", "degrees", "memory")
    feature, shape = QgsFeature(degrees.fields()), next(layer.getFeatures()).geometry()
    shape.transform(to_degrees)
    feature.setGeometry(shape)
    degrees.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(degrees)
    session.set_labels(degrees.id(), degrees.name())
    assert session.reading.facts.mean_m2 == pytest.approx(300.0, rel=0.02)
    points = memory_labels("Point")
    session.set_labels(points.id(), points.name())
    assert session.reading.facts.mean_m2 == 0


@pytest.mark.parametrize("nowhere", ["POLYGON EMPTY", "POLYGON((0 0, 0 1e999, 1 1, 0 0))"])
def test_labels_that_are_nowhere_hold_up_no_others(window, nowhere):
    session, layer = window.session, QgsVectorLayer("Polygon?crs=EPSG:4326&field=fclass:string", "labels", "memory")
    features = []
    for shape in (QgsGeometry.fromWkt(nowhere), QgsGeometry.fromRect(QgsRectangle(0, 0, 0.001, 0.001))):
        features.append(QgsFeature(layer.fields()))
        features[-1].setGeometry(shape)
    layer.dataProvider().addFeatures(features)
    QgsProject.instance().addMapLayer(layer)
    session.set_labels(layer.id(), layer.name())
    assert session.reading.facts.features == 2
    assert session.reading.facts.mean_m2 == pytest.approx(111.32**2 / 2, rel=0.01)
