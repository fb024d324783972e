"""Both reports as a reader gets them: whole, alone, escaped, honest, and small."""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import (
    Variant,
    Verdict,
)
from colearn.engine.learning.metrics.area_estimates import area_accuracy
from colearn.engine.report.content import results
from colearn.engine.report.content.evidence import PartCounts
from colearn.engine.report.pages.evaluation_page import evaluation_report
from colearn.engine.report.pages.training_page import training_report

from report_page import Page

words_only = pytest.mark.usefixtures("words_only")

CASES = {
    "classification": (Task.CLASSIFICATION, {}),
    "thirty classes": (Task.CLASSIFICATION, {"outputs": 30, "samples": 600, "skills": {"Höhe": (0.5, 0.4)}}),
    "regression": (Task.REGRESSION, {"outputs": 1}),
    "two targets": (Task.REGRESSION, {"outputs": 2, "skills": {"Höhe": (0.5, 0.4)}}),
    "several labels": (Task.MULTILABEL, {"outputs": 3, "skills": {"Höhe": (0.5, 0.4)}}),
    "alone": (Task.CLASSIFICATION, {"together": False, "outputs": 2}),
    "few groups": (Task.CLASSIFICATION, {"groups": 3, "samples": 30, "outputs": 2}),
    "one sample": (Task.CLASSIFICATION, {"groups": 1, "samples": 1, "outputs": 2}),
    "one sample's value": (Task.REGRESSION, {"groups": 1, "samples": 1, "outputs": 1}),
}


COMPLETE = {
    "complete classification": (Task.CLASSIFICATION, {"shipped": {"RGB": Variant.ALONE}, "outputs": 3}),
    "complete regression": (Task.REGRESSION, {"outputs": 1}),
    "complete labels": (Task.MULTILABEL, {"outputs": 2}),
}


@pytest.fixture(params=[*CASES, *COMPLETE], scope="module")
def page(request, make_training, make_complete):
    if request.param in COMPLETE:
        task, options = COMPLETE[request.param]
        return Page(training_report(*make_complete(task, **options)))
    task, options = CASES[request.param]
    return Page(training_report(*make_training(task, **options)))


def test_report_is_one_page_that_loads_and_runs_nothing(page):
    assert page.tags[0] == "html"
    assert not {"script", "link", "iframe", "object", "base"} & set(page.tags)
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)


def test_every_link_inside_the_page_arrives_and_no_id_stands_twice(page):
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


@pytest.mark.parametrize("case", ["classification", "regression", "several labels"])
def test_evaluation_is_one_page_that_loads_and_runs_nothing(case, make_evaluation):
    task, options = CASES[case]
    page = Page(evaluation_report(*make_evaluation(task, **options)))
    assert "script" not in page.tags
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    assert len(page.ids) == len(set(page.ids))


def test_sections_stand_in_the_order_of_what_a_reader_asks_first(page):
    expected = ["found", "scores", "methods", "curves", "errors", "map", "data", "remarks", "repeat"]
    assert [name for name in page.ids if name in expected] == expected


@words_only
def test_names_are_text_never_markup(make_training):
    html = training_report(*make_training(Task.CLASSIFICATION))
    assert "Quercus &lt;&amp; friends&gt;" in html
    assert "Hyperspectral &lt;HSI&gt;" in html
    assert "<script" not in html
    text = Page(html).text
    assert "Érable à sucre" in text
    assert "ヒノキ" in text
    assert "alert(1)" in text  # the job is shown, as text


def finding_of(html, sensor):
    """The finding on one sensor, as text: its verdict, its headline, all its sentences."""
    items = re.findall(
        r'<li class="(\w+)"><h2>(.*?) <span class="verdict">(.*?)</span></h2>(.*?)</li>', html, re.DOTALL
    )
    found = {name: (kind, head, Page(f"<p>{body}</p>")) for kind, name, head, body in items}
    kind, head, page = found[sensor]
    return kind, head, page.text.replace("\u00a0", " ")


@words_only
def test_a_gain_without_support_by_the_interval_is_none(make_training):
    skills = {"A": (0.5, 0.49), "B": (0.9, 0.2), "C": (0.2, 0.9)}
    manifest, evidence = make_training(Task.CLASSIFICATION, samples=400, skills=skills)
    html = training_report(manifest, evidence)
    assert [sensor.score.verdict for sensor in manifest.sensors] == [
        Verdict.NO_DIFFERENCE,
        Verdict.HELPED,
        Verdict.HARMED,
    ]
    kind, head, text = finding_of(html, "A")
    assert (kind, head) == ("no_difference", "No significant difference")
    assert "no significant difference" in text
    assert finding_of(html, "B")[1] == "The other sensors helped"
    assert "improved the score: +" in finding_of(html, "B")[2]
    assert finding_of(html, "C")[1] == "The other sensors reduced the score"
    assert "reduced the score: −" in finding_of(html, "C")[2]
    assert "improved 1 of 3 sensors and reduced the score of 1" in Page(html).text


@words_only
def test_few_groups_prove_nothing_and_get_no_interval(make_training):
    text = Page(training_report(*make_training(Task.CLASSIFICATION, groups=3, samples=30))).text
    assert "come from only 3 groups; fewer than 6 are too few for a conclusion" in text
    assert "Not available here" in text
    assert "The other sensors helped" not in text


@words_only
def test_brackets_are_explained_only_where_there_are_some(make_training):
    many = Page(training_report(*make_training(Task.CLASSIFICATION))).text
    few = Page(training_report(*make_training(Task.CLASSIFICATION, groups=3, samples=30))).text
    assert "brackets give the 95" in many
    assert "(field plot_id; 40 in the test part)" in many
    assert "brackets give" not in few
    assert "All figures are from 30 test samples in 3 groups not used in training or model selection" in few


@words_only
def test_a_class_that_was_never_tested_is_named_first(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    counts = (PartCounts(9, 1, 0), *evidence.class_counts[1:-1], PartCounts(0, 0, 0))
    html = training_report(manifest, replace(evidence, class_counts=counts))
    sentence = "No test samples of Pinus: the accuracy of this class is unknown."
    assert sentence in html.split("<nav")[0]
    assert "No test samples of" not in training_report(manifest, evidence)


@words_only
def test_test_samples_of_one_class_get_no_verdict_and_no_advice_on_forests(make_complete):
    manifest, evidence = make_complete(Task.CLASSIFICATION, unseen=0)
    sensors = tuple(replace(found, target=np.zeros_like(found.target)) for found in evidence.sensors)
    html = training_report(manifest, replace(evidence, target=np.zeros_like(evidence.target), sensors=sensors))
    for sensor in manifest.sensors:
        name = sensor.name.replace("<", "&lt;").replace(">", "&gt;")
        _, head, text = finding_of(html, name)
        assert head == "One class tested"
        assert "are Pinus: these scores do not show whether classes are separated" in text
        assert "forest" not in text
        assert "guessing" not in text
    assert "The test samples do not allow a conclusion about co-learning" in html


@words_only
def test_training_alone_claims_no_comparison(make_training):
    html = training_report(*make_training(Task.CLASSIFICATION, together=False))
    text = Page(html).text
    assert "the effect of co-learning was not measured" in text
    assert "with the others" not in text.lower()
    assert finding_of(html, "RGB")[1] == "Trained alone"


def test_samples_a_sensor_does_not_cover_are_left_out_of_its_figures(whole):
    _, evidence, html = whole
    found = evidence.sensors[1]
    assert len(found) < 300
    right = (found.shipped.argmax(axis=1) == found.target).sum()
    text = Page(html).text
    assert f"On the {len(found)} test samples that Hyperspectral <HSI> covers, of 300" in text
    assert f"correct: {right}" in text
    assert f"incorrect: {len(found) - right}" in text
    assert not re.search(r"\bnan\b", text)


@words_only
def test_a_sensor_without_test_samples_is_reported_as_unknown(make_complete):
    manifest, evidence = make_complete(Task.CLASSIFICATION)
    nothing = evidence.sensors[1].colearned[:0]
    none = evidence.groups[:0]
    blind = replace(
        evidence.sensors[1],
        **dict.fromkeys(("target", "groups", "longitude", "latitude"), none),
        **dict.fromkeys(("colearned", "alone", "uncalibrated"), nothing),
    )
    html = training_report(manifest, replace(evidence, sensors=(evidence.sensors[0], blind)))
    assert "the accuracy of a map from it is unknown" in Page(html).text


def test_manifest_and_evidence_must_agree_on_what_was_shipped(make_complete):
    manifest, evidence = make_complete(Task.CLASSIFICATION)
    other = replace(evidence.sensors[0], shipped_variant=Variant.ALONE)
    with pytest.raises(ValueError, match="another network was shipped"):
        training_report(manifest, replace(evidence, sensors=(other, *evidence.sensors[1:])))


@words_only
def test_areas_of_the_map_are_reported_where_they_were_estimated(make_evaluation):
    manifest, evidence = make_evaluation(Task.CLASSIFICATION, outputs=3)
    counts = np.array([[40, 5, 1], [3, 30, 2], [0, 2, 20]])
    area = area_accuracy(counts, np.array([5000, 3000, 2000]), 100.0)
    text = Page(evaluation_report(manifest, replace(evidence, area=area))).text
    assert f"Overall accuracy of the mapped area: {100 * area.overall.value:.1f} %" in text
    assert f"{area.areas_m2[0].value / 1e4:.1f}" in text
    assert "Area (ha)" in text


@words_only
def test_confusion_counts_and_row_shares_are_the_samples(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION, skills={"A": (0.6, 0.6)})
    decided = evidence.sensors[0].colearned.argmax(axis=1)
    both = int(((evidence.target == 0) & (decided == 1)).sum())
    all_of_it = int((evidence.target == 0).sum())
    html = training_report(manifest, evidence)
    row = re.search(r'<tr><th scope="row">Pinus</th>(.*?)</tr>', html, re.DOTALL).group(1)
    cells = re.findall(r"<td class=\"[^\"]*\">(\d+)<small>([\d.]+)", row)
    assert cells[1] == (str(both), f"{100 * both / all_of_it:.1f}")


@words_only
def test_many_classes_have_a_dense_matrix_and_too_many_a_list(make_training):
    dense = training_report(*make_training(Task.CLASSIFICATION, outputs=30, samples=600, skills={"A": (0.5, 0.5)}))
    assert 'class="matrix dense"' in dense
    listed = training_report(*make_training(Task.CLASSIFICATION, outputs=60, samples=2400, skills={"A": (0.5, 0.5)}))
    assert 'class="matrix' not in listed
    assert "The most frequent confusions" in listed


@pytest.mark.parametrize(("task", "outputs"), [(Task.CLASSIFICATION, 30), (Task.REGRESSION, 1)])
def test_fifty_thousand_samples_stay_a_small_page(task, outputs, make_evaluation, monkeypatch):
    monkeypatch.setattr(results, "estimates", partial(results.estimates, resamples=20))  # what takes long is no figure
    html = evaluation_report(*make_evaluation(task, samples=50_000, outputs=outputs, groups=500))
    assert len(html.encode()) < 1_500_000


def test_the_same_evidence_gives_the_same_page(make_evaluation):
    manifest, evidence = make_evaluation(Task.REGRESSION, outputs=1)
    assert evaluation_report(manifest, evidence) == evaluation_report(manifest, evidence)


def test_samples_without_coordinates_and_a_training_without_history_are_noted(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    nowhere = np.full_like(evidence.longitude, np.nan)
    sensors = tuple(replace(found, longitude=nowhere, latitude=nowhere) for found in evidence.sensors)
    bare = replace(evidence, longitude=nowhere, latitude=nowhere, sensors=sensors, history=())
    bare = replace(bare, notes=(), warnings=(), class_counts=())
    text = Page(training_report(replace(manifest, area=None), bare)).text
    assert "The locations of the samples are not known" in text
    assert "No epochs were recorded" in text
    assert "No warnings" in text


@words_only
def test_notes_and_warnings_are_logged(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    html = training_report(manifest, evidence)
    assert re.search(r'<li class="warning">12 labels without a value in &lt;genus&gt; were left out\.</li>', html)
    assert all(note in Page(html).text for note in evidence.notes)


def test_losses_that_are_not_numbers_do_not_stop_the_report(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    nan = float("nan")
    history = tuple(replace(epoch, train_loss=nan, validation_loss=nan, score=nan) for epoch in evidence.history)
    assert "Learning curves" in training_report(manifest, replace(evidence, history=history))


@words_only
def test_evaluation_tells_what_was_evaluated_and_with_which_model(make_evaluation):
    text = Page(evaluation_report(*make_evaluation(Task.CLASSIFICATION))).text
    assert "plot <30>.tif" in text
    assert "genus.colearn" in text
    assert "abab" in text
    assert "in the test during training" in text


def test_nodata_among_predictions_is_refused(make_training):
    manifest, evidence = make_training(Task.REGRESSION, outputs=1)
    evidence.sensors[0].colearned[0] = np.nan
    with pytest.raises(ValueError, match="nodata"):
        training_report(manifest, evidence)
