"""The overview figure: every pixel of the maps in its class's colour, names as they are, any shape."""

from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest

from engine.contract import Estimate, FusedScore, LabelClass, SensorScore, Variant, Verdict
from overview import figure
from overview.figure import OverviewText, draw_overview

CLASSES = (
    LabelClass(1, "forest $a_b", "#1b7837"),
    LabelClass(2, "ヒノキ", "#d95f02"),
    LabelClass(3, "never there", "#ff00ff"),
)
SCORE = SensorScore(
    "balanced accuracy",
    Estimate(0.62, 0.55, 0.69),
    Estimate(0.58, 0.51, 0.65),
    Estimate(0.04, -0.01, 0.09),
    Verdict.NO_DIFFERENCE,
)
TEXT = OverviewText("Land use", "Sentinel-2, 10 m", "Labels", "Map, trained alone", "Map, co-learned", SCORE)


def lines_under_the_maps(monkeypatch, path, score, fused=None):
    """The score lines of the panels, as they are handed to the drawing."""
    seen = []
    draw_panel = figure._draw_panel
    monkeypatch.setattr(figure, "_draw_panel", lambda axes, panel: (seen.append(panel), draw_panel(axes, panel)))
    draw(path, 60, 120, text=replace(TEXT, score=score, fused=fused))
    return [" ".join(panel.score).replace("\u202f", " ").replace("\u00a0", " ") for panel in seen[2:]]


def test_forest_and_all_sensors_stand_under_the_maps(monkeypatch, tmp_path):
    score = replace(SCORE, forest=Estimate(0.6, 0.5, 0.7))
    fused = FusedScore("balanced accuracy", Estimate(0.8, 0.7, 0.9))
    alone, together = lines_under_the_maps(monkeypatch, tmp_path / "a.png", score, fused)
    assert alone == "Test part: balanced accuracy 58.0 % [51.0, 65.0] Random forest: 60.0 % [50.0, 70.0]"
    assert together.startswith("Test part: balanced accuracy 62.0 % [55.0, 69.0]")
    assert together.endswith("All sensors together: 80.0 % [70.0, 90.0]")


def test_beside_an_average_the_first_map_has_the_score_of_its_single_network(monkeypatch, tmp_path):
    score = replace(SCORE, average=True, network=Estimate(0.41, 0.3, 0.5))
    alone, together = lines_under_the_maps(monkeypatch, tmp_path / "a.png", score)
    assert "41.0 % [30.0, 50.0]" in alone
    assert "over as large an average without the other sensors" in together


def test_a_map_by_the_network_trained_alone_says_so(monkeypatch, tmp_path):
    _, together = lines_under_the_maps(monkeypatch, tmp_path / "a.png", replace(SCORE, shipped=Variant.ALONE))
    assert "The model file holds the network trained alone; co-learned 62.0 %" in together


def draw(path, rows, cols, classes=CLASSES, text=TEXT, **changes):
    """Draw half forest, half ヒノキ; returns the figure's pixels (row, col, 3) in 0..255."""
    codes = np.full((rows, cols), 1, np.uint8)
    codes[:, cols // 2 :] = 2
    arrays = {
        "image_rgb": np.full((rows, cols, 3), 90, np.uint8),
        "labels": np.full((rows, cols), 255, np.uint8),
        "map_alone": codes,
        "map_colearned": codes.copy(),
    }
    draw_overview(path, **{**arrays, **changes}, classes=classes, nodata=255, pixel_m=10.0, text=text)
    return np.rint(matplotlib.image.imread(path)[..., :3] * 255).astype(int)


def share_of(pixels, color):
    """Share of the figure in exactly this colour."""
    rgb = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return (pixels == rgb).all(axis=2).mean()


@pytest.mark.parametrize(("rows", "cols"), [(120, 240), (200, 200), (300, 90), (1, 1), (2, 500), (1500, 800)])
def test_any_shape_is_drawn(tmp_path, rows, cols):
    pixels = draw(tmp_path / "overview.png", rows, cols)
    assert pixels.shape[1] == 1600
    assert pixels.shape[0] < 3 * 1600


def test_maps_and_legend_show_the_colors_of_the_classes(tmp_path):
    pixels = draw(tmp_path / "overview.png", 100, 200)
    assert share_of(pixels, "#1b7837") == pytest.approx(share_of(pixels, "#d95f02"), rel=0.05)
    assert share_of(pixels, "#1b7837") > 0.1
    assert share_of(pixels, "#ff00ff") == 0  # a class that is nowhere is not in the legend


def test_labels_lie_over_the_image_and_nodata_is_no_class(tmp_path):
    without = draw(tmp_path / "overview.png", 100, 200)
    labels = np.full((100, 200), 255, np.uint8)
    labels[:50] = 1
    labelled = draw(tmp_path / "overview.png", 100, 200, labels=labels)
    assert share_of(labelled, "#1b7837") > share_of(without, "#1b7837") + 0.05
    nothing = draw(tmp_path / "overview.png", 100, 200, map_alone=labels * 0 + 255, map_colearned=labels * 0 + 255)
    assert share_of(nothing, "#1b7837") == 0


def test_a_code_that_is_also_the_nodata_value_is_not_drawn(tmp_path):
    classes = (*CLASSES, LabelClass(255, "nodata", "#00ff00"))
    pixels = draw(tmp_path / "overview.png", 50, 50, classes=classes)
    assert share_of(pixels, "#00ff00") == 0


def test_thirty_classes_fit_into_the_legend(tmp_path):
    classes = tuple(LabelClass(code, f"class number {code}", f"#{code * 8:02x}5080") for code in range(1, 31))
    codes = np.arange(50 * 60).reshape(50, 60) % 30 + 1
    pixels = draw(tmp_path / "overview.png", 50, 60, classes=classes, map_alone=codes, map_colearned=codes)
    assert (pixels[-3:] == 255).all()  # nothing is cut off at the lower edge
    assert (pixels[:, -3:] == 255).all()


def test_arrays_of_different_size_are_refused(tmp_path):
    with pytest.raises(ValueError, match="same rows and columns"):
        draw(tmp_path / "overview.png", 50, 60, map_alone=np.zeros((50, 61), np.uint8))
    assert not (tmp_path / "overview.png").exists()
