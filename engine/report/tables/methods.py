"""Which methods were tried, and what each scored on the validation samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...contract import Estimate, Manifest, Method
from ..content import NONE, joined_by_and, style_of

AVERAGE = "average"  # what ``auto`` makes
WORDS = {
    Method.MDICO.value: "jointly, in a shared representation (MDiCo, Mena et al. 2025)",
    Method.DISTILLATION.value: "each separately, from labels and from a teacher that uses all sensors",
    Method.MDICO_DISTILLATION.value: "jointly in a shared representation, and from a teacher that uses all sensors",
    Method.SENSOR_DROPOUT.value: "one network for any subset of the sensors, which are dropped at random",
    Method.ALONE.value: "each sensor on its own",
    AVERAGE: "the average of networks and forests",
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
    kept: bool  # a method that others were dropped for; an average drops none


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
    """How the sensors learned, who chose that, and what was grown again once scores had been taken."""
    return f"{_how_they_learned(manifest)} {_refit_sentence(manifest)}".rstrip()


def _refit_sentence(manifest: Manifest) -> str:
    """That the model file holds other trees than those that were scored, where it does."""
    if not manifest.samples.refit:
        return ""
    networks = manifest.samples.networks_refit
    what = "networks and forests" if networks else "forests"
    stays = (
        "networks trained for as many epochs as the validation samples had shown to be best"
        if networks
        else "the networks stay those that learned from the training part"
    )
    return (
        f"After scoring, the {what} in the model file learned anew from all {manifest.samples.refit} samples, those of "
        f"validation and test included; {stays}. All scores and intervals on this page are of the {what} that learned "
        f"from the training part{_calibration(manifest)}, and a fast copy learned from those."
    )


def _calibration(manifest: Manifest) -> str:
    """By what the averages in the model file were calibrated; nothing of values."""
    if not manifest.classes:
        return ""
    if not manifest.samples.calibrated:
        return ", by whose validation samples probabilities are calibrated as well"
    return (
        f"; probabilities in the model file are calibrated by the predictions of all {manifest.samples.calibrated} "
        "samples, each by a fold that had not learned from it"
    )


def _how_they_learned(manifest: Manifest) -> str:
    name = f"{manifest.method} ({WORDS[manifest.method]})" if manifest.method in WORDS else manifest.method
    if manifest.method == AVERAGE and len(manifest.sensors) > 1:
        return _average_sentence(manifest)
    if manifest.method == AVERAGE:
        networks = "" if manifest.sensors[0].score.network is None else "its network, trained alone, and "
        return f"There is one sensor only: {networks}two forests are averaged."
    if manifest.method_asked == Method.AUTO.value and manifest.candidates:
        sentence = f"{len(manifest.candidates)} methods were tried; kept, by the validation samples, was {name}."
        return f"{sentence} {_equals(manifest)}".rstrip()
    if len(manifest.sensors) == 1:
        return "There is one sensor only: it was trained alone."
    return f"The method was {name}, as the job asked."


def _average_sentence(manifest: Manifest) -> str:
    """What was averaged, and what that is compared with: methods that could not be trained are no part of it."""
    ways = [_AVERAGED[each.method] for each in manifest.candidates if each.method in _AVERAGED]
    if not ways:
        return (
            "Forests of each sensor, one of labels and one of labels and of the predictions of a forest that sees all "
            "sensors, are averaged. What that is compared with is an average of as many trees that saw no other sensor."
        )
    return (
        f"Networks of each sensor (trained {joined_by_and(ways)}) and forests are averaged, half and half: weights "
        "that were fixed beforehand. What that is compared with is an average that saw no other sensor: of as many "
        "networks trained alone, from other seeds, and as many trees."
    )


def _equals(manifest: Manifest) -> str:
    """That the kept method was no better than another, where their mean validation scores are the same."""
    means = {candidate.method: candidate.mean for candidate in manifest.candidates}
    kept = means.get(manifest.method, math.nan)
    equals = [name for name, mean in means.items() if name != manifest.method and mean == kept]
    return f"On a par with it there: {joined_by_and(equals)}; the first of equals is kept." if equals else ""
