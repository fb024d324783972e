"""Made-up trainings to report on: every task, awkward names, few and many samples."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.label_classes import LabelClass, Target
from colearn.engine.contract.manifest.manifest import (
    Band,
    Candidate,
    Combination,
    Manifest,
    SampleCounts,
    SensorKind,
    SensorManifest,
    TrainingArea,
)
from colearn.engine.contract.manifest.scores import (
    Choice,
    Estimate,
    FusedScore,
    MetricScore,
    SensorScore,
    Variant,
)
from colearn.engine.contract.wire.events import Epoch
from colearn.engine.learning.metrics import intervals
from colearn.engine.learning.metrics.intervals import verdict
from colearn.engine.learning.tasks.rules import score_names
from colearn.engine.report.content.evidence import (
    EvaluationEvidence,
    PartCounts,
    SensorEvidence,
    TrainingEvidence,
)
from colearn.engine.report.pages.training_page import training_report
from markupsafe import Markup

# Of what is made up, intervals need no more.
compare, estimates = (partial(each, resamples=200) for each in (intervals.compare, intervals.estimates))
TREES = ("Pinus", "Quercus <& friends>", "Érable à sucre", "ヒノキ", "Nyssa")
COLORS = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d")


def classes(count):
    """So many classes, the first ones with names that need care."""
    names = [*TREES, *(f"Klasse {number}" for number in range(len(TREES) + 1, 1000))][:count]
    return tuple(LabelClass(code, name, COLORS[code % len(COLORS)]) for code, name in enumerate(names, start=1))


def predictions(task, target, skill, random, outputs):
    """Predictions of so much skill, 0 (guessing) to 1."""
    if task is Task.CLASSIFICATION:
        logits = random.gumbel(size=(len(target), outputs)) + 4 * skill * np.eye(outputs)[target]
        return (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype(np.float32)
    if task is Task.REGRESSION:
        noise = random.normal(size=target.shape) * target.std(axis=0)
        mean = target.mean(axis=0)
        return (mean + skill * (target - mean) + 0.5 * (1 - skill) * noise).astype(np.float32)
    return np.clip(0.7 * skill * target + random.random(target.shape) * 0.6, 0, 1).astype(np.float32)


def targets(task, count, outputs, random):
    """Made-up labels; classes get rarer with their number."""
    if task is Task.CLASSIFICATION:
        weights = 1 / np.arange(1, outputs + 1)
        return random.choice(outputs, count, p=weights / weights.sum())
    if task is Task.REGRESSION:
        return (random.gamma(4, 5, (count, outputs)) * 10.0 ** np.arange(outputs)).astype(np.float32)
    return (random.random((count, outputs)) < 0.25).astype(np.float32)


def training(task, *, samples=200, outputs=5, groups=40, together=True, skills=None, seed=0):
    """A manifest and its evidence. ``skills`` maps sensor names to (with the others, alone)."""
    random = np.random.default_rng(seed)
    skills = skills or {"RGB": (0.5, 0.42), "Hyperspectral <HSI>": (0.8, 0.8)}
    bands = {"Hyperspectral <HSI>": 369, "Höhe": 1}
    target = targets(task, samples, outputs, random)
    group = np.sort(random.integers(0, groups, samples))
    place = random.normal([[-82.0, 29.7]], 0.01, (groups, 2))[group] + random.normal(0, 0.0004, (samples, 2))
    sensors = tuple(
        SensorEvidence(
            name,
            target,
            group,
            *place.T,
            predictions(task, target, shared, random, outputs) if together else None,
            predictions(task, target, own, random, outputs),
        )
        for name, (shared, own) in skills.items()
    )
    evidence = TrainingEvidence(
        target=target,
        groups=group,
        longitude=place[:, 0],
        latitude=place[:, 1],
        sensors=sensors,
        history=history(["co-learned"] * together + [f"alone: {name}" for name in skills], random),
        notes=("1 213 of 1 300 labels lie in every sensor.", "RGB: band order taken as given."),
        warnings=("12 labels without a value in <genus> were left out.",),
        class_counts=() if task is Task.REGRESSION else (PartCounts(240, 80, 77),) * outputs,
    )
    return manifest_of(task, evidence, outputs, bands, seed), evidence


def manifest_of(task, evidence, outputs, bands, seed):
    """The manifest that belongs to the evidence."""
    together = evidence.sensors[0].colearned is not None
    return Manifest(
        task=task,
        method="mdico" if together else "alone",
        label_fields=("height", "biomass")[:outputs] if task is Task.REGRESSION else ("genus",),
        sensors=tuple(sensor_of(task, evidence, found, bands, seed) for found in evidence.sensors),
        classes=() if task is Task.REGRESSION else classes(outputs),
        targets=tuple(Target(f"height_{at}", 20.0, 10.0, 0.5, 61.2) for at in range(outputs))
        if task is Task.REGRESSION
        else (),
        nodata=255.0,
        samples=SampleCounts(1213, 404, len(evidence.target), 118, 87),
        area=TrainingArea(-82.01, 29.68, -81.99, 29.72),
        split="field plot_id",
        seed=seed,
        created="2025-06-01T12:00:00+00:00",
        versions={"colearn": "0.1.0", "python": "3.11.2", "torch": "2.13.0"},
        job={"colearn_job": 1, "journey": "train", "labels": {"note": "</pre><script>alert(1)</script>"}},
        digests={"sensors/1.onnx": "ab" * 32},
    )


def sensor_of(task, evidence, found, bands, seed):
    """One sensor of the manifest, its score measured on the evidence."""
    count = bands.get(found.name, 3)
    return SensorManifest(
        name=found.name,
        kind=SensorKind.IMAGE,
        layout=Layout.SCENES,
        bands=tuple(Band(f"band {n}", 1431.2 + n, 512.0, -12.0, 9988.0) for n in range(1, count + 1)),
        bands_named=count > 1,
        dates=(),
        dates_known=False,
        pixel_m=0.1,
        context_px=15,
        dtype="int16",
        graph="sensors/1.onnx",
        score=score_of(task, found, seed),
    )


def history(trainings, random, epochs=23):
    """Epochs of each training, stopped early."""
    made = []
    for name in trainings:
        for epoch in range(1, epochs + 1):
            loss = 2.2 * np.exp(-epoch / 8)
            score = 0.6 - 0.4 * np.exp(-epoch / 6) + random.normal(0, 0.015)
            rise = 0.3 + max(0, epoch - 15) * 0.02 + random.normal(0, 0.02)
            made.append(Epoch(name, epoch, 60, float(loss), float(loss + rise), float(score)))
    return tuple(made)


def complete(task, *, unseen=0.15, forest_skill=0.3, shipped=(), **options):
    """As :func:`training`, with all that can be reported: forests, all sensors fused, what was chosen and tried, gaps.

    ``unseen`` is the share of samples that all sensors but the first miss; ``shipped`` maps sensor names to trainings.
    """
    manifest, evidence = training(task, **options)
    random = np.random.default_rng(99)
    shipped = dict(shipped)
    fused = predictions(task, evidence.target, 0.9, random, evidence.sensors[0].alone.shape[1])
    made = [
        complete_sensor(task, one, random, forest_skill, unseen * (at > 0), shipped.get(one.name), fused, manifest.seed)
        for at, one in enumerate(evidence.sensors)
    ]
    sensors = tuple(replace(sensor, score=score) for sensor, (_, score) in zip(manifest.sensors, made, strict=True))
    main = estimates(task, evidence.target, fused, evidence.groups, seed=manifest.seed)[0]
    names = tuple(sensor.name for sensor in sensors)
    manifest = replace(
        manifest,
        sensors=sensors,
        method="mdico_distillation",
        method_asked="auto",
        candidates=tuple(
            Candidate(name, tuple(0.4 + 0.03 * n + 0.05 * at for at in range(len(names))))
            for n, name in enumerate(("alone", "mdico", "distillation", "sensor_dropout", "mdico_distillation"))
        ),
        combinations=(Combination(names, 1102, 4310), Combination(names[:1], 188, 690)),
        fused=FusedScore(sensors[0].score.metric, main, Estimate(main.value - 0.03)),
    )
    return manifest, replace(evidence, sensors=tuple(found for found, _ in made))


def complete_sensor(task, one, random, forest_skill, unseen, shipped, fused, seed):
    """The evidence on the samples a sensor sees, with probabilities before calibration; its score with a forest's."""
    seen = random.random(len(one)) >= unseen
    forest = predictions(task, one.target, forest_skill, random, one.alone.shape[1])
    made = replace(one, shipped_variant=shipped or Variant.COLEARNED)
    if task is not Task.REGRESSION:
        surer = made.shipped**3
        made = replace(made, uncalibrated=surer / surer.sum(axis=1, keepdims=True))
    made = taking(made, seen)
    found = estimates(task, made.target, fused[seen], made.groups, seed=seed)
    made = replace(made, fused=dict(zip(score_names(task), found, strict=True)))
    score = score_of(task, made, seed, forest[seen])
    choice = Choice(0.51, 0.49) if made.shipped_variant is Variant.COLEARNED else Choice(0.47, 0.5)
    return made, replace(score, choice=choice)


def taking(evidence, rows):
    """The evidence on some of the samples."""
    arrays = ("target", "groups", "longitude", "latitude", "colearned", "alone", "uncalibrated")
    known = {name: getattr(evidence, name) for name in arrays}
    return replace(evidence, **{name: array[rows] for name, array in known.items() if array is not None})


def score_of(task, found, seed, forest=None):
    """All scores of a sensor, measured on the evidence."""
    nothing = (None,) * len(score_names(task))
    colearned, gain = nothing, nothing
    alone = estimates(task, found.target, found.alone, found.groups, seed=seed)
    if found.colearned is not None:
        both = compare(task, found.target, found.colearned, found.alone, found.groups, seed=seed)
        colearned, gain = both.colearned, both.gain
    of_forest, gap = nothing, None
    if forest is not None:
        beside = compare(task, found.target, found.shipped, forest, found.groups, seed=seed)
        of_forest, gap = beside.alone, beside.gain[0]
    columns = zip(score_names(task), colearned, alone, of_forest, gain, strict=True)
    main, *more = (MetricScore(*column) for column in columns)
    return SensorScore(
        main.metric,
        main.colearned,
        main.alone,
        main.gain,
        verdict(main.gain),
        shipped=found.shipped_variant,
        forest=main.forest,
        forest_gap=gap,
        more=tuple(more),
    )


def evaluation(task, **options):
    """A manifest and the evidence of an evaluation of its first sensor."""
    manifest, trained = training(task, **options)
    return manifest, EvaluationEvidence(
        target=trained.target,
        groups=trained.groups,
        longitude=trained.longitude,
        latitude=trained.latitude,
        prediction=trained.sensors[0].shipped,
        sensor=trained.sensors[0].name,
        sources=("OSBS_029.tif", "plot <30>.tif"),
        notes=trained.notes,
        warnings=trained.warnings,
        model="genus.colearn",
        labels="crowns",
    )


@pytest.fixture(scope="session")
def make_training():
    """Makes a manifest and training evidence; options as :func:`training`."""
    return training


@pytest.fixture(scope="session")
def make_evaluation():
    """Makes a manifest and evaluation evidence; options as :func:`training`."""
    return evaluation


@pytest.fixture(scope="session")
def make_complete():
    """Makes a manifest and training evidence with all that can be reported; options as :func:`complete`."""
    return complete


@pytest.fixture(scope="module")
def whole(make_complete):
    """A report of everything there can be, with what it was made from."""
    manifest, evidence = make_complete(Task.CLASSIFICATION, samples=300, unseen=0.4, shipped={"RGB": Variant.ALONE})
    return manifest, evidence, training_report(manifest, evidence)


@pytest.fixture
def words_only(monkeypatch):
    """Figures are prepared but not rendered, which is two thirds of a page's time: for tests of words and tables."""
    for figures in ("curve_plot", "error_map", "reliability", "scatter_plot"):
        monkeypatch.setattr(f"colearn.engine.report.figures.{figures}.svg", lambda *_given: Markup("<svg></svg>"))
