"""The content of a model file's manifest, and its text for the user.

Reads one JSON entry of a ZIP archive; never runs any part of the model.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Optional

from ..engine.contract import (
    REFERENCE,
    Manifest,
    SensorManifest,
    Task,
    Variant,
    Verdict,
    estimate_text,
    kinds_of_average,
    metric_text,
    no_model,
    score_text,
    shown_text,
)
from ..engine.contract.manifest import model_reader
from .messages import tr

_MOST_LINE = 2000  # characters
_MOST_KEPT = 4  # manifests in the cache: dialogs read them repeatedly


def read_manifest(path: str) -> Manifest:
    """The manifest of the model file at ``path``.

    Raises:
        ModelError: no such file, not a model, of a newer schema, or damaged.
    """
    try:
        status = Path(path).stat()
    except (OSError, ValueError) as error:
        raise no_model(path, f"no file that can be opened ({error})") from error
    return _read_manifest(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=_MOST_KEPT)
def _read_manifest(path: str, _changed_ns: int, _bytes: int) -> Manifest:
    """Read the manifest, cached per version of the file because dialogs ask often."""
    return model_reader.read_manifest(path)


def card_lines(manifest: Manifest, sensor: Optional[str] = None) -> tuple[str, ...]:
    """For each sensor (or one): the scores, the network in the model file, and whether co-learning improved it."""
    sensors = manifest.sensors if sensor is None else (manifest.sensor(sensor),)
    lines = [_sensor_line(each) for each in sensors]
    if manifest.fused and sensor is None:
        together, metric = tr("All sensors fused: {metric} {score}."), manifest.fused.metric
        score = estimate_text(manifest.fused.network, metric)
        lines.append(together.format(score=score, metric=metric_text(metric)))
    return tuple(shown_text(line, _MOST_LINE) for line in lines)


def brief_lines(manifest: Manifest, sensor: Optional[str] = None) -> tuple[str, ...]:
    """As :func:`card_lines`, without what the model file contains: scores, and whether co-learning improved them."""
    sensors = manifest.sensors if sensor is None else (manifest.sensor(sensor),)
    return tuple(shown_text(" ".join(_found(each)), _MOST_LINE) for each in sensors)


def score_lines(manifest: Manifest, sensor: Optional[str] = None) -> tuple[str, ...]:
    """The score of the network in the model file, for each sensor or for one: a short form of the model card."""
    sensors = manifest.sensors if sensor is None else (manifest.sensor(sensor),)
    return tuple(_score_text(each) for each in sensors)


def _score_text(sensor: SensorManifest) -> str:
    score = sensor.score
    return tr("{sensor}: {metric} {score}").format(
        sensor=sensor.name, metric=metric_text(score.metric), score=estimate_text(score.of_shipped, score.metric)
    )


def card_title(manifest: Manifest) -> str:
    """What the model predicts, from how many sensors, and when it was trained."""
    count = len(manifest.classes) or len(manifest.targets)
    kinds = {  # the name of each task
        Task.CLASSIFICATION: tr("{count} classes"),
        Task.MULTILABEL: tr("{count} labels"),
        Task.REGRESSION: tr("regression of {targets}"),
    }
    targets = ", ".join(target.title for target in manifest.targets)
    kind = kinds.get(manifest.task, "").format(count=count, targets=targets)
    return tr("{field}: {kind}, {sensors} sensors, trained {date}").format(
        field=manifest.label, kind=kind, sensors=len(manifest.sensors), date=manifest.created[:10]
    )


def _sensor_line(sensor: SensorManifest) -> str:
    """The line of a sensor: scores, verdict, the network in the model file."""
    return " ".join(sentence for sentence in (*_found(sensor), _shipped(sensor), _fast(sensor)) if sentence)


def _found(sensor: SensorManifest) -> list[str]:
    """The scores of a sensor, and what they say of co-learning."""
    score = sensor.score
    text, others = _score_text(sensor), []
    if score.colearned is None:
        others.append(tr("trained alone"))
    elif score.shipped is Variant.ALONE:
        others.append(tr("co-learned {score}").format(score=estimate_text(score.colearned, score.metric)))
    else:
        others.append(tr("trained alone {score}").format(score=estimate_text(score.alone, score.metric)))
    if score.reference:
        others.append(f"{tr(REFERENCE)} {estimate_text(score.reference, score.metric)}")
    sentences = [f"{text} ({', '.join(others)}).", _verdict(score.verdict)]
    if score.reference_gap and score.reference_gap.high is not None and score.reference_gap.high < 0:
        sentences.append(tr("The {reference} is better for this sensor.").format(reference=tr(REFERENCE)))
    return [sentence for sentence in sentences if sentence]


def _fast(sensor: SensorManifest) -> str:
    """The fast copy's agreement and score on test samples, and whether it learned more later; empty without one."""
    if sensor.fast is None:
        return ""
    found = sensor.fast.tested or sensor.fast
    text = tr(
        "Its fast copy (Quality: Fast) agrees with it at {agreement:.1f} % of the samples and scores {score}."
    ).format(agreement=100 * found.agreement, score=estimate_text(found.score, sensor.score.metric))
    further = tr("That copy was then trained further on the average that learned all labels.")
    return f"{text} {further}" if sensor.fast.refit else text


def _shipped(sensor: SensorManifest) -> str:
    """Which network the model file contains, and why: it was chosen by validation scores, not by test scores."""
    score = sensor.score
    if score.averaged:
        if score.network is None:
            return tr("The model file contains an average of {kinds}; no network was trained.").format(
                kinds=tr(kinds_of_average(networks=False))
            )
        text = tr("The model file contains an average of {kinds}; a single network alone: {score}.")
        return text.format(kinds=tr(kinds_of_average()), score=estimate_text(score.network, score.metric))
    if score.colearned is None:
        return ""
    alone = score.shipped is Variant.ALONE
    held = (
        tr("The model file contains the network trained alone")
        if alone
        else tr("The model file contains the co-learned network")
    )
    if score.choice is None:
        return f"{held}."
    chosen = (score.choice.alone, score.choice.colearned) if alone else (score.choice.colearned, score.choice.alone)
    compared = tr("{held}, which has the better validation score ({better}, the other {other}).")
    better, other = (score_text(each, score.metric) for each in chosen)
    text = compared.format(held=held, better=better, other=other)
    contradicts = score.verdict is (Verdict.HELPED if alone else Verdict.HARMED)
    if contradicts:
        text += " " + tr("Networks are selected on validation samples only, which keeps the test scores unbiased.")
    return text


def _verdict(verdict: Verdict) -> str:
    return {
        Verdict.HELPED: tr("Co-learning helped."),
        Verdict.NO_DIFFERENCE: tr("Co-learning made no significant difference."),
        Verdict.HARMED: tr("Co-learning reduced the test score."),
        Verdict.NOT_MEASURED: "",
    }[verdict]
