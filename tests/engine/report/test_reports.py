"""Both reports as a reader gets them: whole, alone, escaped, honest, and small."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from colearn.engine.contract.job import Task
from colearn.engine.contract.manifest import Verdict
from colearn.engine.report.evaluation import evaluation_report
from colearn.engine.report.training import training_report

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


@pytest.fixture(params=CASES, scope="module")
def page(request, make_training):
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
    sections = [name for name in page.ids if name in ("found", "scores", "curves", "errors", "map", "data", "remarks")]
    assert sections == ["found", "scores", "curves", "errors", "map", "data", "remarks"]


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
    """The finding on one sensor, as text."""
    items = re.findall(r'<li class="(\w+)"><span class="verdict">(.*?)</span>(.*?)</li>', html, re.DOTALL)
    texts = [(kind, head, Page(f"<p>{body}</p>").text.replace("\u00a0", " ")) for kind, head, body in items]
    return next(item for item in texts if f"From {sensor} alone" in item[2])


def test_a_gain_an_interval_does_not_show_is_called_not_improved(make_training):
    skills = {"A": (0.5, 0.49), "B": (0.9, 0.2), "C": (0.2, 0.9)}
    manifest, evidence = make_training(Task.CLASSIFICATION, samples=400, skills=skills)
    html = training_report(manifest, evidence)
    assert [sensor.score.verdict for sensor in manifest.sensors] == [
        Verdict.NO_DIFFERENCE,
        Verdict.HELPED,
        Verdict.HARMED,
    ]
    kind, head, text = finding_of(html, "A")
    assert (kind, head) == ("no_difference", "Not improved.")
    assert "no difference that can be shown" in text
    assert finding_of(html, "B")[1] == "Improved."
    assert "helped: +" in finding_of(html, "B")[2]
    assert finding_of(html, "C")[1] == "Worse."
    assert "harmed: −" in finding_of(html, "C")[2]
    assert "improved 1 of 3 sensors and made 1 worse" in Page(html).text


def test_the_sentence_tells_the_manifest_s_numbers(make_training):
    manifest, evidence = make_training(Task.CLASSIFICATION)
    score = manifest.sensors[0].score
    _, _, text = finding_of(training_report(manifest, evidence), "RGB")
    shown = [f"{100 * e.value:.1f} % [{100 * e.low:.1f}, {100 * e.high:.1f}]" for e in (score.colearned, score.alone)]
    assert f"names the class right for {shown[0]} of test samples" in text
    assert f"trained alone {shown[1]}" in text


def test_regression_is_told_by_r2_and_error(make_training):
    manifest, evidence = make_training(Task.REGRESSION, outputs=1)
    _, _, text = finding_of(training_report(manifest, evidence), "RGB")
    error = evidence.sensors[0].colearned - evidence.target
    assert f"reaches R² {manifest.sensors[0].score.colearned.value:.3f} [" in text
    assert f"usual error (RMSE) is {np.sqrt((error**2).mean()):.2f} [" in text


def test_a_score_no_better_than_guessing_says_so(make_training):
    html = training_report(
        *make_training(Task.CLASSIFICATION, samples=400, skills={"Noise": (0.0, 0.0), "Good": (0.8, 0.8)})
    )
    assert "not shown to be better than guessing (20.0 %)" in finding_of(html, "Noise")[2]
    assert "guessing" not in finding_of(html, "Good")[2]


def test_few_groups_prove_nothing_and_get_no_interval(make_training):
    text = Page(training_report(*make_training(Task.CLASSIFICATION, groups=3, samples=30))).text
    assert "come from 3 groups only, and fewer than 6 prove nothing" in text
    assert "None is given here" in text
    assert "Improved" not in text


def test_training_alone_claims_no_comparison(make_training):
    html = training_report(*make_training(Task.CLASSIFICATION, together=False))
    text = Page(html).text
    assert "what training together would bring was not measured" in text
    assert "With the others" not in text
    assert finding_of(html, "RGB")[1] == "Trained alone."


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
    bare = replace(evidence, longitude=nowhere, latitude=nowhere, history=(), notes=(), warnings=(), class_counts=())
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
    assert "In the test during training it reached" in text


def test_nodata_among_predictions_is_refused(make_training):
    manifest, evidence = make_training(Task.REGRESSION, outputs=1)
    evidence.sensors[0].colearned[0] = np.nan
    with pytest.raises(ValueError, match="nodata"):
        training_report(manifest, evidence)
