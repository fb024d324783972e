"""Matching a series' dates with the trained ones: the same season, and the dates to interpolate from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Optional

from ..scenes import Interpolation

# Land cover does not change in so few days, and overpass dates differ from year to year by a few days.
SAME_DAYS = 3
# A date known only by its month may be any day of it, or a composite: half a month, from the 15th to the 31st.
_SAME_AS_MONTH_DAYS = 16
# An observation represents the time up to half way to the next one, of the trained series or of this one; but a sparse
# series must not stretch its dates beyond half a month, nor any beyond a month.
_MOST_REACH_DAYS = 31
_MOST_FOUND_STEP_DAYS = 31
# Two monthly composites with the one between them missing. In a longer gap a crop may be sown or harvested unobserved,
# and missing dates are marked for the network, which was trained with missing dates.
_LEAST_GAP_DAYS = 62
_STEP_OF_ONE_DATE_DAYS = 30
_MIDDLE_OF_MONTH = 15
_LETTERS_OF_MONTH = 7  # YYYY-MM


@dataclass(frozen=True)
class Match:
    """A trained season found in a series: ``years`` later, its days moved there in ``wanted``.

    ``interpolation`` derives the trained dates from the found ones at indices ``needed``; None if they are used
    unchanged. ``missing`` are indices of trained dates that cannot be derived: outside the found ones' range, or in
    a gap.
    """

    years: int
    wanted: tuple[date, ...]
    interpolation: Optional[Interpolation]
    needed: tuple[int, ...]
    missing: tuple[int, ...]


def match_dates(trained: Sequence[str], found: Sequence[str]) -> Match:
    """The match of the found ISO dates with the trained ones: unchanged, or in the year with the fewest missing."""
    same = _same_dates(trained, found)
    if same:
        return same
    days, season = _days(found), _days(trained)
    years = range(days[0].year - season[-1].year, days[-1].year - season[0].year + 1)
    return min((_match(season, days, shift) for shift in years), key=_badness)


def months_shared(dates: Sequence[str]) -> tuple[str, ...]:
    """Months among ISO dates that also contain one of the days, so that their order is unknown."""
    of_days = {iso[:_LETTERS_OF_MONTH] for iso in dates if not is_month(iso)}
    return tuple(iso for iso in dates if is_month(iso) and iso in of_days)


def day_of(iso: str) -> date:
    """The day of an ISO date; for a month its 15th."""
    return date.fromisoformat(f"{iso}-{_MIDDLE_OF_MONTH}" if is_month(iso) else iso)


def is_month(iso: str) -> bool:
    """Whether an ISO date has only a month."""
    return len(iso) == _LETTERS_OF_MONTH


def _same_dates(trained: Sequence[str], found: Sequence[str]) -> Optional[Match]:
    """The found ISO dates unchanged, if they are the trained ones of any year; None otherwise.

    That is the same number, each at most 3 days off; if one of a pair is a month, at most half a month from its 15th.
    """
    if len(found) != len(trained):
        return None
    season, days = _days(trained), _days(found)
    apart = days[0].year - season[0].year
    for years in (apart, apart - 1, apart + 1):  # a few days may cross New Year
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
    """The median interval between consecutive days."""
    steps = [(later - earlier).days for earlier, later in zip(days, days[1:])]
    return float(median(steps)) if steps else _STEP_OF_ONE_DATE_DAYS


def _days(dates: Sequence[str]) -> tuple[date, ...]:
    return tuple(day_of(iso) for iso in dates)
