"""A report of everything there can be: methods, averages, importance, calibration, folds."""

import re
from dataclasses import replace

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
)
from colearn.engine.report.content.results import sensor_results
from colearn.engine.report.pages.evaluation_page import evaluation_report
from colearn.engine.report.pages.training_page import training_report
from colearn.engine.report.tables.importances import importance_tables
from colearn.engine.report.tables.methods import method_rows, method_sentence

from report_page import Page

pytestmark = pytest.mark.usefixtures("words_only")


def test_the_card_holds_every_network_and_reference(whole):
    manifest, _, html = whole
    card = re.search(r"<h3>RGB</h3>.*?</table>", html, re.DOTALL).group(0)
    assert re.findall(r'<th scope="row">([^<]*)', card) == [
        "Trained with the others",
        "Trained alone",
        "Difference",
        "Random forest",
        "Difference",
        "All sensors fused",
        "All sensors fused",
    ]
    assert re.findall(r'<tr class="shipped"><th scope="row">([^<]*)', card) == ["Trained alone"]
    score = manifest.sensors[0].score
    forests = [row.reference for row in score.more]
    for found in (score.colearned, score.alone, score.forest, manifest.fused.network, *forests):
        assert f"{100 * found.value:.1f}" in card or f"{found.value:.3f}" in card
    assert f"{100 * score.forest_gap.value:+.1f}".replace("-", "−") in card


def test_methods_that_were_tried_are_listed_and_the_kept_one_is_marked(whole):
    text = Page(whole[2]).text
    assert "5 methods were compared on the validation samples; mdico_distillation" in text
    assert text.count("✓ kept") == 1
    assert "sensor_dropout" in text


def test_the_epochs_that_a_job_leaves_open_are_reported(make_training):
    manifest = make_training(Task.CLASSIFICATION, skills={"A": (0.5, 0.5)}, together=False)[0]
    assert "epoch" not in method_sentence(replace(manifest, epochs=None))
    assert "Each network was trained for 14 epochs; the weights of" in method_sentence(replace(manifest, epochs=14))
    assert "for 1 epoch;" in method_sentence(replace(manifest, epochs=1))


def test_a_method_named_by_the_job_is_not_reported_as_selected(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION, skills={"A": (0.5, 0.5)}, together=False)
    named = replace(manifest, sensors=manifest.sensors * 2)
    assert "Method: " in method_sentence(named)
    assert "single sensor" in method_sentence(manifest)
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


def test_of_an_average_nothing_is_reported_as_selected_or_dropped(whole):
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


def test_int8_of_an_average_is_reported_as_the_fast_copys(whole):
    manifest, evidence, _ = whole
    graph = Quantized("sensors/1.int8.onnx", 0.999, Estimate(0.5), Estimate(0.0), 100)
    fast = FastCopy("sensors/1.fast.onnx", 0.953, Estimate(0.48), Estimate(-0.02, -0.04, 0.01), 100)
    one = replace(manifest, sensors=tuple(replace(each, quantized=graph) for each in manifest.sensors))
    text = Page(training_report(one, evidence)).text
    assert "the networks quantized to 8-bit integers (int8), which run about three times as fast" in text
    assert "The fast copy" not in text
    both = replace(one, sensors=tuple(replace(each, fast=fast) for each in one.sensors))
    text = Page(training_report(both, evidence)).text
    assert "the fast copies quantized to 8-bit integers (int8)" in text
    assert "95.3" in text
    assert "no" in text
    further = "before the copies were trained further on the averages that learned all labels"
    assert further not in text
    again = replace(one, sensors=tuple(replace(each, fast=replace(fast, refit=True)) for each in one.sensors))
    assert further in Page(training_report(again, evidence)).text


def test_importance_stands_in_the_words_of_bands_and_dates(whole):
    manifest, evidence, _ = whole
    found = tuple(
        Importance(part, name, fall, 0.01)
        for part, name, fall in (
            (ImportancePart.BAND, "red", 0.02),
            (ImportancePart.BAND, "<b>nir</b>", 0.2),
            (ImportancePart.DATE, "2024-05", -0.004),
            (ImportancePart.DATE, "2024-07", 0.1),
            (ImportancePart.FEATURE, "mean in 7 px", 0.03),
            (ImportancePart.FEATURE, "indices", 0.05),
        )
    )
    measured = Importances("test", 250, found)
    first = replace(manifest.sensors[0], importance=measured)
    html = training_report(replace(manifest, sensors=(first, *manifest.sensors[1:])), evidence)
    text = Page(html).text.partition("Importance of bands and dates")[2]
    assert text.index("<b>nir</b>") < text.index("red")
    assert text.index("2024-05") < text.index("2024-07")
    assert "On 250 test samples" in text
    assert text.index("indices") < text.index("mean in 7 px")
    assert "Kind of feature" in text
    bands, dates, features = importance_tables(replace(manifest, sensors=(first,)))
    assert (features.what, [row.fall for row in features.rows]) == ("features of the forests", ["+5.0", "+3.0"])
    assert [(row.fall, row.sd) for row in bands.rows] == [("+20.0", "1.0"), ("+2.0", "1.0")]
    # the widest is 0.2 + 0.01: a fall of 0.2 is 95.2 % of it, its whisker from 0.19 to 0.21
    assert (bands.rows[0].width, bands.rows[0].low, bands.rows[0].high) == (95.2, 90.5, 100.0)
    assert (dates.rows[0].fall, dates.rows[0].width, dates.rows[0].low) == ("−0.4", 0.0, 0.0)


def test_a_single_band_gets_no_table_of_importance(whole):
    manifest, evidence, _ = whole
    alone = Importances("test", 250, (Importance(ImportancePart.BAND, "red", 0.5, 0.01),))
    one = replace(manifest, sensors=tuple(replace(each, importance=alone) for each in manifest.sensors))
    assert "Importance of bands and dates" not in Page(training_report(one, evidence)).text


def test_only_what_was_trained_is_reported_as_averaged(whole):
    """Where a teacher cannot be had, ``auto`` goes on without distillation."""
    sentence = method_sentence(averaged(whole[0], "mdico", "alone"))
    assert "(trained together and alone)" in sentence
    assert "teacher" not in sentence
    assert "networks trained alone from different seeds, and as many trees" in sentence
    sentence = method_sentence(averaged(whole[0], "mdico", "distillation", "alone"))
    assert "(trained together, with a teacher that uses all sensors and alone)" in sentence


def test_a_report_of_forests_only_mentions_no_network_and_no_copy(whole):
    """Retrained forests with networks beside them, or a fast copy, are another matter."""
    manifest = averaged(whole[0], "mdico", "alone")
    manifest = replace(manifest, samples=replace(manifest.samples, refit=300, networks_refit=0))
    scores = [replace(each.score, network=None) for each in manifest.sensors]
    bare = tuple(replace(each, score=score, fast=None) for each, score in zip(manifest.sensors, scores, strict=True))
    sentence = method_sentence(replace(manifest, sensors=bare))
    assert (
        "the forests in the model file were retrained on all 300 samples, including validation and test. " in sentence
    )
    assert "fast copy" not in sentence and "unchanged" not in sentence
    one = replace(bare[0], score=replace(bare[0].score, network=Estimate(0.5)))
    sentence = method_sentence(replace(manifest, sensors=(one, *bare[1:])))
    assert "including validation and test; the networks are unchanged. " in sentence
    copy = FastCopy("sensors/1.fast.onnx", 0.953, Estimate(0.48), Estimate(-0.02, -0.04, 0.01), 100)
    again = method_sentence(replace(manifest, sensors=(replace(one, fast=replace(copy, refit=True)), *bare[1:])))
    assert (
        "The fast copy in the model file was then trained further on the predictions of the retrained average" in again
    )
    sentence = method_sentence(replace(manifest, sensors=(replace(one, fast=copy), *bare[1:])))
    assert sentence.endswith("The fast copy was distilled from the latter.")


def test_of_equal_methods_the_first_is_reported_as_kept(whole):
    manifest = whole[0]
    equals = (Candidate("mdico", (0.5, 0.7)), Candidate("alone", (0.7, 0.5)), Candidate("distillation", (0.4, 0.4)))
    text = method_sentence(replace(manifest, candidates=equals, method="mdico"))
    assert text.endswith("alone tied with it; the first is used.")
    assert "equals" not in method_sentence(manifest)


def test_curves_of_dropped_methods_come_last(whole):
    manifest, evidence, _ = whole
    names = ["mdico", "distillation: RGB", "mdico_distillation", "alone: RGB", "all sensors"]
    history = tuple(replace(evidence.history[0], training=name) for name in names)
    html = training_report(manifest, replace(evidence, history=history))
    titles = re.findall(r'<figcaption class="title">([^<]*)</figcaption>', html)
    assert [title for title in titles if title in names] == [*names[2:], *names[:2]]


def test_reliability_is_reported_before_and_after_calibration(whole, make_evaluation):
    text = Page(whole[2]).text
    assert re.search(r"differ by [\d.]+ points; before calibration by [\d.]+ points", text)
    alone = Page(evaluation_report(*make_evaluation(Task.CLASSIFICATION))).text
    assert re.search(r"differ by [\d.]+ points\.", alone)
    assert "before calibration" not in alone


def test_coverage_counts_samples_by_sensor_and_combination(whole):
    text = Page(whole[2]).text
    assert "RGB 1 290 and 5 000 unlabelled" in text
    assert "Hyperspectral <HSI> 1 102 and 4 310 unlabelled" in text


def test_folds_and_repeats_are_reported_and_every_score_is_of_all_of_them(whole):
    manifest, evidence, _ = whole
    html = training_report(replace(manifest, folds=5, repeats=3), evidence)
    text = Page(html).text
    assert (
        "Each of them was tested once, in 5 folds, by networks and forests that had not learned from its group" in text
    )
    assert "There were 5 such splits (folds), and others were left out for want of time; the model file holds" in text
    assert "Training was repeated with 3 seeds" in text
    card = re.search(r"<h3>RGB</h3>.*?</table>", html, re.DOTALL).group(0)
    fused = re.search(r'All sensors fused<span class="hint">network.*?</tr>', card, re.DOTALL).group(0)
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
