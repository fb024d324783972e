"""How long a training is expected to take, compared with trainings that were measured."""

from dataclasses import replace

import pytest
from colearn.engine.contract import Effort, ImageEncoder, Layout, Method, SeriesEncoder
from colearn.plugin.training.form.form import TrainingForm
from colearn.plugin.training.form.labels import LabelFacts
from colearn.plugin.training.form.progress.cost import Cost, expected_cost, usual_slowness
from colearn.plugin.training.form.sensors.sensor_row import SensorRow
from colearn.plugin.training.form.settings import Settings

from .headers import TEN, TWENTY, header

DATES = tuple(f"2021-{month:02d}" for month in range(1, 13))


def series(name, bands, dates=DATES):
    """A time series of one raster whose bands are named by band and date."""
    named = tuple(f"B{number:02d}_{date}" for date in dates for number in range(1, bands + 1))
    return SensorRow(name, (header(name, named),))


SERIES = TrainingForm((series("radar", 2), series("optical", 9)))
IMAGES = TrainingForm((SensorRow("10 m", TEN, Layout.BANDS), SensorRow("20 m", TWENTY, Layout.BANDS)))

# Seconds by the clock on two cores without a GPU, with nothing else at work: sensors, samples, settings. Those below
# the line follow from processor seconds of the same computer at work: 57.7 s by the clock were 105.6 of them.
MEASURED = [
    (SERIES, 6000, {"effort": Effort.QUICK}, 57.7),
    (SERIES, 6000, {"effort": Effort.STANDARD, "epochs": 25}, 666.0),
    (SERIES, 6000, {"effort": Effort.STANDARD}, 301.0),
    (IMAGES, 6000, {"effort": Effort.STANDARD, "epochs": 25}, 313.0),
    (IMAGES, 6000, {"method": Method.ALONE, "epochs": 25}, 86.0),
    # ---
    (SERIES, 200, {"effort": Effort.QUICK}, 28.0),
    (SERIES, 600, {"effort": Effort.STANDARD}, 94.0),
    (IMAGES, 6000, {"effort": Effort.QUICK}, 39.0),
]


def points(count):
    return LabelFacts(shape="points", features=count)


def cost_of(form, count=6000, **settings):
    return expected_cost(replace(form, settings=Settings().having(**settings)), points(count))


@pytest.mark.parametrize(("form", "count", "settings", "seconds"), MEASURED)
def test_what_was_measured_is_expected_within_a_factor_of_two(form, count, settings, seconds):
    assert seconds / 2 < cost_of(form, count, **settings).seconds(1.0) < 2 * seconds


def test_forests_cost_the_same_whatever_the_epochs_and_dates():
    """Epochs and dates are those of networks: a quick training of 90 s was expected to take 54 minutes."""
    quick = cost_of(SERIES, effort=Effort.QUICK)
    assert not quick.has_networks
    assert cost_of(SERIES, effort=Effort.QUICK, epochs=500) == quick
    assert cost_of(TrainingForm((series("radar", 2, DATES[:3]), series("optical", 9))), effort=Effort.QUICK) == quick


def test_networks_cost_by_samples_epochs_dates_and_pixels():
    usual = cost_of(SERIES, epochs=14).networks_s
    assert 0.9 * usual < cost_of(SERIES).networks_s < usual  # the same, but 10 for copies
    assert cost_of(SERIES, epochs=28).networks_s == pytest.approx(2 * usual)  # of 3,600 training samples: 14
    assert cost_of(SERIES, 3000, epochs=14).networks_s == pytest.approx(usual / 2)
    assert cost_of(SERIES, 3000).networks_s == pytest.approx(usual / 2 * 25 / 14)
    assert cost_of(TrainingForm((series("radar", 2, DATES[:3]), *SERIES.sensors[1:]))).networks_s < usual
    assert cost_of(SERIES, series_encoder=SeriesEncoder.LTAE).networks_s < usual
    assert cost_of(SERIES, repeats=3).networks_s > 1.5 * usual
    assert cost_of(SERIES, effort=Effort.THOROUGH).networks_s > 5 * usual
    image = cost_of(IMAGES).networks_s
    assert cost_of(IMAGES, context_m=300.0).networks_s > 2 * image > 4 * cost_of(IMAGES, context_m=0.0).networks_s
    assert cost_of(IMAGES, image_encoder=ImageEncoder.RESIDUAL).networks_s > 2 * image


def test_a_label_raster_counts_as_many_samples_as_are_drawn_and_a_point_as_one():
    """Counted as few samples, a raster made the next training on points appear to take hours."""
    of_raster = expected_cost(SERIES, LabelFacts(shape="raster"))
    most = SERIES.settings.get("max_samples")
    assert of_raster == expected_cost(SERIES, points(most)) == expected_cost(SERIES, points(10 * most))
    few, many = (cost_of(SERIES, count, epochs=14).networks_s for count in (120, most))
    assert many == pytest.approx(few * most / 120)


def test_a_polygon_counts_by_the_pixels_within_it():
    hundred = LabelFacts(shape="polygons", features=30, mean_m2=10_000.0)  # of 10 m
    assert expected_cost(IMAGES, hundred) == expected_cost(IMAGES, points(3000))
    unknown = replace(hundred, mean_m2=0.0)
    assert expected_cost(IMAGES, unknown) == expected_cost(IMAGES, points(600))
    assert expected_cost(IMAGES, replace(hundred, mean_m2=4.0)) == expected_cost(IMAGES, points(100))


def test_only_what_grows_with_the_samples_is_scaled_to_another_computer():
    cost = Cost(constant_s=10.0, forests_s=30.0, networks_s=60.0)
    assert cost.seconds(2.0) == 190.0
    assert cost.slowness(190.0) == pytest.approx(2.0)
    assert 0 < cost.slowness(5.0) < 0.1  # the constant part is shorter there
    assert Cost(10.0, 5.0, 0.0).slowness(100.0) is None  # says nothing about longer trainings


def test_before_the_first_training_a_computer_is_as_fast_as_its_cores():
    assert [usual_slowness(cores) for cores in (0, 1, 2, 4, 64)] == [2.0, 2.0, 1.0, 0.5, 0.5]
