"""The goals of the method, measured: each one met or missed, with the figures, also those of the control."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ...engine.contract import Estimate
from .cells import AUTO
from .few.trees import QUICK
from .means import mean_over_pairs
from .standings import CONTROL_OF, Standing

MARGIN = 0.01  # R², balanced accuracy, average precision: up to this much lower is not worse
LEAST_AHEAD, LEAST_SURE = 0.8, 0.4  # shares of pairs
LEAST_SEEDS = 5
FEW_LEAST, FEW_SURE = 0.02, 0.4  # lead over the control with few labels; share of pairs

Lead = Callable[[Standing], "Estimate | None"]


@dataclass(frozen=True)
class Goal:
    """A goal, the result, and whether it is met; None if it was not measured. ``control`` is the control's result.

    Goals are defined over all pairs; ``met`` refers to those that were run so far.
    """

    text: str
    found: str
    met: bool | None
    control: str = ""


def goals(standings: Iterable[Standing], method: str = AUTO) -> tuple[Goal, ...]:
    """All goals for the predictors that ``method`` ships, with all labels."""
    every = tuple(standings)
    own, control = of_method(every, method), of_method(every, CONTROL_OF[method])
    both = zip(_of_one(own), _of_one(control), strict=True)
    return (
        *(Goal(goal.text, goal.found, goal.met, other.found) for goal, other in both),
        _over_control(own),
        _seeds(own),
    )


def few_goals(standings: Iterable[Standing], method: str = QUICK) -> tuple[Goal, ...]:
    """The goals for few labels, with the remaining locations as unlabelled samples."""
    own = [each for each in of_method(standings, method) if each.main.over_control is not None]
    text = f"Ahead of the control by {FEW_LEAST} on the mean over pairs"
    if not own:
        return (_unmeasured(text), _unmeasured(_FEW_SURE_TEXT))
    mean = mean_lead(own, over_control)
    return (
        Goal(text, f"{lead_text(mean)} over {len(own)} pairs", mean.value >= FEW_LEAST),
        _share(_FEW_SURE_TEXT, [each for each in own if is_sure(each, over_control)], own, FEW_SURE, over_control),
    )


_FEW_SURE_TEXT = "Significantly ahead of the control (paired interval above zero) on at least 40 % of the pairs"


def of_method(standings: Iterable[Standing], method: str) -> list[Standing]:
    """The standings of one method."""
    return [each for each in standings if each.method == method]


def over_alone(standing: Standing) -> Estimate | None:
    """The lead over the network alone."""
    return standing.main.over_alone


def over_forest(standing: Standing) -> Estimate | None:
    """The lead over the random forest."""
    return standing.main.over_forest


def over_control(standing: Standing) -> Estimate | None:
    """The lead over an average of the same size that uses no other sensor."""
    return standing.main.over_control


def is_sure(standing: Standing, lead: Lead = over_alone) -> bool:
    """Whether the whole interval of the lead is above zero."""
    found = lead(standing)
    return found is not None and found.low is not None and found.low > 0


def mean_lead(standings: Sequence[Standing], lead: Lead) -> Estimate:
    """The mean over the pairs that have it, with its interval over data sets."""
    by_set: dict[str, list[float]] = {}
    for each in standings:
        found = lead(each)
        if found is not None:
            by_set.setdefault(each.dataset, []).append(found.value)
    return mean_over_pairs(by_set)


def lead_text(estimate: Estimate) -> str:
    """A lead with its interval as text."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:+.3f} [too few]"
    return f"{estimate.value:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def _of_one(own: Sequence[Standing]) -> tuple[Goal, ...]:
    """The goals for a shipped predictor that do not depend on its control."""
    led = [each for each in own if each.main.over_alone is not None]
    ahead = [each for each in led if _value(each, over_alone) > 0]
    sure = [each for each in led if is_sure(each)]
    return (
        _never_behind(f"Not worse than alone by more than {MARGIN} on any pair", led, over_alone),
        _share("Better than alone on at least 80 % of the pairs", ahead, led, LEAST_AHEAD, over_alone),
        _share(
            "Significantly better than alone (paired interval above zero) on at least 40 %",
            sure,
            led,
            LEAST_SURE,
            over_alone,
        ),
        _never_behind(
            f"Level with the random forest (not worse by more than {MARGIN}) on every pair",
            [each for each in own if each.main.over_forest is not None],
            over_forest,
        ),
    )


def _never_behind(text: str, own: Sequence[Standing], lead: Lead) -> Goal:
    if not own:
        return _unmeasured(text)
    behind = [each for each in own if _value(each, lead) < -MARGIN]
    worst = min(own, key=lambda each: _value(each, lead))
    named = f": {_named(behind, lead)}" if behind else f"; the least lead is {_value(worst, lead):+.3f} ({pair(worst)})"
    return Goal(text, f"{len(behind)} of {len(own)} pairs are worse{named}", not behind)


def _share(text: str, those: Sequence[Standing], own: Sequence[Standing], least: float, lead: Lead) -> Goal:
    if not own:
        return _unmeasured(text)
    named = f": {_named(those, lead)}" if those else ""
    return Goal(text, f"{len(those)} of {len(own)} pairs{named}", len(those) >= least * len(own))


def _over_control(own: Sequence[Standing]) -> Goal:
    text = "Ahead of the control on the mean over pairs (interval over data sets above zero)"
    led = [each for each in own if each.main.over_control is not None]
    if not led:
        return _unmeasured(text)
    mean = mean_lead(led, over_control)
    met = None if mean.low is None else mean.low > 0
    return Goal(
        text, f"{lead_text(mean)} over {len(led)} pairs of {len({each.dataset for each in led})} data sets", met
    )


def _seeds(own: Sequence[Standing]) -> Goal:
    text = f"At least {LEAST_SEEDS} seeds"
    if not own:
        return _unmeasured(text)
    fewest = min(len(each.seeds) for each in own)
    return Goal(text, f"{fewest} at least", fewest >= LEAST_SEEDS)


def _unmeasured(text: str) -> Goal:
    return Goal(text, "not measured", None)


def _value(standing: Standing, lead: Lead) -> float:
    found = lead(standing)
    return float("nan") if found is None else found.value


def pair(standing: Standing) -> str:
    """The display name of a pair."""
    return f"{standing.dataset} {standing.sensor}"


def _named(those: Iterable[Standing], lead: Lead) -> str:
    return ", ".join(f"{pair(each)} ({_value(each, lead):+.3f})" for each in those)
