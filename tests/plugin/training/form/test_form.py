"""The form without a window: its job, its parameters, its verdict, how it is kept."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.method import Effort, Method, Optimize
from colearn.engine.contract.job.sources import ClassColor, Layout
from colearn.engine.contract.wire.events import Epoch
from colearn.plugin.training.form.effort import effort_of, more_effort, with_effort
from colearn.plugin.training.form.failures import page_of_failure
from colearn.plugin.training.form.form import TrainingForm, form_of
from colearn.plugin.training.form.labels import (
    ClassFacts,
    LabelFacts,
    LabelForm,
    labels_of,
    shown_classes,
)
from colearn.plugin.training.form.parameters import parameters_of
from colearn.plugin.training.form.problems import Page, Problem
from colearn.plugin.training.form.progress.cost import expected_cost
from colearn.plugin.training.form.progress.curves import Curves
from colearn.plugin.training.form.sensors.patch import context_of_step, patches, step_of_context
from colearn.plugin.training.form.sensors.sensor_row import SensorRow
from colearn.plugin.training.form.settings import Settings, default_setting, setting_names
from colearn.plugin.training.form.stored import form_to_text, kept_in_text
from colearn.plugin.training.form.verdict import Surroundings, verdict

from .headers import TEN, TWENTY, header

ROOT = Path(__file__).resolve().parents[4]
LABELS = LabelForm("land.gpkg", "land", label_fields=("kind",), group_field="plot")
FORM = TrainingForm(
    (SensorRow("ten", TEN, bands=("B02", "B08")), SensorRow("twenty", TWENTY, Layout.BANDS, nodata=(0.0, -9999.0))),
    LABELS,
    Settings().having(epochs=7, optimize=Optimize.ACCURACY),
    "/out/land.colearn",
)
FACTS = LabelFacts(
    classes=(ClassFacts("crop", "crop", "#ff0000", 20, 12), ClassFacts("bare", "bare", "", 5, 3)),
    features=30,
    shape="polygons",
)


def test_the_form_needs_no_qt():
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in sorted((ROOT / "plugin" / "training" / "form").rglob("*.py"))
    ]
    block = (
        "import sys, importlib\n"
        "for name in ('qgis', 'PyQt5', 'PyQt6', 'osgeo', 'numpy', 'torch'): sys.modules[name] = None\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "import types\nroot = types.ModuleType('colearn')\nroot.__path__ = [sys.path[0]]\n"
        "sys.modules['colearn'] = root\n"
    )
    code = block + "\n".join(f"importlib.import_module('colearn.{module}')" for module in modules)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# The job -------------------------------------------------------------


def test_the_job_is_what_was_chosen():
    job = FORM.job()
    assert [sensor.name for sensor in job.sensors] == ["ten", "twenty"]
    assert job.sensors[0].bands == ("B02", "B08")
    assert job.sensors[1].nodata == (0.0, -9999.0)
    assert (job.labels.fields, job.labels.group_field) == (("kind",), "plot")
    assert (job.epochs, job.optimize, job.batch_size) == (7, Optimize.ACCURACY, default_setting("batch_size"))
    assert job.output_report == "/out/land.html"
    assert job.output_samples == "/out/land_samples.gpkg"


def test_a_saved_job_opens_as_the_same_form():
    again = job_from_text(job_to_text(FORM.job()), "train")
    headers = {raster.key: raster for raster in FORM.rasters()}
    assert form_of(again, labels_of(again.labels), headers) == replace(FORM, labels=replace(LABELS))


def test_what_is_written_elsewhere_stays_there():
    job = replace(FORM.job(), output_report="/web/report.html", output_samples=None)
    form = form_of(job, LABELS, {raster.key: raster for raster in FORM.rasters()})
    assert form.job() == job


def test_a_form_is_kept_as_text_finished_or_not():
    headers = {raster.key: raster for raster in FORM.rasters()}
    for form in (
        FORM,
        TrainingForm(),
        replace(FORM, labels=LabelForm()),
        replace(FORM, settings=FORM.settings.having(device=Device.CPU, context_m=50.0).with_value(("loss.main", 2.0))),
    ):
        assert kept_in_text(form_to_text(form)).form(headers) == form


BROKEN = ["", "[]", "{}}", '{"settings": {"epochs": "many"}}', '{"settings": {"x": 1}}', '{"a": 1}']


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_form_is_not_taken(text):
    assert kept_in_text(text) is None


def test_parameters_hold_only_what_differs_from_defaults():
    given = parameters_of(FORM.job())
    assert given["SENSOR_A"] == [raster.key for raster in TEN]
    assert given["SENSOR_A_BANDS"] == "B02, B08"
    assert given["SENSOR_B_NODATA"] == "0.0, -9999.0"
    assert given["OPTIMIZE"] == "accuracy"
    assert "BATCH_SIZE" not in given
    assert "MORE_SENSORS" not in given


def test_sensors_beyond_the_letters_are_further_ones():
    sensors = tuple(SensorRow(f"s{number}", (header(f"r{number}", ("a", "b")),)) for number in range(8))
    given = parameters_of(replace(FORM, sensors=sensors).job())
    assert given["SENSOR_F_NAME"] == "s5"
    assert '"name": "s6"' in given["MORE_SENSORS"]
    assert '"path": "r7"' in given["MORE_SENSORS"]


# Classes -------------------------------------------------------------


def test_classes_are_shown_as_a_map_will_show_them():
    """As chosen, else as in the layer, else as the engine picks: water is blue there; what is left out has none."""
    classes = (
        ClassFacts("1", "1", "", 5, 5),
        ClassFacts("water", "water", "", 5, 5),
        ClassFacts("oak", "oak", "#123456", 5, 5),
        ClassFacts("road", "road", "", 5, 5),
    )
    chosen = LabelForm(left_out=("road",)).with_color(ClassColor("1", "#abcdef", "forest"))
    shown = shown_classes(classes, chosen)
    assert [(each.name, each.color) for each in shown] == [
        *(("forest", "#abcdef"), ("water", "#2b7bba"), ("oak", "#123456"), ("road", ""))
    ]


def test_chosen_colours_are_in_job_parameters_and_project():
    labels = LABELS.with_color(ClassColor("a", "#000001")).with_color(ClassColor("b", "#000002", "B"))
    form = replace(FORM, labels=labels.with_color(ClassColor("a", "#0000ff")))
    colors = (ClassColor("a", "#0000ff"), ClassColor("b", "#000002", "B"))
    assert form.job().labels.colors == colors
    assert parameters_of(form.job())["CLASS_COLORS"] == ["a", "#0000ff", "", "b", "#000002", "B"]
    headers = {raster.key: raster for raster in FORM.rasters()}
    assert kept_in_text(form_to_text(form)).form(headers) == form
    assert labels_of(form.job().labels).colors == colors


# Settings ------------------------------------------------------------


def test_a_setting_at_its_default_is_not_changed():
    assert FORM.settings.having(epochs=default_setting("epochs")) == Settings().having(optimize=Optimize.ACCURACY)
    with pytest.raises(LookupError, match="no_such"):
        Settings().having(no_such=1)


def test_an_effort_is_seen_in_the_settings():
    for effort in Effort:
        assert effort_of(with_effort(Settings(), effort)) is effort
    assert effort_of(Settings().having(method=Method.MDICO)) is None  # which knows no effort
    assert with_effort(Settings().having(method=Method.MDICO), Effort.THOROUGH).get("method") is Method.AUTO
    assert with_effort(Settings().having(seed=5), Effort.QUICK).get("seed") == 5


def test_training_again_with_more():
    assert effort_of(more_effort(with_effort(Settings(), Effort.QUICK))) is Effort.STANDARD
    beyond = more_effort(with_effort(Settings(), Effort.THOROUGH))
    assert (beyond.get("epochs"), beyond.get("repeats")) == (None, 2)  # the usual number of epochs is enough
    assert more_effort(with_effort(Settings().having(epochs=40), Effort.THOROUGH)).get("epochs") == 80


def test_patches_are_shown_in_pixels_of_every_image():
    series = SensorRow("series", (header("s", ("red_2021-03", "red_2021-04")),))
    sensors = (*FORM.sensors, series)
    # 15 pixels of 10 m are 150 m: 2·floor(150 / (2·20)) + 1 = 7 pixels of 20 m; a series has no patch.
    assert patches(None, sensors) == (("ten", 15), ("twenty", 7))
    assert patches(0.0, sensors) == (("ten", 1), ("twenty", 1))
    assert context_of_step(0, sensors) == 0.0
    assert step_of_context(None, sensors) == step_of_context(150.0, sensors)
    assert context_of_step(step_of_context(90.0, sensors), sensors) == 90.0
    assert patches(None, (series,)) == ()


def test_every_setting_is_a_parameter(algorithm):
    from colearn.plugin.training.form.parameters import parameter_of

    there = {definition.name() for definition in algorithm("train").parameterDefinitions()}
    assert {parameter_of(name) for name in setting_names()} <= there


# The verdict ---------------------------------------------------------


def verdict_of(form=FORM, facts=FACTS, **around):
    return verdict(form, facts, Surroundings(label_places=2, **around))


def test_a_form_in_order_is_ready():
    found = verdict_of()
    assert found.is_ready
    assert (found.sensors, found.classes, found.features) == (2, 2, 25)


def limited_to(minutes):
    return replace(FORM, settings=FORM.settings.having(time_budget_min=minutes))


def test_time_is_estimated_as_slow_as_the_computer_and_within_the_limit():
    cost = expected_cost(FORM, FACTS)
    asked = []
    found = verdict_of(slowness=lambda cost: asked.append(cost) or 3.0)
    assert found.minutes == pytest.approx(cost.seconds(3.0) / 60) and asked == [cost]
    assert verdict_of(limited_to(1e6)) == verdict_of()
    assert verdict_of(limited_to(0.5), slowness=lambda _cost: 100.0).minutes == 0.5
    assert verdict_of(facts=LabelFacts()).minutes is None
    assert verdict_of(replace(FORM, sensors=())).minutes is None


@pytest.mark.parametrize(
    ("form", "facts", "problem", "page"),
    [
        (replace(FORM, sensors=FORM.sensors[:1]), FACTS, Problem.ONE_SENSOR, Page.SENSORS),
        (replace(FORM, labels=LabelForm()), FACTS, Problem.NO_LABELS, Page.LABELS),
        (replace(FORM, labels=replace(LABELS, label_fields=())), FACTS, Problem.NO_FIELD, Page.LABELS),
        (FORM, replace(FACTS, has_crs=False), Problem.LABELS_WITHOUT_CRS, Page.LABELS),
        (replace(FORM, labels=replace(LABELS, left_out=("bare",))), FACTS, Problem.ONE_CLASS, Page.LABELS),
        (replace(FORM, output_model=""), FACTS, Problem.NO_MODEL_FILE, Page.TRAINING),
        (replace(FORM, output_model="/out/x.zip"), FACTS, Problem.MODEL_ENDING, Page.TRAINING),
    ],
    ids=lambda value: value.value if isinstance(value, Problem) else "",
)
def test_what_is_missing_is_reported(form, facts, problem, page):
    found = verdict_of(form, facts)
    assert not found.is_ready
    assert [(issue.problem, issue.page) for issue in found.issues] == [(problem, page)]


def test_a_single_sensor_is_enough_to_train_it_alone():
    one = replace(FORM, sensors=FORM.sensors[:1], settings=FORM.settings.having(method=Method.ALONE))
    assert verdict_of(one).is_ready
    assert [issue.problem for issue in verdict_of(replace(one, sensors=())).issues] == [Problem.ONE_SENSOR]


def test_few_groups_and_a_model_that_is_replaced_are_warnings():
    few = replace(FACTS, classes=(FACTS.classes[0], ClassFacts("bare", "bare", "", 5, 2)))
    found = verdict_of(facts=few, model_exists=True)
    assert found.is_ready
    assert [issue.problem for issue in found.issues] == [Problem.FEW_GROUPS, Problem.MODEL_REPLACED]
    assert found.issues[0].names == ("bare",)


def test_a_model_that_another_training_writes_is_refused():
    found = verdict_of(models_in_work=frozenset({"/out/land.colearn"}))
    assert [issue.problem for issue in found.issues] == [Problem.MODEL_BUSY]


def test_measured_values_have_no_classes():
    found = verdict_of(replace(FORM, settings=FORM.settings.having(task=Task.REGRESSION)))
    assert (found.classes, found.features, found.is_ready) == (0, 30, True)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("No labels.\n[labels_empty]", Page.LABELS),
        ("Too few.\n[too_few_samples]", Page.LABELS),
        ("Grids.\n[sensor_grids_differ]", Page.SENSORS),
        ("Context.\n[context_too_large]", Page.TRAINING),
        ("Died.\n[engine_died]", None),
        ("Cancelled.", None),
    ],
)
def test_failures_name_the_page_where_they_can_be_corrected(text, page):
    assert page_of_failure(text) is page


# Labels --------------------------------------------------------------


# Curves --------------------------------------------------------------


def test_networks_alone_of_every_seed_are_alone():
    """Averages train several; their curves are dashed, and each has a name of its own."""
    curves = Curves()
    for training in ("alone: a", "alone 2: a", "mdico"):
        curves = curves.having(Epoch(training, 1, 5, 1.0, 1.0, 0.5))
    assert [(curve.sensor, curve.is_alone) for curve in curves.trainings] == [("a", True), ("a", True), ("", False)]
