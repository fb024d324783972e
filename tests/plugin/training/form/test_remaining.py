"""How long a training takes, and still takes, as it is shown."""

from colearn.plugin.training.form.form import TrainingForm
from colearn.plugin.training.form.labels import LabelFacts
from colearn.plugin.training.form.progress.remaining import seconds_left
from colearn.plugin.training.form.verdict import work_units


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


def test_a_label_raster_counts_as_many_samples_as_are_drawn_and_a_point_as_one():
    """Counted as few samples, a raster made the next training on points appear to take hours."""
    form = TrainingForm()
    most = form.settings.get("max_samples")
    of_raster = work_units(form, LabelFacts(shape="raster"))
    assert of_raster == work_units(form, LabelFacts(shape="points", features=most))
    assert of_raster == work_units(form, LabelFacts(shape="points", features=120)) * most / 120
