"""Files that a person picks for the training window, in any order and with what lies beside them."""

from pathlib import Path

from colearn.plugin.layers.file_kinds import label_files, raster_files


def test_what_only_lies_beside_a_raster_is_no_raster(window, raster_file):
    path = raster_file("optical.tif")
    beside = [Path(f"{path}.aux.xml"), Path(f"{path}.ovr"), Path(path).with_suffix(".TFW")]
    for each in beside:
        each.touch()
    window.session.add_files([path, *map(str, beside)])
    assert [raster.key for raster in window.session.form.rasters()] == [path]


def test_labels_first_mistaken_for_a_raster_are_labels(window, file_labels):
    path = file_labels().source().split("|")[0]
    window.session.add_files([path])
    assert window.session.reading.facts.features == 0
    window.session.edit(window.session.form.remove(frozenset({path})))
    window.session.set_label_file(path)
    assert window.session.reading.facts.features > 0
    assert window.session.form.labels.label_fields != ()


def test_dialogs_show_first_what_can_be_read(qgis_app):
    for filters in (raster_files(), label_files()):
        first, *others = filters.split(";;")
        assert "*.gpkg" in first and "(*)" not in first
        assert others[-1].endswith("(*)")
