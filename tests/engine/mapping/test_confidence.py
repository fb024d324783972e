"""Confidence and bytes of probabilities, on plain arrays."""

import numpy as np
import pytest
from colearn.engine.contract.job.map_choices import Confidence
from colearn.engine.mapping.confidence import as_bytes, confidence_of, probability_nodata


def pixels(*probabilities) -> np.ndarray:
    """One row of pixels (class, 1, col)."""
    return np.array(probabilities, np.float32).T[:, np.newaxis]


SURE, EVEN, TORN, VOID = [1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0], [np.nan] * 4


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (Confidence.MAXIMUM, [1, 0.25, 0.5, np.nan]),
        (Confidence.MARGIN, [1, 0, 0, np.nan]),
        (Confidence.ENTROPY, [1, 0, 0.5, np.nan]),
    ],
)
def test_measures_of_confidence(measure, expected) -> None:
    found = confidence_of(pixels(SURE, EVEN, TORN, VOID), measure)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], np.array(expected, np.float32), atol=1e-6)


def test_entropy_is_shannons_over_its_largest() -> None:
    drawn = np.random.default_rng(0).dirichlet(np.ones(7), 50)
    expected = [1 + sum(p * np.log2(p) for p in row) / np.log2(7) for row in drawn]
    np.testing.assert_allclose(confidence_of(pixels(*drawn), Confidence.ENTROPY)[0], expected, atol=1e-6)


@pytest.mark.parametrize("measure", list(Confidence))
def test_a_pixel_alone_has_the_bits_it_has_among_others(measure) -> None:
    many = pixels(*np.random.default_rng(1).dirichlet(np.full(23, 0.3), 997))
    together = confidence_of(many, measure)
    for width in (1, 2, 3, 7, 16, 100):
        for start in (0, 5, 997 - width):
            part = confidence_of(np.ascontiguousarray(many[:, :, start : start + width]), measure)
            assert np.array_equal(part, together[:, start : start + width])


def test_bytes_are_the_nearest_steps_and_nodata_is_none_of_them() -> None:
    stored = as_bytes(pixels([0, 1, 0.5, 0.002], VOID))
    assert stored[:, 0].tolist() == [[0, 255], [254, 255], [127, 255], [1, 255]]
    drawn = np.random.default_rng(2).random((3, 40, 40)).astype(np.float32)
    assert np.abs(as_bytes(drawn) / 254 - drawn).max() <= 0.5 / 254 + 1e-6


def test_nodata_of_probabilities_by_their_type() -> None:
    assert (probability_nodata("uint8"), probability_nodata("float32")) == (255, -9999)


@pytest.mark.parametrize(
    ("measure", "expected"), [(Confidence.MAXIMUM, [0.3, 0.5, 0.2]), (Confidence.MARGIN, [0, 0.2, 0])]
)
def test_it_is_of_the_class_given_which_need_not_be_the_most_probable(measure, expected):
    """Probabilities .5, .3, .2: given the second, .3 and .2 behind; given the first, .5 and .2 ahead."""
    probabilities = np.repeat(np.array([0.5, 0.3, 0.2], np.float32)[:, np.newaxis, np.newaxis], 3, axis=2)
    found = confidence_of(probabilities, measure, given=np.array([[1, 0, 2]]))
    np.testing.assert_allclose(found, [expected], atol=1e-7)
