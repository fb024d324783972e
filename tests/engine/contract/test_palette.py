"""Colours of classes that bring none."""

from colearn.engine.contract.palette import colors_for


def test_common_land_cover_gets_the_colours_of_maps() -> None:
    colors = colors_for(["water", "coniferous forest", "broadleaved forest", "A", "B"])
    assert colors[:2] == ["#2b7bba", "#1b7837"]
    assert len(set(colors)) == 5
