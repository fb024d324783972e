"""The mean over pairs, and its interval over data sets."""

from __future__ import annotations

import numpy as np
import pytest
from colearn.benchmarks.method.means import mean_over_pairs


def test_every_pair_counts_once() -> None:
    """(.1 + .2 + .3 + 0) / 4, not the mean .1 of the sets' means .2 and 0."""
    found = mean_over_pairs({"a": [0.1, 0.2, 0.3], "b": [0.0]})
    assert found.value == pytest.approx(0.15)
    assert found.low is None  # two data sets


def test_pairs_of_one_set_are_no_more_evidence_than_one() -> None:
    once = mean_over_pairs({name: [lead] for name, lead in zip("abcdef", (0.1, -0.1, 0.2, 0.0, 0.1, 0.3), strict=True)})
    often = mean_over_pairs(
        {name: [lead] * 9 for name, lead in zip("abcdef", (0.1, -0.1, 0.2, 0.0, 0.1, 0.3), strict=True)}
    )
    assert (once.low, once.high) == pytest.approx((often.low, often.high))


def test_the_interval_is_about_students() -> None:
    """Of many sets it is mean ± 1.96 sd / √n."""
    leads = np.random.default_rng(1).normal(0.02, 0.1, 200)
    found = mean_over_pairs({str(at): [float(lead)] for at, lead in enumerate(leads)})
    half = 1.96 * leads.std(ddof=1) / np.sqrt(200)
    assert (found.low, found.high) == pytest.approx((leads.mean() - half, leads.mean() + half), abs=0.002)
