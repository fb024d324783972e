"""Calibration diagrams, whose room for labels is fixed."""

import numpy as np
from colearn.engine.learning.metrics import Reliability
from colearn.engine.report.figures import reliability


def test_the_labels_of_counts_of_six_digits_lie_within_the_diagram(monkeypatch) -> None:
    edges = np.linspace(0, 1, 11)
    count = np.linspace(100_000, 987_654, 10).astype(int)
    found = Reliability(edges, edges[:-1] + 0.05, edges[:-1] + 0.1, count, 0.05)
    drawn = []
    monkeypatch.setattr(reliability, "svg", lambda made, *_: drawn.append(made) or "")
    reliability._draw(found, None, 1)
    (made,) = drawn
    box, (width, height) = made.get_tightbbox(), made.get_size_inches()
    assert made.axes[1].get_yticks().max() >= 800_000
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height
