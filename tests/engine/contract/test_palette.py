"""Colours of classes that bring none."""

from colearn.engine.contract.palette import colors_for


def test_common_land_cover_gets_the_colours_of_maps() -> None:
    colors = colors_for(["water", "coniferous forest", "broadleaved forest", "A", "B"])
    assert colors[:2] == ["#2b7bba", "#1b7837"]
    assert len(set(colors)) == 5


def test_sealed_ground_is_grey_and_vegetation_green() -> None:
    """Without words for them, impervious ground was drawn green, and vegetation orange."""
    assert colors_for(["impervious", "vegetation"]) == ["#8f8f8f", "#66a61e"]
