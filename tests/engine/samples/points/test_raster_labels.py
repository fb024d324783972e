"""What a draw of label pixels counts while it goes over their blocks."""

import numpy as np
from colearn.engine.samples.points.raster_labels import FILLS, _Reservoir
from colearn.engine.samples.positions.positions import Positions


def positions(count: int) -> Positions:
    return Positions("EPSG:32633", np.arange(count, dtype=np.float64), np.zeros(count))


def test_fills_are_counted_everywhere_and_labels_where_a_sensor_covers_them() -> None:
    drawn = _Reservoir(10, 0)
    values = np.array([0, 0, 7, 7, 255, 3], np.float32)
    inside = np.array([[True, True], [False, False], [True, False], [True, True], [False, True], [True, True]])
    drawn.add(positions(6), values, inside)
    drawn.add(positions(2), np.array([0, 7], np.float32), np.array([[False, False], [True, True]]))
    assert (drawn.labelled, drawn.seen) == (8, 6)
    assert drawn.fills == {fill: {0.0: 3, 255.0: 1}.get(fill, 0) for fill in FILLS}
    # Shown by both sensors: 0 once, 7 twice, 3 once; by the first alone 7 once, by the second alone 255 once.
    of_both, of_first, of_second = 3.0, 1.0, 2.0
    expected = {(0.0, of_both): 1, (7.0, of_both): 2, (3.0, of_both): 1, (7.0, of_first): 1, (255.0, of_second): 1}
    assert dict(drawn._counts) == expected
    assert dict(drawn._of_combinations) == {of_both: 4, of_first: 1, of_second: 1}
