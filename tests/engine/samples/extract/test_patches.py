"""What extraction tells of a sensor besides its values."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.raster.sensors.open import SensorRasters, open_sensor
from colearn.engine.samples.extract.patches import day_number, extract
from colearn.engine.samples.positions.positions import Positions

from journeys import source
from world import EPSG, NORTH, WEST, write_raster

NOWHERE = Positions("EPSG:32633", np.empty(0), np.empty(0))


def radar(dates: tuple[str, ...], known: bool) -> SensorRasters:
    return SensorRasters("radar", Layout.STACK, (), ("VV", "VH"), True, dates, known, "float32", notes=())


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [("2020-02-28", "2020-03-01", 2), ("2020-01", "2020-02", 31), ("2020-12-14", "2020-12", 1)],
)
def test_days_are_those_of_the_calendar_and_a_month_is_its_middle(earlier: str, later: str, days: int) -> None:
    assert day_number(later) - day_number(earlier) == days


def test_samples_of_a_series_carry_the_days_where_they_are_known() -> None:
    dates = ("2020-11", "2020-12-15", "2021-02-28")
    days = extract(radar(dates, known=True), NOWHERE, 1, lambda share: None).samples.days
    assert np.diff(days).tolist() == [30, 75]
    assert extract(radar(("1", "2"), known=False), NOWHERE, 1, lambda share: None).samples.days == ()


def test_masked_and_missing_pixels_are_distinguished(tmp_path) -> None:
    """Three pixels of 10 m: nodata, cloud, clear; and a position outside."""
    array = np.array([[[0, 5, 5]], [[4, 9, 4]]], np.uint16)
    path = write_raster(tmp_path / "a.tif", array, names=("B02", "SCL"))
    spec = SensorSpec("A", (source(path),), nodata=(0.0,), mask="sentinel2_scl")
    x = WEST + np.array([5.0, 15.0, 25.0, 95.0])
    found = extract(open_sensor(spec), Positions(f"EPSG:{EPSG}", x, np.full(4, NORTH - 5)), 1, lambda share: None)
    assert found.covered.tolist() == [False, False, True, False]
    assert found.masked.tolist() == [False, True, False, False]
