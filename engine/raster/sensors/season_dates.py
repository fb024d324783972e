"""Series on other dates than trained: which dates are the same season, and from which the trained ones can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Optional

from ..scenes import Interpolation

# Land does not change in so few days, and satellites that pass a place every few days meet none of last year's.
SAME_DAYS = 3
# What is known by its month only was seen on any day of it, or is made of all: half a month, from the 15th to the 31st.
_SAME_AS_MONTH_DAYS = 16
# An observation stands for the time up to half way to the next one, of the trained series or of this one; but a sparse
# series must not stretch its dates beyond half a month, nor any beyond a month.
_MOST_REACH_DAYS = 31
_MOST_FOUND_STEP_DAYS = 31
# Two monthly composites with the one between them missing. In a longer gap a crop may be sown or cut unseen, and what
# is missing is marked for the network, which knows of missing dates.
_LEAST_GAP_DAYS = 62
_STEP_OF_ONE_DATE_DAYS = 30
_MIDDLE_OF_MONTH = 15
_LETTERS_OF_MONTH = 7  # YYYY-MM


@dataclass(frozen=True)
class Match:
    """A trained season found in a series: ``years`` later, its days moved there in ``wanted``.

    ``interpolation`` brings the found dates at the positions ``needed`` to the trained ones; None where they are taken
    as they are. ``missing`` are positions of trained dates that cannot be had: beyond the ends of what was found, or in
    a gap of it.
    """

    years: int
    wanted: tuple[date, ...]
    interpolation: Optional[Interpolation]
    needed: tuple[int, ...]
    missing: tuple[int, ...]


def match_dates(trained: Sequence[str], found: Sequence[str]) -> Match:
    """How the found ISO dates give the trained ones: as they are, or in the year that lacks the fewest of them."""
    same = _same_dates(trained, found)
    if same:
        return same
    days, season = _days(found), _days(trained)
    years = range(days[0].year - season[-1].year, days[-1].year - season[0].year + 1)
    return min((_match(season, days, shift) for shift in years), key=_badness)


def months_shared(dates: Sequence[str]) -> tuple[str, ...]:
    """Of ISO dates, months that stand beside a day of them: which of the two is earlier is not known."""
    of_days = {iso[:_LETTERS_OF_MONTH] for iso in dates if not is_month(iso)}
    return tuple(iso for iso in dates if is_month(iso) and iso in of_days)


def day_of(iso: str) -> date:
    """The day of an ISO date; a month stands for its 15th."""
    return date.fromisoformat(f"{iso}-{_MIDDLE_OF_MONTH}" if is_month(iso) else iso)


def is_month(iso: str) -> bool:
    """Whether of an ISO date only the month is known."""
    return len(iso) == _LETTERS_OF_MONTH


def _same_dates(trained: Sequence[str], found: Sequence[str]) -> Optional[Match]:
    """The found ISO dates as they are, where they are the trained ones of any year; None where they are not.

    That is as many, each at most three days off; where one of two is a month, at most half a month from its 15th.
    """
    if len(found) != len(trained):
        return None
    season, days = _days(trained), _days(found)
    apart = days[0].year - season[0].year
    for years in (apart, apart - 1, apart + 1):  # a few days may lie across New Year
        wanted = _moved(season, years)
        off = (abs((day - want).days) for day, want in zip(days, wanted))
        if all(days_off <= _same_days(*pair) for days_off, pair in zip(off, zip(trained, found))):
            return Match(years, wanted, None, tuple(range(len(found))), ())
    return None


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
    return Match(years, wanted, used, needed, missing)


def _badness(match: Match) -> tuple[int, int, int]:
    return len(match.missing), abs(match.years), -match.years


def _same_days(one: str, other: str) -> int:
    return _SAME_AS_MONTH_DAYS if is_month(one) or is_month(other) else SAME_DAYS


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
