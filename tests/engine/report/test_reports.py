"""Both reports as a reader gets them: whole, alone, escaped, honest, and small."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.manifest import Candidate
from colearn.engine.contract.manifest.scores import (
    Estimate,
    FastCopy,
    Importance,
    ImportancePart,
    Importances,
    Quantized,
    Variant,
    Verdict,
)
from colearn.engine.learning.metrics.area_estimates import area_accuracy
from colearn.engine.report.content.evidence import PartCounts
from colearn.engine.report.content.results import sensor_results
from colearn.engine.report.pages.evaluation_page import evaluation_report
from colearn.engine.report.pages.training_page import training_report
from colearn.engine.report.tables.importances import importance_tables
from colearn.engine.report.tables.methods import method_rows, method_sentence

CASES = {
    "classification": (Task.CLASSIFICATION, {}),
    "thirty classes": (Task.CLASSIFICATION, {"outputs": 30, "samples": 600, "skills": {"Höhe": (0.5, 0.4)}}),
    "regression": (Task.REGRESSION, {"outputs": 1}),
    "two targets": (Task.REGRESSION, {"outputs": 2, "skills": {"Höhe": (0.5, 0.4)}}),
    "several labels": (Task.MULTILABEL, {"outputs": 3, "skills": {"Höhe": (0.5, 0.4)}}),
    "alone": (Task.CLASSIFICATION, {"together": False}),
    "few groups": (Task.CLASSIFICATION, {"groups": 3, "samples": 30}),
    "one sample": (Task.CLASSIFICATION, {"groups": 1, "samples": 1}),
    "one sample's value": (Task.REGRESSION, {"groups": 1, "samples": 1, "outputs": 1}),
}
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """What a browser would see of a page; raises where tags do not nest."""

    def __init__(self, html):
        super().__init__()
        self.open, self.ids, self.tags, self.links, self.words = [], [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "srcset", "action"):
                self.links.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words)).replace("\u202f", " ").replace(" .", ".")


COMPLETE = {
    "complete classification": (Task.CLASSIFICATION, {"shipped": {"RGB": Variant.ALONE}}),
    "complete regression": (Task.REGRESSION, {"outputs": 1}),
    "complete labels": (Task.MULTILABEL, {"outputs": 3}),
}


@pytest.fixture(params=[*CASES, *COMPLETE], scope="module")
def page(request, make_training, make_complete):
    if request.param in COMPLETE:
        task, options = COMPLETE[request.param]
        return Page(training_report(*make_complete(task, **options)))
    task, options = CASES[request.param]
    return Page(training_report(*make_training(task, **options)))


@pytest.fixture(scope="module")
def whole(make_complete):
    """A report that tells all there may be told, with what it was made from."""
    manifest, evidence = make_complete(Task.CLASSIFICATION, samples=300, unseen=0.4, shipped={"RGB": Variant.ALONE})
    return manifest, evidence, training_report(manifest, evidence)


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


def test_a_gain_an_interval_does_not_show_is_none(make_training):
    skills = {"A": (0.5, 0.49), "B": (0.9, 0.2), "C": (0.2, 0.9)}
    manifest, evidence = make_training(Task.CLASSIFICATION, samples=400, skills=skills)
    html = training_report(manifest, evidence)
    assert [sensor.score.verdict for sensor in manifest.sensors] == [
        Verdict.NO_DIFFERENCE,
        Verdict.HELPED,
        Verdict.HARMED,
    ]
    kind, head, text = finding_of(html, "A")
    assert (kind, head) == ("no_difference", "No difference shown")
    assert "no significant difference" in text
    assert finding_of(html, "B")[1] == "The other sensors helped"
    assert "improved the score: +" in finding_of(html, "B")[2]
    assert finding_of(html, "C")[1] == "The other sensors reduced the score"
    assert "reduced the score: −" in finding_of(html, "C")[2]
    assert "improved 1 of 3 sensors and reduced the score of 1" in Page(html).text


def test_few_groups_prove_nothing_and_get_no_interval(make_training):
    text = Page(training_report(*make_training(Task.CLASSIFICATION, groups=3, samples=30))).text
    assert "come from 3 groups only, and fewer than 6 prove nothing" in text
    assert "None is given here" in text
    assert "The other sensors helped" not in text


def test_brackets_are_explained_only_where_there_are_some(make_training):
    many = Page(training_report(*make_training(Task.CLASSIFICATION))).text
    few = Page(training_report(*make_training(Task.CLASSIFICATION, groups=3, samples=30))).text
    assert "brackets give the 95 % interval" in many
    assert "(field plot_id; 40 in the test part)" in many
    assert "brackets give" not in few
    assert "All figures are from 30 test samples in 3 groups not used in training" in few


def test_a_class_that_was_never_tested_is_named_first(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    counts = (PartCounts(9, 1, 0), *evidence.class_counts[1:-1], PartCounts(0, 0, 0))
    html = training_report(manifest, replace(evidence, class_counts=counts))
    told = "No test sample of Pinus: how well it is mapped is not known."
    assert told in html.split("<nav")[0]
    assert "No test sample of" not in training_report(manifest, evidence)


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
    assert "These test samples do not show what co-learning brought" in html


def test_training_alone_claims_no_comparison(make_training):
    html = training_report(*make_training(Task.CLASSIFICATION, together=False))
    text = Page(html).text
    assert "what co-learning would bring was not measured" in text
    assert "with the others" not in text.lower()
    assert finding_of(html, "RGB")[1] == "Trained alone"


def test_samples_a_sensor_does_not_cover_are_left_out_of_its_figures(whole):
    _, evidence, html = whole
    found = evidence.sensors[1]
    assert len(found) < 300
    right = (found.shipped.argmax(axis=1) == found.target).sum()
    text = Page(html).text
    assert f"On the {len(found)} test samples that Hyperspectral <HSI> covers, of 300" in text
    assert f"right: {right}" in text
    assert f"wrong: {len(found) - right}" in text
    assert not re.search(r"\bnan\b", text)


def test_a_sensor_without_any_test_sample_is_said_to_be_unknown(make_complete):
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


def test_the_card_holds_every_network_and_reference(whole):
    manifest, _, html = whole
    card = re.search(r"<h3>RGB</h3>.*?</table>", html, re.DOTALL).group(0)
    assert re.findall(r'<th scope="row">([^<]*)', card) == [
        "Trained with the others",
        "Trained alone",
        "Difference",
        "Random forest",
        "Difference",
        "All sensors together",
        "All sensors together",
    ]
    assert re.findall(r'<tr class="shipped"><th scope="row">([^<]*)', card) == ["Trained alone"]
    score = manifest.sensors[0].score
    forests = [row.forest for row in score.more]
    for found in (score.colearned, score.alone, score.forest, manifest.fused.network, *forests):
        assert f"{100 * found.value:.1f}" in card or f"{found.value:.3f}" in card
    assert f"{100 * score.forest_gap.value:+.1f}".replace("-", "−") in card


def test_methods_that_were_tried_are_listed_and_the_kept_one_is_marked(whole):
    text = Page(whole[2]).text
    assert "5 methods were tried; kept, by the validation samples, was mdico_distillation" in text
    assert text.count("✓ kept") == 1
    assert "sensor_dropout" in text


def test_a_method_the_job_named_is_not_said_to_be_chosen(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION, skills={"A": (0.5, 0.5)}, together=False)
    named = replace(manifest, sensors=manifest.sensors * 2)
    assert "as the job asked" in method_sentence(named)
    assert "one sensor only" in method_sentence(manifest)
    candidates = (Candidate("mdico", (float("nan"), 0.5)),)
    (row,) = method_rows(replace(manifest, candidates=candidates, method="mdico"))
    assert (row.scores[0], row.mean, row.kept) == ("–", "50.0\u202f%", True)
    assert "✓ kept" not in Page(training_report(manifest, evidence)).text


def averaged(manifest, *methods):
    """The manifest of an average of networks by these methods."""
    candidates = tuple(Candidate(name, (0.5,) * len(manifest.sensors)) for name in (*methods, "average"))
    network = {"network": Estimate(0.4), "network_gap": Estimate(0.1)}
    sensors = tuple(replace(each, score=replace(each.score, choice=None, **network)) for each in manifest.sensors)
    return replace(manifest, method="average", method_asked="auto", candidates=candidates, sensors=sensors)


def test_of_an_average_nothing_is_said_to_be_chosen_or_dropped(whole):
    manifest, evidence, _ = whole
    names = ["mdico", "distillation: RGB", "alone: RGB", "all sensors"]
    history = tuple(replace(evidence.history[0], training=name) for name in names)
    average = averaged(manifest, "mdico", "distillation", "alone")
    html = training_report(average, replace(evidence, history=history))
    text = Page(html).text
    assert "✓ kept" not in text
    assert "by which the choice was made" not in text
    assert "the network trained" not in text.partition("Class by class")[2].partition("Training methods")[0]
    titles = re.findall(r'<figcaption class="title">([^<]*)</figcaption>', html)
    assert [title for title in titles if title in names] == names


def test_8_bits_of_an_average_are_said_to_be_the_fast_copies(whole):
    manifest, evidence, _ = whole
    graph = Quantized("sensors/1.int8.onnx", 0.999, Estimate(0.5), Estimate(0.0), 100)
    fast = FastCopy("sensors/1.fast.onnx", 0.953, Estimate(0.48), Estimate(-0.02, -0.04, 0.01), 100)
    one = replace(manifest, sensors=tuple(replace(each, quantized=graph) for each in manifest.sensors))
    text = Page(training_report(one, evidence)).text
    assert "about three times as fast. These" in text
    assert "The fast copy" not in text
    both = replace(one, sensors=tuple(replace(each, fast=fast) for each in one.sensors))
    text = Page(training_report(both, evidence)).text
    assert "about three times as fast: the fast copies, for averages gain little" in text
    assert "95.30" in text
    assert "only if asked for" in text


def test_importance_stands_in_the_words_of_bands_and_dates(whole):
    manifest, evidence, _ = whole
    found = tuple(
        Importance(part, name, fall, 0.01)
        for part, name, fall in (
            (ImportancePart.BAND, "red", 0.02),
            (ImportancePart.BAND, "<b>nir</b>", 0.2),
            (ImportancePart.DATE, "2024-05", -0.004),
            (ImportancePart.DATE, "2024-07", 0.1),
        )
    )
    measured = Importances("test", 250, found)
    first = replace(manifest.sensors[0], importance=measured)
    html = training_report(replace(manifest, sensors=(first, *manifest.sensors[1:])), evidence)
    text = Page(html).text.partition("What the maps rely on")[2]
    assert text.index("<b>nir</b>") < text.index("red")
    assert text.index("2024-05") < text.index("2024-07")
    assert "On 250 test samples" in text
    bands, dates = importance_tables(replace(manifest, sensors=(first,)))
    assert [(row.fall, row.sd) for row in bands.rows] == [("+20.0", "1.0"), ("+2.0", "1.0")]
    # the widest is 0.2 + 0.01: a fall of 0.2 is 95.2 % of it, its whisker from 0.19 to 0.21
    assert (bands.rows[0].width, bands.rows[0].low, bands.rows[0].high) == (95.2, 90.5, 100.0)
    assert (dates.rows[0].fall, dates.rows[0].width, dates.rows[0].low) == ("−0.4", 0.0, 0.0)


def test_a_single_band_gets_no_table_of_importance(whole):
    manifest, evidence, _ = whole
    alone = Importances("test", 250, (Importance(ImportancePart.BAND, "red", 0.5, 0.01),))
    one = replace(manifest, sensors=tuple(replace(each, importance=alone) for each in manifest.sensors))
    assert "What the maps rely on" not in Page(training_report(one, evidence)).text


def test_only_what_was_trained_is_said_to_be_averaged(whole):
    """Where a teacher cannot be had, ``auto`` goes on without distillation."""
    told = method_sentence(averaged(whole[0], "mdico", "alone"))
    assert "(trained together and alone)" in told
    assert "teacher" not in told
    assert "of as many networks trained alone, from other seeds, and as many trees" in told
    told = method_sentence(averaged(whole[0], "mdico", "distillation", "alone"))
    assert "(trained together, with a teacher that uses all sensors and alone)" in told


def test_of_equal_methods_the_first_is_said_to_be_kept(whole):
    manifest = whole[0]
    equals = (Candidate("mdico", (0.5, 0.7)), Candidate("alone", (0.7, 0.5)), Candidate("distillation", (0.4, 0.4)))
    text = method_sentence(replace(manifest, candidates=equals, method="mdico"))
    assert text.endswith("On a par with it there: alone; the first of equals is kept.")
    assert "equals" not in method_sentence(manifest)


def test_curves_of_dropped_methods_come_last(whole):
    manifest, evidence, _ = whole
    names = ["mdico", "distillation: RGB", "mdico_distillation", "alone: RGB", "all sensors"]
    history = tuple(replace(evidence.history[0], training=name) for name in names)
    html = training_report(manifest, replace(evidence, history=history))
    titles = re.findall(r'<figcaption class="title">([^<]*)</figcaption>', html)
    assert [title for title in titles if title in names] == [*names[2:], *names[:2]]


def test_reliability_is_told_before_and_after_calibration(whole, make_evaluation):
    text = Page(whole[2]).text
    assert re.search(r"differ by [\d.]+ points; before calibration by [\d.]+ points", text)
    alone = Page(evaluation_report(*make_evaluation(Task.CLASSIFICATION))).text
    assert re.search(r"differ by [\d.]+ points\.", alone)
    assert "before calibration" not in alone


def test_coverage_counts_samples_by_sensor_and_combination(whole):
    text = Page(whole[2]).text
    assert "RGB 1 290 and 5 000 unlabelled" in text
    assert "Hyperspectral <HSI> 1 102 and 4 310 unlabelled" in text


def test_folds_and_repeats_are_told_and_every_score_is_of_all_of_them(whole):
    manifest, evidence, _ = whole
    html = training_report(replace(manifest, folds=5, repeats=3), evidence)
    text = Page(html).text
    assert (
        "Each of them was tested once, in 5 folds, by networks and forests that had not learned from its group" in text
    )
    assert "There were 5 such splits (folds), and others were left out for want of time; the model file holds" in text
    assert "Everything was trained with 3 seeds" in text
    card = re.search(r"<h3>RGB</h3>.*?</table>", html, re.DOTALL).group(0)
    fused = re.search(r'All sensors together<span class="hint">network.*?</tr>', card, re.DOTALL).group(0)
    assert fused.count("<td") == 4
    assert fused.count("interval") == 4


def test_where_every_sample_was_tested_the_report_says_so_and_what_learned_from_all(whole):
    manifest, evidence, _ = whole
    count = len(evidence.groups)
    counts = replace(manifest.samples, train=count - 7, validation=4, test=2, too_near=1, refit=count)
    counts = replace(counts, networks_refit=count, calibrated=count)
    text = Page(training_report(replace(manifest, folds=5, samples=counts), evidence)).text
    assert (
        "Every sample was tested once, in 5 folds, by networks and forests that had not learned from its group" in text
    )
    assert "every sample was tested once; what the model file holds learned from all samples afterwards" in text


def test_scores_are_the_manifests_and_nothing_is_scored_again(whole):
    """A report formats: numbers that no prediction has come out as they were put in."""
    manifest, evidence, _ = whole
    score = manifest.sensors[0].score
    made_up = [
        replace(row, alone=Estimate(0.11 + at / 100, 0.1, 0.2), gain=Estimate(0.456, 0.4, 0.5))
        for at, row in enumerate(score.more)
    ]
    sensor = replace(manifest.sensors[0], score=replace(score, alone=Estimate(0.21), more=tuple(made_up)))
    found = replace(evidence.sensors[0], fused={"kappa": Estimate(0.77, 0.7, 0.8)})
    result = sensor_results(
        replace(manifest, sensors=(sensor, *manifest.sensors[1:])),
        replace(evidence, sensors=(found, *evidence.sensors[1:])),
    )[0]
    assert [row.name for row in result.rows] == ["balanced accuracy", "accuracy", "macro F1", "kappa"]
    assert result.main.alone == Estimate(0.21)
    assert [row.alone for row in result.rows[1:]] == [row.alone for row in made_up]
    assert [row.gain for row in result.rows[1:]] == [row.gain for row in made_up]
    assert [row.fused for row in result.rows] == [None, None, None, Estimate(0.77, 0.7, 0.8)]


def test_manifest_and_evidence_must_agree_on_what_was_shipped(make_complete):
    manifest, evidence = make_complete(Task.CLASSIFICATION)
    other = replace(evidence.sensors[0], shipped_variant=Variant.ALONE)
    with pytest.raises(ValueError, match="another network was shipped"):
        training_report(manifest, replace(evidence, sensors=(other, *evidence.sensors[1:])))


def test_areas_of_the_map_are_told_where_they_were_estimated(make_evaluation):
    manifest, evidence = make_evaluation(Task.CLASSIFICATION, outputs=3)
    counts = np.array([[40, 5, 1], [3, 30, 2], [0, 2, 20]])
    area = area_accuracy(counts, np.array([5000, 3000, 2000]), 100.0)
    text = Page(evaluation_report(manifest, replace(evidence, area=area))).text
    assert f"Overall accuracy of the mapped area: {100 * area.overall.value:.1f} %" in text
    assert f"{area.areas_m2[0].value / 1e4:.1f}" in text
    assert "Area, ha" in text


def test_confusion_counts_and_row_shares_are_the_samples(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION, skills={"A": (0.6, 0.6)})
    decided = evidence.sensors[0].colearned.argmax(axis=1)
    both = int(((evidence.target == 0) & (decided == 1)).sum())
    all_of_it = int((evidence.target == 0).sum())
    html = training_report(manifest, evidence)
    row = re.search(r'<tr><th scope="row">Pinus</th>(.*?)</tr>', html, re.DOTALL).group(1)
    cells = re.findall(r"<td class=\"[^\"]*\">(\d+)<small>([\d.]+)", row)
    assert cells[1] == (str(both), f"{100 * both / all_of_it:.1f}")


def test_many_classes_have_a_dense_matrix_and_too_many_a_list(make_training):
    dense = training_report(*make_training(Task.CLASSIFICATION, outputs=30, samples=600, skills={"A": (0.5, 0.5)}))
    assert 'class="matrix dense"' in dense
    listed = training_report(*make_training(Task.CLASSIFICATION, outputs=60, samples=2400, skills={"A": (0.5, 0.5)}))
    assert 'class="matrix' not in listed
    assert "The most frequent confusions" in listed


@pytest.mark.parametrize(("task", "outputs"), [(Task.CLASSIFICATION, 30), (Task.REGRESSION, 1)])
def test_fifty_thousand_samples_stay_a_small_page(task, outputs, make_evaluation):
    html = evaluation_report(*make_evaluation(task, samples=50_000, outputs=outputs, groups=500))
    assert len(html.encode()) < 1_500_000


def test_the_same_evidence_gives_the_same_page(make_evaluation):
    manifest, evidence = make_evaluation(Task.REGRESSION, outputs=1)
    assert evaluation_report(manifest, evidence) == evaluation_report(manifest, evidence)


def test_samples_without_a_place_and_a_training_without_history_are_said(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    nowhere = np.full_like(evidence.longitude, np.nan)
    sensors = tuple(replace(found, longitude=nowhere, latitude=nowhere) for found in evidence.sensors)
    bare = replace(evidence, longitude=nowhere, latitude=nowhere, sensors=sensors, history=())
    bare = replace(bare, notes=(), warnings=(), class_counts=())
    text = Page(training_report(replace(manifest, area=None), bare)).text
    assert "The samples’ places are not known" in text
    assert "No epoch was recorded" in text
    assert "Nothing to report" in text


def test_notes_and_warnings_are_told(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    html = training_report(manifest, evidence)
    assert re.search(r'<li class="warning">12 labels without a value in &lt;genus&gt; were left out\.</li>', html)
    assert all(note in Page(html).text for note in evidence.notes)


def test_losses_that_are_not_numbers_do_not_stop_the_report(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    nan = float("nan")
    history = tuple(replace(epoch, train_loss=nan, validation_loss=nan, score=nan) for epoch in evidence.history)
    assert "Learning curves" in training_report(manifest, replace(evidence, history=history))


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


class TestPrecision:
    """The table of what 8-bit numbers cost."""

    LEVEL = Quantized("sensors/1.int8.onnx", 0.99996, Estimate(0.5, 0.4, 0.6), Estimate(-0.002, -0.004, 0.001), 77)
    LOWER = Quantized("sensors/2.int8.onnx", 0.97, Estimate(0.4), Estimate(-0.01), 77)

    def page(self, make_training, *quantized) -> Page:
        manifest, evidence = make_training(Task.CLASSIFICATION)
        sensors = tuple(replace(each, quantized=one) for each, one in zip(manifest.sensors, quantized, strict=True))
        return Page(training_report(replace(manifest, sensors=sensors), evidence))

    def test_agreement_change_with_its_interval_and_whether_it_is_used(self, make_training) -> None:
        text = self.page(make_training, self.LEVEL, self.LOWER).text
        assert "99.99 %" in text  # not quite all is not all
        assert "−0.2 points [−0.4, +0.1] where the CPU has fast int8 instructions" in text
        assert "97.00 % 40.0 % −1.0 points only if asked for" in text

    def test_a_sensor_without_one(self, make_training) -> None:
        assert "Hyperspectral <HSI> – there is none" in self.page(make_training, self.LEVEL, None).text

    def test_models_without_any_are_not_asked(self, make_training) -> None:
        assert "8-bit" not in self.page(make_training, None, None).text


class TestUnits:
    """Units stand where values do."""

    def pages(self, make_training, make_evaluation, *units) -> tuple[Page, Page]:
        pages = []
        for make, report in ((make_training, training_report), (make_evaluation, evaluation_report)):
            manifest, evidence = make(Task.REGRESSION, outputs=len(units))
            targets = tuple(replace(target, unit=unit) for target, unit in zip(manifest.targets, units, strict=True))
            pages.append(Page(report(replace(manifest, targets=targets), evidence)))
        return pages[0], pages[1]

    def test_the_one_unit_of_all(self, make_training, make_evaluation) -> None:
        for page in self.pages(make_training, make_evaluation, "m³/ha"):
            assert "All but R² are in m³/ha" in page.text
            assert "Both axes are in m³/ha" in page.text
            assert re.search(r"a mean absolute error of [\d.]+ m³/ha", page.text)
            assert "own unit" not in page.text
            assert "label field" not in page.text.split("Remarks")[0].split("R²")[1]

    def test_each_its_own(self, make_training, make_evaluation) -> None:
        for page in self.pages(make_training, make_evaluation, "m", "<t>/ha"):
            assert re.search(
                r"a mean absolute error of [\d.]+ m \(height_0\) and [\d.]+ <t>/ha \(height_1\)", page.text
            )
            assert "height_1 (<t>/ha)" in page.text

    def test_an_unknown_one(self, make_training, make_evaluation) -> None:
        for page in self.pages(make_training, make_evaluation, ""):
            assert "in the field’s own unit" in page.text

    def test_one_that_looks_like_a_formula(self, make_training, make_evaluation) -> None:
        self.pages(make_training, make_evaluation, "$/m$^2 \\frac{")
