"""How long a training still takes, as it is shown."""

from colearn.plugin.training.form.progress.remaining import roughly, seconds_left


def test_remaining_time_is_extrapolated_from_the_progress():
    assert seconds_left(0.25, 30.0, 30.0) == 90.0  # a quarter took 30 s
    assert seconds_left(0.25, 30.0, 50.0) == 70.0  # 20 s of these have gone by


def test_no_time_is_shown_where_the_estimate_would_grow():
    """A share that stands still made the time left grow from 8 to 30 minutes."""
    assert seconds_left(0.25, 30.0, 120.0) is None
    assert seconds_left(0.25, 30.0, 500.0) is None


def test_at_the_beginning_and_at_the_end_nothing_is_shown():
    assert seconds_left(0.02, 30.0, 30.0) is None
    assert seconds_left(0.5, 4.0, 40.0) is None
    assert seconds_left(1.0, 30.0, 30.0) is None


def test_expected_durations_are_no_more_precise_than_they_are_known():
    minutes = (0.5, 4.4, 19.9, 22.0, 23.0, 72.1, 119.0, 131.0, 1234.0)
    assert [round(roughly(60 * each) / 60, 1) for each in minutes] == [0.5, 4.4, 19.9, 20, 25, 70, 120, 120, 1260]
