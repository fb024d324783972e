"""Area-adjusted accuracy against the worked example of Olofsson et al. (2014), section 5, and numbers by hand."""

import numpy as np
import pytest
from colearn.engine.contract.manifest.scores import Estimate
from colearn.engine.learning.metrics.area_estimates import AreaEstimate, area_accuracy

# Deforestation, forest gain, stable forest, stable non-forest: rows are the map, columns the reference (table 8).
COUNTS = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
MAPPED_PX = np.array([200_000, 150_000, 3_200_000, 6_450_000])
PIXEL_M2 = 900.0
HECTARE_M2 = 10_000


@pytest.fixture
def example():
    return area_accuracy(COUNTS, MAPPED_PX, PIXEL_M2)


def half(estimate):
    return (estimate.interval[1] - estimate.interval[0]) / 2


def test_accuracies_of_the_papers_example(example):
    assert (example.overall.value, half(example.overall)) == pytest.approx((0.95, 0.02), abs=0.005)
    users = [(0.88, 0.07), (0.73, 0.10), (0.93, 0.04), (0.96, 0.02)]
    np.testing.assert_allclose([(user.value, half(user)) for user in example.users], users, atol=0.005)
    np.testing.assert_allclose([each.value for each in example.producers], [0.75, 0.85, 0.93, 0.96], atol=0.005)
    assert half(example.producers[0]) == pytest.approx(0.21, abs=0.005)  # the others: by drawing samples, below


def test_areas_of_the_papers_example(example):
    found = [(area.value / HECTARE_M2, half(area) / HECTARE_M2) for area in example.areas_m2]
    expected = [(21_158, 6_158), (11_686, 3_756), (285_770, 15_510), (581_386, 16_282)]
    np.testing.assert_allclose(found, expected, atol=1)


def test_proportions_sum_to_the_whole(example):
    assert example.proportions.sum() == pytest.approx(1)
    np.testing.assert_allclose(example.proportions.sum(axis=1), MAPPED_PX / MAPPED_PX.sum())
    assert sum(area.value for area in example.areas_m2) == pytest.approx(MAPPED_PX.sum() * PIXEL_M2)


def test_a_sample_in_proportion_to_area_has_the_accuracy_of_its_counts():
    counts = np.array([[40, 10], [5, 45]])
    found = area_accuracy(counts, np.array([500, 500]), 1.0)
    assert found.overall.value == pytest.approx(0.85)
    assert found.producers[0].value == pytest.approx(40 / 45)
    assert found.overall.standard_error == pytest.approx(np.sqrt((0.25 * 0.8 * 0.2 + 0.25 * 0.9 * 0.1) / 49))


def test_drawing_such_samples_again_and_again_gives_the_standard_errors():
    random = np.random.default_rng(0)
    truth = np.array([[0.8, 0.2], [0.1, 0.9]])  # reference classes within each mapped class
    mapped, sizes = np.array([2_000, 8_000]), (60, 140)
    drawn = [
        area_accuracy(np.array([random.multinomial(n, p) for n, p in zip(sizes, truth, strict=True)]), mapped, 1.0)
        for _ in range(3000)
    ]
    expected = area_accuracy(np.round(truth * np.array(sizes)[:, None]).astype(int), mapped, 1.0)
    for pick in (
        lambda a: a.overall,
        lambda a: a.users[0],
        lambda a: a.producers[0],
        lambda a: a.producers[1],
        lambda a: a.areas_m2[0],
    ):
        spread = np.std([pick(each).value for each in drawn])
        assert pick(expected).standard_error == pytest.approx(spread, rel=0.08)


def test_a_perfect_sample_has_no_error():
    found = area_accuracy(np.diag([10, 20]), np.array([300, 700]), 1.0)
    assert found.overall == AreaEstimate(1.0, 0.0)
    assert [area.value for area in found.areas_m2] == pytest.approx([300, 700])


def test_an_absent_class_has_no_accuracy_and_does_not_affect_others():
    without = area_accuracy(COUNTS, MAPPED_PX, PIXEL_M2)
    padded = area_accuracy(np.pad(COUNTS, (0, 1)), np.append(MAPPED_PX, 0), PIXEL_M2)
    assert padded.overall == without.overall
    assert padded.users[:4] == without.users
    assert padded.producers[:4] == without.producers
    assert padded.areas_m2[:4] == without.areas_m2
    for lost in (padded.users[4], padded.producers[4]):
        assert np.isnan(lost.value)
    assert padded.areas_m2[4] == AreaEstimate(0.0, 0.0)


def test_a_class_in_the_reference_that_the_map_never_shows_has_area_and_no_producers_accuracy():
    found = area_accuracy(np.array([[30, 0, 10], [0, 40, 0], [0, 0, 0]]), np.array([500, 500, 0]), 1.0)
    assert found.areas_m2[2].value == pytest.approx(125)
    assert found.areas_m2[2].standard_error > 0
    assert found.producers[2].value == 0
    assert np.isnan(found.users[2].value)


def test_a_single_sample_of_a_class_leaves_the_error_unknown():
    found = area_accuracy(np.array([[1, 0], [3, 20]]), np.array([50, 50]), 1.0)
    assert found.overall.value == pytest.approx(0.5 + 0.5 * 20 / 23)
    assert np.isnan(found.overall.standard_error)
    assert np.isnan(found.users[0].standard_error)
    assert found.users[1].standard_error > 0


def test_estimates_for_reports_stay_between_none_and_all():
    assert AreaEstimate(0.97, 0.05).estimate() == Estimate(0.97, pytest.approx(0.97 - 1.96 * 0.05), 1.0)
    assert AreaEstimate(100.0, 60.0).estimate(high=np.inf) == Estimate(100.0, 0.0, pytest.approx(217.6))
    assert AreaEstimate(0.5, float("nan")).estimate() == Estimate(0.5)


@pytest.mark.parametrize(
    ("counts", "mapped", "reason"),
    [
        (np.ones((2, 3)), np.ones(2), "as many"),
        (np.ones((2, 2)), np.ones(3), "as many"),
        (-np.ones((2, 2)), np.ones(2), "negative"),
        (np.ones((2, 2)), np.zeros(2), "something"),
        (np.array([[3, 1], [0, 0]]), np.ones(2), r"\[1\]"),
        (np.ones((2, 2)), np.array([1, 0]), r"\[1\]"),
    ],
)
def test_what_nothing_is_known_of_is_refused(counts, mapped, reason):
    with pytest.raises(ValueError, match=reason):
        area_accuracy(counts, mapped, 1.0)
