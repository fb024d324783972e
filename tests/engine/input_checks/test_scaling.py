"""Declared scales and offsets: nothing is applied, and what differs from training is logged."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.manifest.manifest import Band
from colearn.engine.input_checks.scaling import declarations, log_other_meaning
from colearn.engine.process.reporting import Reporter

from journeys import Listening
from small_sensors import small_sensor


def sensor(*scalings):
    """A sensor of two bands, trained on files that declared these scales and offsets."""
    scaled = zip(("red", "nir"), scalings or [(None, None)] * 2, strict=True)
    return replace(small_sensor("camera"), bands=tuple(Band(name, 0, 1, 0, 1, *scaling) for name, scaling in scaled))


def scaling(*pairs):
    scales, offsets = np.array(pairs, float).T
    return scales, offsets


def logged(trained, *declared):
    sink = Listening()
    log_other_meaning(trained, scaling(*declared), Reporter(sink))
    return sink.texts()


OLD, NEW, NONE = (0.0001, 0.0), (0.0001, -0.1), (1.0, 0.0)


def test_an_offset_of_a_new_baseline_is_reported_with_what_makes_up_for_it():
    words = logged(sensor(OLD, OLD), NEW, NEW)
    assert "red, nir: the file declares the scale 0.0001 and the offset -0.1; in training it was" in words
    assert "the scale 0.0001 and the offset 0." in words
    assert "To match the training, subtract 1000 (Raster calculator)" in words


def test_another_scale_is_reported_of_the_band_it_is_of():
    words = logged(sensor(OLD, (0.01, 0)), OLD, OLD)
    assert words.startswith("nir: ")
    assert "divide by 100" in words


@pytest.mark.parametrize(
    ("trained", "declared"),
    [
        ([OLD, NEW], [OLD, NEW]),
        ([NONE, NONE], [OLD, OLD]),  # what values meant in training nobody knows
        ([OLD, OLD], [NONE, NONE]),
        ([], [OLD, OLD]),  # an older model
        ([(0.0, 1.0), OLD], [OLD, OLD]),
    ],
)
def test_nothing_is_reported_where_nothing_can_be_compared(trained, declared):
    assert logged(sensor(*trained), *declared) == ""


def test_strange_values_are_reported_with_what_either_side_declares():
    assert declarations(sensor(NONE, NONE), scaling(NONE, NONE)) == ""
    words = declarations(sensor(OLD, NEW), scaling((10000, 0), (10000, 0)))
    assert "The file declares the scale 10000 and the offset 0;" in words
    assert "In training the files declared the scale 0.0001 and the offset 0 (first band);" in words
