"""Files that a person picks for the training window, in any order and with what lies beside them."""

from pathlib import Path

import pytest
from colearn.plugin.layers.file_kinds import label_files, raster_files
from colearn.plugin.training.form.problems import Page, Problem


def test_what_only_lies_beside_a_raster_is_no_raster(window, raster_file):
    path = raster_file("optical.tif")
    beside = [Path(f"{path}.aux.xml"), Path(f"{path}.ovr"), Path(path).with_suffix(".TFW")]
    for each in beside:
        each.touch()
    window.session.add_files([path, *map(str, beside)])
    assert [raster.key for raster in window.session.form.rasters()] == [path]


def test_labels_dragged_in_with_the_rasters_are_labels(window, raster_file, file_labels, wait):
    """A whole folder: its labels were a sensor that cannot be opened as a raster."""
    first, second = (file_labels(name).source().split("|")[0] for name in ("a.gpkg", "b.gpkg"))
    window.session.add_files([raster_file("optical.tif"), first])
    wait(lambda: window.session.reading.facts.features > 0)
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical"]
    assert (window.session.form.labels.key, window.session.form.labels.label_fields) == (first, ("fclass",))
    assert window.message_text() == ""
    assert window.session.form.rasters()[0].covered == {0, 1, 2}  # they were unknown when its header was read
    window.session.add_to_sensor([], [raster_file("more.tif"), second], 0)
    assert [raster.name for raster in window.session.form.rasters()] == ["optical", "more"]
    assert window.session.form.labels.key == first
    assert window.message_text().startswith("b: vector data, not added. Choose it on the page “Labels”")


@pytest.mark.parametrize("names", [("evaluation.gpkg", "training.gpkg"), ("a.gpkg", "b_test.gpkg")])
def test_of_several_label_files_those_for_training_are_taken(window, raster_file, file_labels, wait, names):
    """A whole folder in the order of its names, in which evaluation comes before training."""
    paths = [file_labels(name).source().split("|")[0] for name in names]
    window.session.add_files([raster_file("optical.tif"), *paths])
    wait(lambda: window.session.reading.facts.features > 0)
    assert Path(window.session.form.labels.key).stem in ("training", "a")
    assert "vector data, not added" in window.message_text()


@pytest.mark.parametrize("name", ["readme.txt", "legend.csv"])
def test_a_file_without_places_is_an_unreadable_raster(window, tmp_path, name):
    """QGIS opens a table as a vector layer, but of no use as labels."""
    path = tmp_path / name
    path.write_text("code,name\n1,water\n", encoding="utf-8")
    window.session.add_files([str(path)])
    assert window.session.verdict().of_page(Page.SENSORS)[0].problem is Problem.UNREADABLE
    assert window.session.form.labels.key == ""


def test_labels_first_mistaken_for_a_raster_are_labels(window, file_labels):
    path = file_labels().source().split("|")[0]
    window.session.store.open_raster(path)
    window.session.set_label_file(path)
    assert window.session.reading.facts.features > 0
    assert window.session.form.labels.label_fields != ()


def test_dialogs_show_first_what_can_be_read(qgis_app):
    for filters in (raster_files(), label_files()):
        first, *others = filters.split(";;")
        assert "*.gpkg" in first and "(*)" not in first
        assert others[-1].endswith("(*)")
