"""The goals of the method, measured: each met or missed, with the numbers that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .cells import ALONE, AUTO
from .standings import ALL_FUSED, Measured, Standing

MARGIN = 0.01  # R², balanced accuracy, average precision: what counts as not worse
LEAST_AHEAD, LEAST_SURE, LEAST_CLOSED = 2 / 3, 1 / 3, 1 / 3  # shares of pairs; of the distance to all sensors
GAP_PAIR = ("idtrees_genus", "RGB")
LEAST_SEEDS = 3
NO_GAP = "no gap to close (fused is not significantly better than alone)"


@dataclass(frozen=True)
class Goal:
    """A goal, what was found, and whether it is met; None where it was not measured."""

    text: str
    found: str
    met: bool | None


def goals(standings: Iterable[Standing], method: str = AUTO) -> tuple[Goal, ...]:
    """All goals for what ``method`` ships."""
    standings = tuple(standings)
    own = [each for each in standings if each.method == method and each.main.over_alone is not None]
    return (
        _non_inferior(own),
        _ahead(own),
        _sure(own),
        _gap_closed(standings, method),
        _level_with_forest(own),
        _seeds(own),
    )


def is_sure(standing: Standing) -> bool:
    """Whether the whole interval of the lead over *alone* lies above zero."""
    lead = standing.main.over_alone
    return lead is not None and lead.low is not None and lead.low > 0


def _non_inferior(own: Sequence[Standing]) -> Goal:
    text = f"Not worse than alone by more than {MARGIN} on any pair"
    behind = [each for each in own if _lead(each) < -MARGIN]
    worst = min(own, key=_lead, default=None)
    if worst is None:
        return _unmeasured(text)
    logged = f": {_named(behind)}" if behind else f"; the least lead is {_lead(worst):+.3f} ({_pair(worst)})"
    return Goal(text, f"{len(behind)} of {len(own)} pairs are{logged}", not behind)


def _ahead(own: Sequence[Standing]) -> Goal:
    text = "Better than alone on at least two thirds of the pairs"
    ahead = [each for each in own if _lead(each) > 0]
    same = [each for each in own if _lead(each) == 0]
    return _share(text, ahead, own, LEAST_AHEAD, f" (on {len(same)} it is the same network)" if same else "")


def _sure(own: Sequence[Standing]) -> Goal:
    text = "Significantly better than alone (paired interval above zero) on at least one third"
    return _share(text, [each for each in own if is_sure(each)], own, LEAST_SURE)


def _share(text: str, those: Sequence[Standing], own: Sequence[Standing], least: float, more: str = "") -> Goal:
    if not own:
        return _unmeasured(text)
    named = f": {_named(those)}" if those else ""
    return Goal(text, f"{len(those)} of {len(own)} pairs{more}{named}", len(those) >= least * len(own))


def _gap_closed(standings: Sequence[Standing], method: str) -> Goal:
    """The share of the distance between alone and all sensors fused that the method closes, for every accuracy.

    A share of a distance counts only where there is one: where fused leads alone with its whole paired interval.
    """
    text = f"On {' from '.join(GAP_PAIR)} a third of the distance between alone and all sensors fused is closed"
    pair = {each.method: each for each in standings if (each.dataset, each.sensor) == GAP_PAIR}
    if not {ALONE, ALL_FUSED, method} <= pair.keys():
        return _unmeasured(text)
    found: list[str] = []
    shares: list[float | None] = []
    for name in (pair[method].main.name, "accuracy"):
        alone, fused, own = (pair[each].score(name) for each in (ALONE, ALL_FUSED, method))
        if alone is None or fused is None or own is None:
            continue
        shares.append(_share_closed(alone.score.value, own.score.value, fused))
        three = f"{alone.score.value:.3f} alone, {own.score.value:.3f}, {fused.score.value:.3f} fused"
        found.append(f"{name} {three}: {NO_GAP if shares[-1] is None else f'{shares[-1]:.0%}'}")
    return Goal(text, "; ".join(found), None if shares[0] is None else shares[0] >= LEAST_CLOSED)


def _share_closed(alone: float, own: float, fused: Measured) -> float | None:
    """Of the distance between alone and fused; None where fused is not significantly ahead of alone."""
    lead = fused.over_alone
    if lead is None or lead.low is None or lead.low <= 0:
        return None
    return (own - alone) / (fused.score.value - alone)


def _level_with_forest(own: Sequence[Standing]) -> Goal:
    text = f"Level with the random forest (not worse by more than {MARGIN}) on every pair"
    leads = {each: each.main.over_forest.value for each in own if each.main.over_forest is not None}
    if not leads:
        return _unmeasured(text)
    behind = [each for each, lead in leads.items() if lead < -MARGIN]
    logged = ", ".join(f"{_pair(each)} ({leads[each]:+.3f})" for each in behind)
    return Goal(text, f"{len(behind)} of {len(leads)} pairs are worse{': ' if logged else ''}{logged}", not behind)


def _seeds(own: Sequence[Standing]) -> Goal:
    text = f"At least {LEAST_SEEDS} seeds"
    if not own:
        return _unmeasured(text)
    fewest = min(len(each.seeds) for each in own)
    return Goal(text, f"{fewest} at least", fewest >= LEAST_SEEDS)


def _unmeasured(text: str) -> Goal:
    return Goal(text, "not measured", None)


def _lead(standing: Standing) -> float:
    lead = standing.main.over_alone
    return float("nan") if lead is None else lead.value


def _pair(standing: Standing) -> str:
    return f"{standing.dataset} {standing.sensor}"


def _named(those: Iterable[Standing]) -> str:
    return ", ".join(f"{_pair(each)} ({_lead(each):+.3f})" for each in those)
