"""What the evaluation report adds: the optimized score first, known places in the first words, honest probabilities."""

import re
from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.learning.tasks.population import AS_THEY_ARE
from colearn.engine.report.content.results import scores
from colearn.engine.report.pages.evaluation_page import evaluation_advice, evaluation_report

pytestmark = pytest.mark.usefixtures("words_only")


def rows_of(page):
    """The names of the table of scores, from top to bottom, and the one that is marked."""
    table = page[page.index('class="scores"') : page.index("</table>", page.index('class="scores"'))]
    return re.findall(r'<tr( class="main")?><th scope="row">([^<]+)</th>', table)


def optimized(manifest, metric):
    sensors = tuple(replace(each, score=replace(each.score, metric=metric)) for each in manifest.sensors)
    return replace(manifest, sensors=sensors, optimize=metric.replace(" ", "_"))


@pytest.mark.parametrize(
    ("metric", "title"), [("accuracy", "Overall accuracy"), ("balanced accuracy", "Balanced accuracy")]
)
def test_both_accuracies_are_reported_and_the_optimized_one_comes_first(metric, title, make_evaluation):
    manifest, evidence = make_evaluation(Task.CLASSIFICATION)
    rows = rows_of(evaluation_report(optimized(manifest, metric), evidence))
    assert rows[0] == (' class="main"', title)
    assert sorted(name for _, name in rows) == ["Balanced accuracy", "Kappa", "Macro F1", "Overall accuracy"]


def test_errors_of_measurements_are_reported_with_their_scatter(make_evaluation):
    names = [name for _, name in rows_of(evaluation_report(*make_evaluation(Task.REGRESSION, outputs=1)))]
    assert names == ["R²", "RMSE", "MAE", "Bias", "Scatter"]


def test_training_locations_are_mentioned_first(make_evaluation):
    manifest, evidence = make_evaluation(Task.CLASSIFICATION)
    found = scores(manifest.task, evidence.target, evidence.prediction, evidence.groups, evidence.seed, AS_THEY_ARE)
    assert not any("optimistic" in advised for advised in evaluation_advice(manifest, evidence, found))
    known = replace(evidence, known_locations=150)
    first = evaluation_advice(manifest, known, found)[0]
    assert first.startswith("At least 150 of 200 samples are at locations used in training or model selection")
    assert first.endswith("Other pixels of the same polygons are not counted.")
    page = evaluation_report(manifest, replace(known, grouped_by="plot"))
    assert page.count(f'<p class="advice">{first}</p>') == 1
    assert "among these labels" in page
    assert "in the test part" not in page


def test_labels_of_one_class_are_no_test_of_telling_classes_apart(make_evaluation):
    manifest, evidence = make_evaluation(Task.CLASSIFICATION)
    page = evaluation_report(manifest, replace(evidence, target=np.zeros_like(evidence.target)))
    assert "All samples are Pinus: these scores do not show whether classes are separated." in page
    assert "do not rely" not in page


@pytest.mark.parametrize(("task", "shown"), [(Task.CLASSIFICATION, 1), (Task.MULTILABEL, 1), (Task.REGRESSION, 0)])
def test_whether_probabilities_mean_what_they_say_is_shown_where_there_are_some(task, shown, make_evaluation):
    page = evaluation_report(*make_evaluation(task, outputs=3))
    assert page.count("Calibration of the probabilities") == shown
    assert ("On average, predicted probability" in page) == bool(shown)
