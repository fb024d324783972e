"""The methods tried, with their validation scores."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...contract import Estimate, Manifest, Method, kinds_of_average
from ...process import counted
from ..content import NONE, count, joined_by_and, style_of
from .precisions import copies_learned_on

AVERAGE = "average"  # the result of ``auto``
WORDS = {
    Method.MDICO.value: "all sensors together, through a shared representation (MDiCo, Mena et al. 2025)",
    Method.DISTILLATION.value: "each sensor separately, from labels and the soft targets of a teacher that uses all "
    "sensors",
    Method.MDICO_DISTILLATION.value: "all sensors together through a shared representation, and from the soft "
    "targets of a teacher",
    Method.SENSOR_DROPOUT.value: "one network for any subset of the sensors; sensors are dropped at random in training",
    Method.ALONE.value: "each sensor on its own",
    AVERAGE: f"the average of {kinds_of_average()}",
}
_AVERAGED = {
    Method.MDICO.value: "together",
    Method.DISTILLATION.value: "with a teacher that uses all sensors",
    Method.ALONE.value: "alone",
}


@dataclass(frozen=True)
class MethodRow:
    """A method that was tried: its validation scores in the order of the sensors, and their mean."""

    name: str
    words: str
    scores: tuple[str, ...]
    mean: str
    kept: bool  # the method preferred to the dropped ones; an average drops none


def method_rows(manifest: Manifest) -> tuple[MethodRow, ...]:
    """The candidates, in the order they were tried."""
    style = style_of(manifest.sensors[0].score.metric)

    def formatted(value: float) -> str:
        return style.score(Estimate(value)).value if math.isfinite(value) else NONE

    return tuple(
        MethodRow(
            candidate.method,
            WORDS.get(candidate.method, ""),
            tuple(formatted(value) for value in candidate.validation),
            formatted(candidate.mean),
            candidate.method == manifest.method != AVERAGE,
        )
        for candidate in manifest.candidates
    )


def method_sentence(manifest: Manifest) -> str:
    """The training method, who chose it, and what was refitted after scoring."""
    parts = _how_they_learned(manifest), _epochs_sentence(manifest), _refit_sentence(manifest)
    return " ".join(part for part in parts if part)


def _epochs_sentence(manifest: Manifest) -> str:
    """The number of epochs, which a job leaves open by default; empty without networks, and for older models."""
    if manifest.epochs is None:
        return ""
    kept = "the weights of the epoch that was best on the validation samples were kept"
    return f"Each network was trained for {counted(manifest.epochs, 'epoch')}; {kept}."


def _refit_sentence(manifest: Manifest) -> str:
    """The note that the model file contains other trees than those that were scored, if so."""
    if not manifest.samples.refit:
        return ""
    networks = manifest.samples.networks_refit
    what = kinds_of_average(bool(networks))
    stays = ""
    if networks:
        stays = "; networks were trained for the number of epochs that was best on the validation samples"
    elif any(sensor.score.network for sensor in manifest.sensors):
        stays = "; the networks are unchanged"
    return (
        f"After scoring, the {what} in the model file were retrained on all {count(manifest.samples.refit)} samples, "
        f"including validation and test{stays}. All scores and intervals on this page refer to the {what} trained "
        f"on the training part{_calibration(manifest)}." + _copy(manifest)
    )


def _copy(manifest: Manifest) -> str:
    """The average from which the fast copy in the model file was distilled, if there is one."""
    if not any(sensor.fast for sensor in manifest.sensors):
        return ""
    if copies_learned_on(manifest):
        return (
            " The fast copy in the model file was then trained further on the predictions of the retrained average; "
            "its agreement and scores were measured before that."
        )
    return " The fast copy was distilled from the latter."


def _calibration(manifest: Manifest) -> str:
    """The samples on which the averages in the model file were calibrated; empty for regression."""
    if not manifest.classes:
        return ""
    if not manifest.samples.calibrated:
        return ", and probabilities are calibrated on its validation samples"
    return (
        f"; probabilities in the model file are calibrated on out-of-fold predictions of all "
        f"{count(manifest.samples.calibrated)} samples"
    )


def _how_they_learned(manifest: Manifest) -> str:
    name = f"{manifest.method} ({WORDS[manifest.method]})" if manifest.method in WORDS else manifest.method
    if manifest.method == AVERAGE and len(manifest.sensors) > 1:
        return _average_sentence(manifest)
    if manifest.method == AVERAGE:
        networks = "" if manifest.sensors[0].score.network is None else "its network and "
        return f"With a single sensor, {networks}two forests are averaged."
    if manifest.method_asked == Method.AUTO.value and manifest.candidates:
        selected = f"{len(manifest.candidates)} methods were compared on the validation samples; {name} was selected."
        return f"{selected} {_equals(manifest)}".rstrip()
    if len(manifest.sensors) == 1:
        return "The single sensor was trained alone."
    return f"Method: {manifest.method}, {WORDS[manifest.method]}." if manifest.method in WORDS else f"Method: {name}."


def _average_sentence(manifest: Manifest) -> str:
    """The members of the average and of its control, without methods that could not be trained."""
    ways = [_AVERAGED[each.method] for each in manifest.candidates if each.method in _AVERAGED]
    if not ways:
        return (
            "For each sensor, two forests are averaged: one trained on labels, and one trained on labels and on the "
            "soft targets of a forest that uses all sensors. The control is an average of the same size without the "
            "other sensors."
        )
    return (
        f"For each sensor, networks (trained {joined_by_and(ways)}) and forests are averaged with fixed weights of "
        f"one half each. The control is an average of the same size without the other sensors: networks trained "
        f"alone from different seeds, and as many trees."
    )


def _equals(manifest: Manifest) -> str:
    """The note that the kept method was no better than another, if their mean validation scores are equal."""
    means = {candidate.method: candidate.mean for candidate in manifest.candidates}
    kept = means.get(manifest.method, math.nan)
    equals = [name for name, mean in means.items() if name != manifest.method and mean == kept]
    return f"{joined_by_and(equals)} tied with it; the first is used." if equals else ""
