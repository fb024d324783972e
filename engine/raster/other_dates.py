"""Series on other dates than trained: which dates are the same season, and from which the trained ones can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Optional

from .interpolation import Interpolation

# Land does not change in so few days, and satellites that pass a place every few days meet none of last year's.
SAME_DAYS = 3
# An observation stands for the time up to half way to the next one, of the trained series or of this one; but a sparse
# series must not stretch its dates beyond half a month, nor any beyond a month.
_MOST_REACH_DAYS = 31
_MOST_FOUND_STEP_DAYS = 31
# Two monthly composites with the one between them missing. In a longer gap a crop may be sown or cut unseen, and what
# is missing is told to the network, which knows of missing dates.
_LEAST_GAP_DAYS = 62
_STEP_OF_ONE_DATE_DAYS = 30
_MIDDLE_OF_MONTH = 15


@dataclass(frozen=True)
class Match:
    """A trained season found in a series: ``years`` later, its days moved there in ``wanted``.

    ``interpolation`` brings the found dates at the positions ``needed`` to the trained ones; None where they are taken
    as they are. ``missing`` are positions of trained dates that cannot be had. ``before_days`` and ``after_days`` are
    how far the season reaches beyond the first and the last of the found dates, 0 where it does not.
    """

    years: int
    wanted: tuple[date, ...]
    interpolation: Optional[Interpolation]
    needed: tuple[int, ...]
    missing: tuple[int, ...]
    before_days: int
    after_days: int


def match_dates(trained: Sequence[str], found: Sequence[str]) -> Match:
    """How the found ISO dates give the trained ones, in the year that suits best: the trained one, where it is there.

    As many dates as trained, each at most three days off, are the same dates. So are as many where any is a month only:
    which day it stands for is not known.
    """
    days, season = _days(found), _days(trained)
    if len(found) == len(trained):
        shift = _same(season, days)
        if shift is None and any(_is_month(iso) for iso in (*trained, *found)):
            shift = days[0].year - season[0].year
        if shift is not None:
            return Match(shift, _moved(season, shift), None, tuple(range(len(found))), (), 0, 0)
    years = range(days[0].year - season[-1].year, days[-1].year - season[0].year + 1)
    return min((_match(season, days, shift) for shift in years), key=_badness)


def day_of(iso: str) -> date:
    """The day of an ISO date; a month stands for its 15th."""
    return date.fromisoformat(f"{iso}-{_MIDDLE_OF_MONTH}" if _is_month(iso) else iso)


def _match(season: Sequence[date], days: Sequence[date], years: int) -> Match:
    wanted = _moved(season, years)
    step = max(_step_days(season), min(_step_days(days), _MOST_FOUND_STEP_DAYS))
    reach_days = int(min(max(step / 2, SAME_DAYS), _MOST_REACH_DAYS))
    gap_days = int(max(_LEAST_GAP_DAYS, 2 * _step_days(season)))
    zero = days[0].toordinal()
    want = tuple(day.toordinal() - zero for day in wanted)
    whole = Interpolation(tuple(day.toordinal() - zero for day in days), want, gap_days, reach_days)
    needed = tuple(whole.needed())
    used = Interpolation(tuple(whole.observed[at] for at in needed), want, gap_days, reach_days)
    missing = tuple(used.missing()) if needed else tuple(range(len(want)))
    before, after = whole.observed[0] - want[0], want[-1] - whole.observed[-1]
    beyond = [days_off if days_off > reach_days else 0 for days_off in (before, after)]
    return Match(years, wanted, used, needed, missing, *beyond)


def _badness(match: Match) -> tuple[int, int, int, int]:
    outside = match.before_days + match.after_days
    return outside, len(match.missing), abs(match.years), -match.years


def _same(season: Sequence[date], days: Sequence[date]) -> Optional[int]:
    """By how many years the season must be moved to be the found days, but for a few days each; None: it is not."""
    apart = days[0].year - season[0].year
    for years in (apart, apart - 1, apart + 1):  # a few days may lie across New Year
        if all(abs((day - want).days) <= SAME_DAYS for day, want in zip(days, _moved(season, years))):
            return years
    return None


def _moved(season: Sequence[date], years: int) -> tuple[date, ...]:
    return tuple(_years_later(day, years) for day in season)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _step_days(days: Sequence[date]) -> float:
    """The usual time between two neighbouring days."""
    steps = [(later - earlier).days for earlier, later in zip(days, days[1:])]
    return float(median(steps)) if steps else _STEP_OF_ONE_DATE_DAYS


def _days(dates: Sequence[str]) -> tuple[date, ...]:
    return tuple(day_of(iso) for iso in dates)


def _is_month(iso: str) -> bool:
    return iso.count("-") == 1
