"""The sentences of the report: what is claimed, what is advised, and in whose words."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import Choice, Estimate, MetricScore, Variant, Verdict
from colearn.engine.learning.tasks.population import AS_THEY_ARE, Population
from colearn.engine.report.content.key_findings import findings, summary
from colearn.engine.report.content.results import chance, sensor_results
from colearn.engine.report.content.task_words import words_of

SKILLS = {"RGB": (0.5, 0.42)}


def plain(text):
    """With ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def findings_text(manifest, evidence, **changes):
    """All findings on the first sensor, its score changed."""
    first = replace(manifest.sensors[0], score=replace(manifest.sensors[0].score, **changes))
    changed = replace(manifest, sensors=(first, *manifest.sensors[1:]))
    if "shipped" in changes:
        found = replace(evidence.sensors[0], shipped_variant=changes["shipped"])
        evidence = replace(evidence, sensors=(found, *evidence.sensors[1:]))
    finding = findings(changed, sensor_results(changed, evidence))[0]
    return plain(" ".join((finding.lead, finding.comparison, *finding.facts, *finding.advice)))


@pytest.fixture(scope="module")
def classified(make_complete):
    return make_complete(Task.CLASSIFICATION, skills=SKILLS, samples=300, forest_skill=0.2)


def share(flags):
    return f"{100 * np.mean(flags):.1f} %"


def test_the_first_sentence_says_what_is_right_for_how_many(classified):
    manifest, evidence = classified
    found = evidence.sensors[0]
    right, alone = (share(scores.argmax(axis=1) == evidence.target) for scores in (found.colearned, found.alone))
    fused = f"{100 * found.fused['accuracy'].value:.1f} %"
    text = findings_text(manifest, evidence)
    assert text.startswith(f"From RGB alone, the model predicts the genus correctly for {right} [")
    assert f"] of test samples (overall accuracy); trained alone {alone}; with all sensors together {fused}." in text
    assert "Balanced accuracy (all classes count equally): " in text


def test_where_alone_was_shipped_the_sentence_is_about_it(classified):
    manifest, evidence = classified
    found = evidence.sensors[0]
    right, other = (share(scores.argmax(axis=1) == evidence.target) for scores in (found.alone, found.colearned))
    text = findings_text(manifest, evidence, shipped=Variant.ALONE, choice=Choice(0.47, 0.5))
    assert f"correctly for {right} [" in text
    assert f"trained with the others {other}" in text
    expected = (
        "The model file contains the network trained alone: on the validation samples its balanced accuracy is 50.0 %"
    )
    assert expected in text
    assert "that of the other 47.0 %" in text


def test_a_network_taken_on_a_tie_is_not_called_the_better_one(classified):
    manifest, evidence = classified
    tie = {"choice": Choice(0.5, 0.5)}
    words = "it ties with the one trained alone on the validation samples"
    text = findings_text(manifest, evidence, **tie)
    assert f"{words} (balanced accuracy 50.0 %), and the co-learned one is used." in text
    assert "that of the other 50.0 %" not in text
    tied = replace(manifest.sensors[0], score=replace(manifest.sensors[0].score, **tie))
    text = summary(sensor_results(replace(manifest, sensors=(tied,)), evidence))
    assert "which ties with the one trained alone on the validation samples" in text
    assert "better on the validation" not in text
    assert "which was better on the validation samples" in summary(sensor_results(manifest, evidence))


def test_without_validation_samples_no_network_is_called_better(classified):
    manifest, evidence = classified
    score = replace(manifest.sensors[0].score, choice=Choice(float("nan"), float("nan")))
    blind = replace(manifest, sensors=(replace(manifest.sensors[0], score=score),))
    assert "validation" not in summary(sensor_results(blind, evidence))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (("leaf_type",), "the leaf type"),
        (("GENUS",), "the genus"),
        (("B02.tif",), "the class"),
        (("a", "b"), "the class"),
    ],
)
def test_what_is_named_is_the_field_where_it_reads_as_words(classified, field, words):
    manifest, evidence = classified
    assert f"predicts {words} correctly" in findings_text(replace(manifest, label_fields=field), evidence)


def test_a_gain_not_chosen_is_not_claimed_for_the_model_file(classified):
    manifest, evidence = classified
    text = findings_text(manifest, evidence, verdict=Verdict.HELPED, shipped=Variant.ALONE, choice=Choice(0.4, 0.5))
    assert "selected on validation samples only, which keeps the test scores unbiased" in text


def test_harm_that_was_shipped_advises_to_train_alone(classified):
    manifest, evidence = classified
    gain = Estimate(-0.05, -0.09, -0.01)
    harmed = {"verdict": Verdict.HARMED, "gain": gain}
    assert "reduced the score: −5.0 points [−9.0, −1.0] in balanced accuracy" in findings_text(
        manifest, evidence, **harmed
    )
    assert "train again with the method “Each sensor alone”" in findings_text(manifest, evidence, **harmed)
    assert "train again" not in findings_text(manifest, evidence, **harmed, shipped=Variant.ALONE)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (Estimate(-0.05, -0.09, -0.01), "use a random forest instead"),
        (Estimate(-0.04, -0.09, 0.03), "scores higher by 4.0 points, which may be due to chance"),
        (Estimate(-0.04), "a random forest is the simpler choice"),
        (Estimate(0.21, -0.05, 0.4), "lower by 21.0 points, which may be due to chance"),
        (Estimate(0.03, -0.05, 0.4), "about the same"),
        (Estimate(-0.005, -0.05, 0.04), "about the same"),
        (Estimate(0.05, 0.01, 0.09), "this model is better (+5.0 points [+1.0, +9.0])"),
    ],
)
def test_the_forest_is_recommended_where_it_does_better(classified, gap, words):
    manifest, evidence = classified
    assert words in findings_text(manifest, evidence, forest_gap=gap)


def test_a_large_gap_on_few_groups_is_neither_level_nor_proof(make_complete):
    manifest, evidence = make_complete(Task.CLASSIFICATION, skills=SKILLS, samples=60, groups=3)
    text = findings_text(manifest, evidence, forest=Estimate(0.723), forest_gap=Estimate(0.21))
    expected = "has a balanced accuracy of 72.3 %, lower by 21.0 points, which may be due to chance with so few groups"
    assert expected in text
    assert "about the same" not in text


@pytest.mark.parametrize("gap", [Estimate(-0.05, -0.09, -0.01), Estimate(-0.05)])
def test_a_forest_no_better_than_a_trivial_prediction_is_not_recommended(classified, gap):
    manifest, evidence = classified
    text = findings_text(manifest, evidence, forest=Estimate(0.19), forest_gap=gap)
    assert "A random forest on RGB alone has a balanced accuracy of 19.0 %, which is not shown to be better" in text
    assert "ahead" not in text
    assert "simpler choice" not in text
    assert "instead" not in text


@pytest.mark.parametrize(
    ("forest", "advised"),
    [(Estimate(0.03, -0.1, 0.2), False), (Estimate(0.06, -0.1, 0.2), True), (Estimate(0.04, 0.01, 0.07), True)],
)
def test_a_forest_that_explains_next_to_nothing_is_not_recommended(make_complete, forest, advised):
    manifest, evidence = make_complete(Task.REGRESSION, outputs=1, skills={"RGB": (0.6, 0.5)})
    text = findings_text(manifest, evidence, forest=forest, forest_gap=Estimate(-0.2, -0.3, -0.1))
    assert ("use a random forest instead" in text) == advised
    assert ("not shown to be better than always predicting the mean" in text) != advised


def test_without_a_forest_none_is_spoken_of(make_training):
    assert "forest" not in findings_text(*make_training(Task.CLASSIFICATION, skills=SKILLS))


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (Estimate(0.21, 0.15, 0.27), "not shown to be better than guessing (20.0 %): do not rely on this map"),
        (Estimate(0.25, 0.22, 0.28), "hardly better than guessing (20.0 %): do not rely on this map"),
        (Estimate(0.18), "not shown to be better than guessing"),
    ],
)
def test_a_map_no_better_than_a_trivial_prediction_is_not_reliable(classified, score, words):
    manifest, evidence = classified
    assert words in findings_text(manifest, evidence, colearned=score)
    assert "rely" not in findings_text(manifest, evidence)


@pytest.mark.parametrize(
    ("metric", "target", "guess"),
    [
        ("balanced accuracy", np.array([0, 0, 0, 1]), 0.5),
        ("accuracy", np.array([0, 0, 0, 1]), 0.75),
        ("R²", np.ones((4, 1)), 0.0),
        ("average precision", np.array([[1.0, 0.0], [0.0, 0.0]]), 0.5),
        ("kappa", np.array([0, 1]), None),
    ],
)
def test_chance(metric, target, guess):
    assert chance(metric, target, AS_THEY_ARE) == guess


def test_the_commonest_class_is_that_of_the_labels_and_not_of_an_even_draw():
    """Half the samples each, but nine tenths of the labels are of the second class."""
    even = np.array([0, 0, 1, 1])
    assert chance("accuracy", even, Population((0.1, 0.9))) == pytest.approx(0.9)
    assert chance("balanced accuracy", even, Population((0.1, 0.9))) == 0.5


def test_where_accuracy_was_optimized_it_is_what_is_compared(classified):
    manifest, evidence = classified
    score = manifest.sensors[0].score
    accuracy, *others = score.more
    balanced = MetricScore(score.metric, score.colearned, score.alone, score.forest, score.gain)
    gain = Estimate(accuracy.colearned.value - accuracy.alone.value, 0.001, 0.2)
    changes = {"metric": "accuracy", "colearned": accuracy.colearned, "alone": accuracy.alone, "gain": gain}
    text = findings_text(manifest, evidence, **changes, more=(balanced, *others), verdict=Verdict.HELPED)
    assert "in accuracy." in text
    assert "Balanced accuracy (all classes count equally)" in text


def test_regression_is_reported_by_r2_and_the_usual_error(make_complete):
    manifest, evidence = make_complete(Task.REGRESSION, outputs=1, skills={"RGB": (0.6, 0.5)})
    found = evidence.sensors[0]
    error = np.abs(found.colearned - evidence.target).mean()
    score = f"{manifest.sensors[0].score.colearned.value:.3f}"
    text = findings_text(manifest, evidence)
    assert text.startswith(f"From RGB alone, the model predicts height_0 of test samples with an R² of {score} [")
    assert f"] and a mean absolute error of {error:.2f} in the unit of the field; trained alone R² 0." in text


def test_a_negative_r2_is_shown_unchanged(make_complete):
    manifest, evidence = make_complete(Task.REGRESSION, outputs=1, skills={"RGB": (0.6, 0.5)})
    text = findings_text(manifest, evidence, colearned=Estimate(-0.3, -0.5, -0.1))
    assert "with an R² of −0.300 [−0.500, −0.100] and a mean absolute error" in text.replace("\u00a0", " ")
    assert "not shown to be better than always predicting the mean (R² 0): do not rely on this map" in text


def test_labels_are_reported_by_average_precision_with_an_explanation(make_complete):
    manifest, evidence = make_complete(Task.MULTILABEL, outputs=3, skills=SKILLS)
    score = manifest.sensors[0].score
    assert f"with a mean average precision of {100 * score.colearned.value:.1f} % [" in findings_text(
        manifest, evidence
    )
    assert "Average precision: " in words_of(manifest.task).explanation(manifest, evidence.target)


def test_the_commonest_class_is_what_a_reader_has_to_compare_with(classified):
    manifest, evidence = classified
    most = np.bincount(evidence.target).argmax()
    expected = (
        f"For comparison, predicting {manifest.classes[most].name} everywhere would be correct for "
        f"{share(evidence.target == most)}."
    )
    assert plain(words_of(manifest.task).explanation(manifest, evidence.target)) == expected


def test_the_summary_says_what_is_shipped_and_where_forests_win(make_complete):
    skills = {"A": (0.5, 0.5), "B": (0.5, 0.5)}
    manifest, evidence = make_complete(
        Task.CLASSIFICATION, skills=skills, shipped={"B": Variant.ALONE}, forest_skill=0.95, samples=400
    )
    text = summary(sensor_results(manifest, evidence))
    assert (
        "For B the model file contains the network trained alone, which was better on the validation samples." in text
    )
    assert "For A and B a random forest is better than this model." in text


@pytest.mark.parametrize(
    ("shipped", "words"),
    [
        (Variant.COLEARNED, "the co-learned average of networks and forests"),
        (Variant.ALONE, "the average of networks and forests trained alone"),
    ],
)
def test_the_gain_of_averaging_is_separate_from_that_of_the_other_sensors(classified, shipped, words):
    manifest, evidence = classified
    one = {"network": Estimate(0.4, 0.3, 0.5), "network_gap": Estimate(0.06, 0.01, 0.11)}
    text = findings_text(manifest, evidence, shipped=shipped, choice=None, **one)
    assert f"The model file contains {words}." in text
    assert (
        "A single network of the same width, trained alone, reaches 40.0 % [30.0, 50.0]; the average differs from it "
        "by +6.0 points [+1.0, +11.0]." in text
    )
    assert "the network trained with the others" not in text


def test_where_the_others_harmed_an_average_the_advice_is_what_it_was_compared_with(classified):
    """The method “alone” would give one network; the average that did better is what ``auto`` makes of one sensor."""
    manifest, evidence = classified
    one = {"network": Estimate(0.4, 0.3, 0.5), "network_gap": Estimate(0.06, 0.01, 0.11)}
    harmed = {"verdict": Verdict.HARMED, "gain": Estimate(-0.05, -0.09, -0.01), "forest_gap": Estimate(-0.04)}
    text = findings_text(manifest, evidence, choice=None, **harmed, **one)
    assert "train a model with it as the only sensor." in text
    assert "method “alone”" not in text
    assert "speaks for the network" not in text


def test_without_an_average_no_single_network_is_spoken_of(classified):
    assert "A single network" not in findings_text(*classified)
