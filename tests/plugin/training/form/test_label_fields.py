"""Which field of a layer is most likely its labels, and which of its values are no classes."""

from dataclasses import replace

import pytest
from colearn.engine.contract.job.sources import ClassColor
from colearn.plugin.training.form.labels import (
    ClassFacts,
    FieldFacts,
    LabelForm,
    is_held_out,
    labels_of,
    likeliest_field,
    without_class,
)


def field(name, distinct, values=100, is_text=True, is_whole=False):
    return FieldFacts(name, is_text, is_whole, distinct, values)


@pytest.mark.parametrize(
    ("fields", "likeliest"),
    [
        ([field("osm_id", 100), field("code", 5, is_text=False, is_whole=True), field("fclass", 5)], "fclass"),
        ([field("source", 3), field("Landuse", 5)], "Landuse"),
        ([field("remarks", 4), field("height", 80, is_text=False)], "remarks"),
        ([field("name", 100), field("only", 1)], None),
        ([field("group_id", 4, is_text=False, is_whole=True)], None),
        ([field("kind", 3, values=3)], "kind"),
        ([field("xmin", 58, is_text=False, is_whole=True)], None),  # corners of boxes in pixels
        ([field("site", 2), field("plot_id", 8), field("leaf_type", 2), field("genus", 6)], "leaf_type"),
        ([field("Site", 2), field("trees", 6)], "trees"),
        ([field("code", 30, is_text=False, is_whole=True)], "code"),
    ],
)
def test_the_likeliest_field_is_guessed(fields, likeliest):
    assert likeliest_field(fields) == likeliest


def classes(*names):
    return tuple(ClassFacts(name, name, "", 9, 9) for name in names)


@pytest.mark.parametrize(
    ("names", "left_out", "none"),
    [
        (("oak", "ash", "unknown", "No data"), (), {"unknown", "No data"}),
        (("oak", "unknown"), (), set()),  # one of two
        (("oak", "ash", "unknown"), ("ash",), set()),
        (("oak", "ash", "unknown"), ("unknown",), {"unknown"}),
    ],
)
def test_names_that_mean_no_class_are_none_as_in_the_engine(names, left_out, none):
    assert without_class(classes(*names), LabelForm(left_out=left_out)) == none


def test_a_name_given_to_a_number_counts():
    chosen = LabelForm(colors=(ClassColor("0", "#808080", "Unclassified"),))
    assert without_class(classes("0", "1", "2"), chosen) == {"0"}


def test_a_job_that_keeps_names_as_classes_keeps_them_in_the_form():
    job = replace(LabelForm("land.gpkg", "land", label_fields=("kind",)).labels(), nodata=())
    form = labels_of(job)
    assert form.labels().nodata == ()
    assert without_class(classes("oak", "ash", "unknown"), form) == set()


def test_labels_for_an_evaluation_are_known_by_whole_words_of_their_name():
    held_out = "test", "plots_test", "Validation 2021", "evaluation", "hold-out", "holdout_points", "tests2020", "val"
    assert all(is_held_out(name) for name in (*held_out, "held_out", "Plots held out", "labels.val"))
    for_training = "latest_labels", "greatest", "medieval_sites", "invalidated", "contested", "polygons", "values"
    assert not any(is_held_out(name) for name in for_training)
