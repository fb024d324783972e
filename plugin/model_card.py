"""What a model file says about itself, and how it is told to people.

Reads one JSON entry of a ZIP; never runs anything of the model.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Optional

from ..engine.contract import model_reader
from ..engine.contract.manifest import Manifest, SensorManifest
from ..engine.contract.model_reader import no_model
from ..engine.contract.scores import Estimate, Quantized, Training, Verdict
from .messages import tr

_MOST_KEPT = 4  # of manifests that dialogs ask for again and again


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
    """Read once per version of the file: dialogs ask often."""
    return model_reader.read_manifest(path)


def card_lines(manifest: Manifest, sensor: Optional[str] = None) -> tuple[str, ...]:
    """How good the model is from each sensor (or from one), which network it holds and whether the others helped."""
    sensors = manifest.sensors if sensor is None else (manifest.sensor(sensor),)
    lines = [_sensor_line(each) for each in sensors]
    if manifest.fused:
        together = tr("All sensors together: {score} ({metric}).")
        lines.append(together.format(score=_estimate(manifest.fused.network), metric=manifest.fused.metric))
    return tuple(lines)


def _sensor_line(sensor: SensorManifest) -> str:
    """Scores, what the model file holds, the verdict."""
    score = sensor.score
    scores = [tr("trained with the others {score}").format(score=_estimate(score.colearned))] if score.colearned else []
    scores.append(tr("trained alone {score}").format(score=_estimate(score.alone)))
    if score.forest:
        scores.append(tr("random forest {score}").format(score=_estimate(score.forest)))
    sentences = [
        tr("{sensor}: {scores} ({metric}).").format(sensor=sensor.name, scores=", ".join(scores), metric=score.metric)
    ]
    sentences += [_verdict(score.verdict), _shipped(sensor)]
    if score.forest_gap and score.forest_gap.high is not None and score.forest_gap.high < 0:
        sentences.append(tr("A random forest does better from this sensor."))
    if sensor.quantized:
        sentences.append(_int8(sensor.quantized))
    return " ".join(sentence for sentence in sentences if sentence)


def _int8(quantized: Quantized) -> str:
    """What the 8-bit graph costs, in short; the report tells it in full."""
    told = (
        tr("In int8 it agrees with fp32 to {agreement:.2f} %; “auto” uses that where the processor is quick at it.")
        if quantized.costs_nothing
        else tr("In int8 it agrees with fp32 to {agreement:.2f} %; that is used only if asked for.")
    )
    return told.format(agreement=100 * quantized.agreement)


def _shipped(sensor: SensorManifest) -> str:
    score = sensor.score
    if score.colearned is None:
        return ""
    alone = score.shipped is Training.ALONE
    held = (
        tr("The model file holds the network trained alone")
        if alone
        else tr("The model file holds the network trained with the others")
    )
    if score.choice is None:
        return f"{held}."
    chosen = (score.choice.alone, score.choice.colearned) if alone else (score.choice.colearned, score.choice.alone)
    compared = tr("{held}: {better:.3f} on validation samples, the other {other:.3f}.")
    return compared.format(held=held, better=chosen[0], other=chosen[1])


def _verdict(verdict: Verdict) -> str:
    return {
        Verdict.HELPED: tr("Training with the other sensors helped."),
        Verdict.NO_DIFFERENCE: tr("Training with the other sensors made no clear difference."),
        Verdict.HARMED: tr("Training with the other sensors harmed."),
        Verdict.NOT_MEASURED: "",
    }[verdict]


def _estimate(estimate: Estimate) -> str:
    """A score, with its interval where there is one."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
