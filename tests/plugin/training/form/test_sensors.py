"""Sensors of the form: grouped by grids and names, checked from headers, mended by buttons."""

from dataclasses import replace

import pytest
from colearn.engine.contract.job.sources import Layout
from colearn.plugin.training.form.checks import sensor_issues
from colearn.plugin.training.form.form import TrainingForm
from colearn.plugin.training.form.mending import mended
from colearn.plugin.training.form.problems import Mend, Problem
from colearn.plugin.training.form.sensors.grouping import by_name, group
from colearn.plugin.training.form.sensors.header import Unusable
from colearn.plugin.training.form.sensors.sensor_row import SensorRow

from .headers import SCENE, TEN, TWENTY, header


def names(rows):
    return [(row.name, [raster.name for raster in row.rasters]) for row in rows]


# Grouping ------------------------------------------------------------


def test_bands_of_a_product_become_a_sensor_for_each_pixel_size():
    mixed = [raster for pair in zip(TEN, TWENTY) for raster in pair] + list(TWENTY[4:])
    ten, twenty = group(mixed)
    assert ten.name == "T33UUU 10 m"
    assert ten.all_bands() == ("B02", "B03", "B04", "B08")
    assert ten.guessed_layout() is Layout.BANDS
    assert ten.all_dates() == ("2017-02-16",)
    assert twenty.name == "T33UUU 20 m"
    assert twenty.all_bands() == ("B05", "B06", "B07", "B8A", "B11", "B12")


def test_rasters_come_in_the_order_of_their_names_whatever_order_they_were_given_in():
    """Of numbers in them, not of digits: 8 before 8A before 11."""
    names = [f"s_B{band}" for band in ("12", "8A", "02", "11", "8", "2x")]
    found = [each.name for each in by_name(header(name) for name in names)]
    assert found == ["s_B02", "s_B2x", "s_B8", "s_B8A", "s_B11", "s_B12"]
    assert by_name(reversed((*TEN, *TWENTY))) == by_name((*TEN, *TWENTY))


def test_dates_of_one_area_are_one_sensor():
    rows = group([header(f"radar_2021-0{month}-01", ("VV", "VH")) for month in (3, 4, 5)])
    assert names(rows) == [("radar", ["radar_2021-03-01", "radar_2021-04-01", "radar_2021-05-01"])]
    assert rows[0].guessed_layout() is Layout.DATES
    assert rows[0].all_dates() == ("2021-03-01", "2021-04-01", "2021-05-01")


def test_scenes_of_several_areas_are_one_sensor_whatever_their_names():
    rows = group([header("MLBS_1", ("", "", "")), header("OSBS_7", ("", "", ""), west=600_000)])
    assert [len(row.rasters) for row in rows] == [2]
    assert rows[0].guessed_layout() is Layout.SCENES


@pytest.mark.parametrize("bands", [("", "", ""), ("canopy_height_m",)])
def test_plots_are_one_sensor_even_if_one_of_many_is_there_twice(bands):
    """Of 59 plots two lay at the same place: each of the 59 became a sensor."""
    places = (500_000, 510_000, 520_000, 530_000, 540_000, 540_000)
    rows = group([header(f"OSBS_{at}", bands, west=west) for at, west in enumerate(places)])
    assert [(row.name, len(row.rasters)) for row in rows] == [("OSBS", 6)]
    assert rows[0].guessed_layout() is Layout.SCENES


def test_sensors_whose_names_say_nothing_are_called_after_their_folders():
    def plots(folder, bands):
        names = ("MLBS_1", "OSBS_7")
        places = enumerate(names, 5)
        return [
            replace(header(name, bands, west=at * 1e5), key=f"{folder}{name}", source=f"/data/{folder}/{name}.tif")
            for at, name in places
        ]

    rgb, chm = plots("RGB", ("red", "green", "blue")), plots("CHM", ("height",))
    assert [row.name for row in group([*rgb, *chm])] == ["RGB", "CHM"]
    assert [row.name for row in group(rgb)] == ["Sensor"]


def test_similar_rasters_of_one_area_with_different_names_are_two_sensors():
    rows = group([header("ascending", ("VV", "VH")), header("descending", ("VV", "VH"))])
    assert names(rows) == [("ascending", ["ascending"]), ("descending", ["descending"])]


def test_rasters_of_other_bands_are_another_sensor():
    assert len(group([header("a", ("B02", "B03")), header("b", ("VV", "VH"))])) == 2


def test_names_are_made_distinct():
    rows = group([header("a", ("VV",)), header("a b", ("x", "y"))], taken=["a"])
    assert [row.name for row in rows] == ["a 2", "a b"]


def test_a_stack_of_dates_is_seen_in_its_band_names():
    stack = header("series", tuple(f"{band}_2021-0{month}" for month in (3, 4) for band in ("red", "nir")))
    row = SensorRow("series", (stack,))
    assert row.guessed_layout() is Layout.STACK
    assert row.all_bands() == ("red", "nir")
    assert row.all_dates() == ("2021-03", "2021-04")


def test_bands_that_a_list_cannot_hold_are_chosen_by_number():
    assert SensorRow("a", (header("a", ("red, raw", "nir")),)).all_bands() == ("1", "2")
    assert SensorRow("a", (header("a", ("Band 1", "Band 2")),)).all_bands() == ("1", "2")


# Checks --------------------------------------------------------------


def only_issue(*sensors, places=0):
    (issue,) = sensor_issues(sensors, places)
    return issue


RADAR = SensorRow("radar", (header("radar", ("VV", "VH"), pixel_m=20.0, side_px=50),))


def test_pixels_of_two_sizes_in_one_sensor_are_reported_and_corrected():
    form = TrainingForm((SensorRow("S2", TEN + TWENTY), RADAR))
    issue = only_issue(*form.sensors)
    assert (issue.problem, issue.sensor, issue.values) == (Problem.PIXEL_SIZES, 0, ("10", "20"))
    assert issue.names == tuple(raster.name for raster in TWENTY)
    after = mended(form, issue)
    assert [(row.name, row.rasters) for row in after.sensors] == [
        ("S2", TEN),
        ("S2 20 m", TWENTY),
        ("radar", RADAR.rasters),
    ]
    named = mended(TrainingForm((SensorRow("S2 10 m", TEN + TWENTY), RADAR)), issue)
    assert [row.name for row in named.sensors] == ["S2 10 m", "S2 20 m", "radar"]
    assert sensor_issues(after.sensors, 0) == ()


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (replace(TEN[0], unusable=Unusable.GONE), Problem.GONE),
        (replace(TEN[0], unusable=Unusable.UNREADABLE), Problem.UNREADABLE),
        (replace(TEN[0], unusable=Unusable.SERVICE), Problem.SERVICE),
        (replace(TEN[0], crs=""), Problem.NO_CRS),
    ],
    ids=lambda value: value.value if isinstance(value, Problem) else "",
)
def test_a_raster_that_cannot_be_used_is_named(bad, problem):
    form = TrainingForm((SensorRow("S2", (bad, *TEN[1:])), RADAR))
    issue = only_issue(*form.sensors)
    assert (issue.problem, issue.sensor, issue.names) == (problem, 0, (f"{SCENE}_B02",))
    if issue.mend is not None:
        assert issue.mend is Mend.REMOVE_UNUSABLE
        assert mended(form, issue).sensors[0].rasters == TEN[1:]


def test_a_raster_given_twice_is_dropped():
    form = TrainingForm((SensorRow("S2", (*TEN, replace(TEN[0], key="again"))), RADAR))
    issue = only_issue(*form.sensors)
    assert (issue.problem, issue.names) == (Problem.TWICE, (TEN[0].name,))
    assert mended(form, issue).sensors[0].rasters == TEN


def test_indistinguishable_rasters_of_one_area_need_a_layout():
    rasters = (header("one", ("a", "b")), header("two", ("a", "b")))
    assert only_issue(SensorRow("x", rasters), RADAR).problem is Problem.LAYOUT_UNCLEAR
    assert sensor_issues((SensorRow("x", rasters, Layout.SCENES), RADAR), 0) == ()


def test_single_bands_of_several_dates_are_refused():
    rasters = tuple(header(f"S2_2021-0{month}-01_{band}") for month in (3, 4) for band in ("B02", "B03"))
    issue = only_issue(SensorRow("x", rasters), RADAR)
    assert (issue.problem, issue.names, issue.values) == (Problem.BANDS_OF_SEVERAL_DATES, ("B02", "B03"), ("2",))


def test_other_numbers_of_bands_are_refused_and_parted():
    form = TrainingForm((SensorRow("x", (header("one", ("a", "b")), header("two", ("c",)))), RADAR))
    issue = only_issue(*form.sensors)
    assert (issue.problem, issue.values) == (Problem.BANDS_DIFFER, ("2", "1"))
    assert [row.name for row in mended(form, issue).sensors] == ["one", "two", "radar"]


def test_bands_on_another_lattice_are_refused():
    moved = header("S_B03", west=500_003.0)
    issue = only_issue(SensorRow("x", (header("S_B02"), moved), Layout.BANDS), RADAR)
    assert (issue.problem, issue.names) == (Problem.GRIDS_DIFFER, ("S_B02", "S_B03"))


def test_repeated_or_missing_names_are_completed():
    form = TrainingForm((SensorRow("s", TEN), SensorRow("S", TWENTY)))
    issue = only_issue(*form.sensors)
    assert (issue.problem, issue.sensor) == (Problem.NAME_TWICE, 1)
    assert mended(form, issue).sensors[1].name == "S 2"
    unnamed = TrainingForm((SensorRow(" ", TEN), RADAR))
    issue = only_issue(*unnamed.sensors)
    assert issue.problem is Problem.NO_NAME
    assert mended(unnamed, issue).sensors[0].name == "T33UUU"


def test_a_sensor_away_from_all_labels_is_refused():
    away = SensorRow("away", (header("away", ("VV", "VH"), covered=frozenset()),))
    issue = only_issue(SensorRow("S2", TEN), away, places=2)
    assert (issue.problem, issue.sensor, issue.names) == (Problem.COVERS_NO_LABEL, 1, ("away",))
    assert sensor_issues((SensorRow("S2", TEN), away), 0) == ()  # where no labels are known yet


def test_a_sensor_away_from_all_others_is_refused():
    away = SensorRow("away", (header("away", ("VV", "VH"), west=900_000.0),))
    assert only_issue(SensorRow("S2", TEN), RADAR, away).names == ("away",)


# Edits ---------------------------------------------------------------


def test_rasters_are_moved_between_sensors_and_an_empty_one_goes():
    form = TrainingForm((SensorRow("S2", TEN), RADAR))
    moved = form.put(RADAR.rasters, 0)
    assert names(moved.sensors) == [("S2", [raster.name for raster in (*TEN, *RADAR.rasters)])]
    apart = moved.put_apart((TEN[0],))
    assert [row.name for row in apart.sensors] == ["S2", "T33UUU_B02"]
    assert apart.sensors[1].rasters == (TEN[0],)


def test_a_new_sensor_takes_the_name_of_one_that_goes():
    """All bands in one sensor, and apart again: not “T33UUU 10 m 2” and “T33UUU 10 m 2 20 m”."""
    form = TrainingForm().add_grouped((*TEN, *TWENTY))
    assert [row.name for row in form.sensors] == ["T33UUU 10 m", "T33UUU 20 m"]
    (one,) = form.put_apart(form.rasters()).sensors
    assert not one.name.endswith(" 2")
    some = form.put_apart(TEN[:2])
    assert [row.name for row in some.sensors][2:] == ["T33UUU"]  # the others stay


def test_what_is_there_already_is_not_added_again():
    form = TrainingForm().add_grouped(TEN).add_grouped((*TEN, *TWENTY))
    assert [len(row.rasters) for row in form.sensors] == [4, 6]


def test_chosen_bands_that_no_longer_exist_are_dropped():
    row = SensorRow("S2", TEN, bands=("B02", "B08"))
    assert row.with_rasters(TEN[1:]).bands == ("B08",)


def test_a_map_is_of_one_scene_or_of_all_bands():
    scenes = tuple(header(f"scene_{number}.tif") for number in range(2))
    assert SensorRow("s", scenes, Layout.SCENES).of_one_map() == scenes[:1]
    assert SensorRow("s", scenes, Layout.BANDS).of_one_map() == scenes
