"""Key findings for each sensor, as sentences. No gain is claimed without support by the interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...contract import REFERENCE, Estimate, Manifest, Variant, Verdict, kinds_of_average, metric_text
from ...learning.metrics import MINIMUM_GROUPS
from .evidence import PartCounts
from .numbers import capital, joined_by_and, number_of
from .reliance import reference_advice, reference_remark, reference_wins, reliance_advice
from .results import Score, SensorResult, chance
from .wording import lead

HEADLINES = {
    Verdict.HELPED: "The other sensors helped",
    Verdict.NO_DIFFERENCE: "No significant difference",
    Verdict.HARMED: "The other sensors reduced the score",
    Verdict.NOT_MEASURED: "Trained alone",
}
NETWORKS = {Variant.COLEARNED: "the network trained with the others", Variant.ALONE: "the network trained alone"}
AVERAGES = {
    Variant.COLEARNED: "the co-learned average of {kinds}",
    Variant.ALONE: "the average of {kinds} trained alone",
}

_NAMED = 8  # maximum number of untested classes named; more are only counted
_OTHERS = {Variant.COLEARNED: "the one trained alone", Variant.ALONE: "the co-learned one"}
_TAKEN = {Variant.COLEARNED: "the co-learned one", Variant.ALONE: "the one trained alone"}


@dataclass(frozen=True)
class Finding:
    """One sensor's result: short verdict, score, effect of co-learning, further facts, advice."""

    sensor: str
    verdict: Verdict
    headline: str
    lead: str
    comparison: str
    facts: tuple[str, ...]
    advice: tuple[str, ...]


def findings(manifest: Manifest, results: tuple[SensorResult, ...]) -> tuple[Finding, ...]:
    """One finding per sensor, in the manifest's order."""
    return tuple(_found(manifest, result) for result in results)


def untested_classes(manifest: Manifest, counts: tuple[PartCounts, ...]) -> str:
    """The classes with training but no test samples; ``counts`` in the manifest's order, or empty."""
    pairs = zip(manifest.classes, counts, strict=False)
    names = [label.name for label, count in pairs if count.train and not count.test]
    if not names:
        return ""
    more = len(names) - _NAMED
    shown = names if more <= 0 else [*names[:_NAMED], number_of(more, "more class", "more classes")]
    mapped = "this class" if len(names) == 1 else "these classes"
    return f"No test samples of {joined_by_and(shown)}: the accuracy of {mapped} is unknown."


def summary(results: tuple[SensorResult, ...]) -> str:
    """The whole training in a few sentences: each sensor's score, then the effect of co-learning."""
    sentences = (_how_good(results), _what_it_brought(results), _what_is_shipped(results), _what_is_better(results))
    return " ".join(sentence for sentence in sentences if sentence)


def _found(manifest: Manifest, result: SensorResult) -> Finding:
    if not result.rows:
        return _untested(result)
    return _of_one_class(manifest, result) if result.one_class else _finding(manifest, result)


def _finding(manifest: Manifest, result: SensorResult) -> Finding:
    main, guess = result.main, _guess(result)
    score = Score(main.name, main.style, main.of(result.shipped))
    facts = (
        _every_class_the_same(result),
        _what_was_shipped(result),
        _over_one_network(result),
        reference_remark(result, guess),
    )
    advice = (reliance_advice(score, guess), reference_advice(result, guess), _retrain(result))
    verdict = result.sensor.score.verdict
    return Finding(
        result.sensor.name,
        verdict,
        HEADLINES[verdict],
        lead(manifest, result),
        _how_it_compares(result),
        tuple(fact for fact in facts if fact),
        tuple(advised for advised in advice if advised),
    )


def _untested(result: SensorResult) -> Finding:
    name = result.sensor.name
    unknown = f"No test samples within {name}: the accuracy of a map from it is unknown."
    advice = (f"Evaluate the model on labels within {name} before relying on such a map.",)
    return Finding(name, Verdict.NOT_MEASURED, "Not tested", unknown, "", (), advice)


def _of_one_class(manifest: Manifest, result: SensorResult) -> Finding:
    name, label = result.sensor.name, manifest.classes[int(result.evidence.target[0])].name
    sentence = f"All test samples within {name} are {label}: these scores do not show whether classes are separated."
    advice = (f"Evaluate the model on labels of several classes within {name} before relying on such a map.",)
    facts = tuple(fact for fact in (_what_was_shipped(result),) if fact)
    return Finding(name, Verdict.NOT_MEASURED, "One class tested", sentence, "", facts, advice)


def _how_it_compares(result: SensorResult) -> str:
    gain, verdict = result.main.gain, result.sensor.score.verdict
    if gain is None:
        return "Whether training with other sensors would help was not measured."
    difference = _difference(result, gain)
    if verdict is Verdict.HELPED:
        return f"Training with the other sensors improved the score: {difference}."
    if verdict is Verdict.HARMED:
        return f"Training with the other sensors reduced the score: {difference}."
    nothing = f"Training with the other sensors made no significant difference: {difference}"
    if gain.low is not None:
        return f"{nothing}."
    groups = number_of(result.evidence.group_count, "group")
    return (
        f"{nothing}, but the test samples come from only {groups}; fewer than {MINIMUM_GROUPS} are too few for a "
        f"conclusion."
    )


def _difference(result: SensorResult, gain: Estimate) -> str:
    difference = result.main.style.difference(gain)
    return f"{difference} in {result.main.name}" if result.main.style.unit else f"{result.main.name} {difference}"


def _every_class_the_same(result: SensorResult) -> str:
    row = result.row("balanced accuracy")
    if row is None:
        return ""
    say = row.style.score
    sentence = f"Balanced accuracy (all classes count equally): {say(row.of(result.shipped))}"
    others = []
    if row.colearned is not None:
        alone = result.shipped is Variant.COLEARNED
        others.append(f"trained alone {say(row.alone)}" if alone else f"trained with the others {say(row.colearned)}")
    if row.fused is not None:
        others.append(f"with all sensors {say(row.fused)}")
    return "; ".join([sentence, *others]) + "."


def _what_was_shipped(result: SensorResult) -> str:
    """What the model file contains, and the validation scores on which it was chosen."""
    score = result.sensor.score
    if score.averaged:
        return f"The model file contains {shipped_words(result)}."
    if result.main.colearned is None:
        return ""
    held = f"The model file contains {NETWORKS[result.shipped]}"
    if score.choice is None:
        return f"{held}."
    return f"{held}{_why_shipped(result)}"


def _why_shipped(result: SensorResult) -> str:
    """The validation scores on which a network was chosen, stating that test scores were not used."""
    score, say = result.sensor.score, result.main.style.score
    values = (score.choice.colearned, score.choice.alone) if score.choice else (math.nan,) * 2
    if not all(math.isfinite(value) for value in values):
        return f"; no validation samples are within {result.sensor.name}, so no selection was possible."
    if _level(result):
        tie = f"it ties with {_OTHERS[result.shipped]} on the validation samples"
        return f": {tie} ({score.metric} {say(Estimate(values[0]))}), and {_TAKEN[result.shipped]} is used."
    own, other = values if result.shipped is Variant.COLEARNED else values[::-1]
    reached = f"its {score.metric} is {say(Estimate(own))}, that of the other {say(Estimate(other))}"
    chosen = f": on the validation samples {reached}."
    better_there = {Verdict.HELPED: Variant.COLEARNED, Verdict.HARMED: Variant.ALONE}.get(score.verdict)
    if better_there in (None, result.shipped):
        return chosen
    return f"{chosen} Networks are selected on validation samples only, which keeps the test scores unbiased."


def shipped_words(result: SensorResult) -> str:
    """What the model file contains for a sensor, as text."""
    score = result.sensor.score
    if not score.averaged:
        return NETWORKS[result.shipped]
    return AVERAGES[result.shipped].format(kinds=kinds_of_average(networks=score.network is not None))


def _over_one_network(result: SensorResult) -> str:
    """The gain of an average over the sensor's single network, which is not an effect of co-learning."""
    score, style = result.sensor.score, result.main.style
    if score.network is None or score.network_gap is None:
        return ""
    gap = style.difference(score.network_gap)
    return (
        f"A single network of the same width, trained alone, reaches {style.score(score.network)}; the average "
        f"differs from it by {gap}."
    )


def _retrain(result: SensorResult) -> str:
    harmed = result.sensor.score.verdict is Verdict.HARMED and result.shipped is Variant.COLEARNED
    if not harmed:
        return ""
    how = (
        "a model with it as the only sensor"
        if result.sensor.score.averaged
        else "again with the method “Each sensor alone”"
    )
    return f"To map from {result.sensor.name}, train {how}."


def _how_good(results: tuple[SensorResult, ...]) -> str:
    """The score of the shipped predictor, for every sensor with test samples."""
    tested = [result for result in results if _compared(result)]
    scores = [
        f"{result.main.style.score(result.main.of(result.shipped)).value} from {result.sensor.name}"
        for result in tested
    ]
    return f"{capital(metric_text(tested[0].main.name))}: {joined_by_and(scores)}." if tested else ""


def _what_it_brought(results: tuple[SensorResult, ...]) -> str:
    verdicts = [result.sensor.score.verdict for result in results if _compared(result)]
    if not verdicts:
        return "The test samples do not allow a conclusion about co-learning."
    if all(verdict is Verdict.NOT_MEASURED for verdict in verdicts):
        return "Every sensor was trained alone; the effect of co-learning was not measured."
    helped, harmed = verdicts.count(Verdict.HELPED), verdicts.count(Verdict.HARMED)
    if not helped and not harmed:
        return "Co-learning made no significant difference compared with training alone."
    if len(verdicts) == 1:
        return f"Co-learning {'improved' if helped else 'reduced'} the score."
    improved = f"Co-learning improved {helped or 'none'} of {len(verdicts)} sensors"
    return f"{improved} and reduced the score of {harmed}." if harmed else f"{improved}."


def _what_is_shipped(results: tuple[SensorResult, ...]) -> str:
    """Which networks the model file contains, and whether they were better or merely tied with the others."""
    chosen = [result for result in results if result.rows and _was_choice(result)]
    level = [result.sensor.name for result in chosen if _level(result) and result.shipped is Variant.COLEARNED]
    better = [result for result in chosen if not _level(result)]
    alone = [result.sensor.name for result in better if result.shipped is Variant.ALONE]
    together = [result.sensor.name for result in better if result.shipped is Variant.COLEARNED]
    parts = (
        (alone, "the network trained alone, which was better on the validation samples"),
        (together, "the network trained with the others, which was better on the validation samples"),
        (
            level,
            "the network trained with the others, which ties with the one trained alone on the validation samples",
        ),
    )
    sentences = [f"For {_which(names, results)} the model file contains {held}." for names, held in parts if names]
    return " ".join(sentences)


def _which(names: list[str], results: tuple[SensorResult, ...]) -> str:
    if len(names) == len(results) > 1:
        return "every sensor"
    return joined_by_and(names)


def _was_choice(result: SensorResult) -> bool:
    """Whether there were validation samples to choose a network by."""
    choice = result.sensor.score.choice
    return choice is not None and math.isfinite(choice.colearned) and math.isfinite(choice.alone)


def _level(result: SensorResult) -> bool:
    """Whether both networks have exactly the same validation score."""
    choice = result.sensor.score.choice
    return choice is not None and choice.colearned == choice.alone


def _what_is_better(results: tuple[SensorResult, ...]) -> str:
    names = [result.sensor.name for result in results if _compared(result) and reference_wins(result, _guess(result))]
    return f"For {joined_by_and(names)} a {REFERENCE} is better than this model." if names else ""


def _compared(result: SensorResult) -> bool:
    """Whether the test samples contain more than one class."""
    return bool(result.rows) and not result.one_class


def _guess(result: SensorResult) -> float | None:
    """The score of a trivial prediction on the sensor's test samples."""
    return chance(result.main.name, result.evidence.target, result.population)
