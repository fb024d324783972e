"""Which field of a layer is most likely its labels."""

import pytest
from colearn.plugin.training.form.labels import (
    FieldFacts,
    likeliest_field,
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
