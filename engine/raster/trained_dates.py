"""Series opened on the dates a sensor was trained on: taken as they are, interpolated, or refused; and what is told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..contract.errors import InputError
from ..contract.manifest import SensorManifest
from .other_dates import Match, day_of, match_dates
from .sensor_errors import dates_differ, listed, season_differs
from .view import View

_SAME_SEASON_DAYS = 31
_DAYS_OF_YEAR = 365


def require_dates(sensor: SensorManifest, view: View) -> None:
    """Refuse an image for a series, a series for an image, and another number of dates where days are not known.

    Raises:
        InputError: DATES_DIFFER.
    """
    known = sensor.dates_known and view.dates_known and bool(view.dates)
    if len(view.dates) == len(sensor.dates) or (known and sensor.dates):
        return
    found = f"{len(view.dates)} dates ({listed(view.dates)})" if view.dates else "a single image"
    trained = f"{len(sensor.dates)} dates ({listed(sensor.dates)})" if sensor.dates else "a single image"
    raise dates_differ(view.name, found, f"{trained}, as {sensor.name} was trained")


def on_trained_dates(sensor: SensorManifest, views: Sequence[View]) -> list[View]:
    """The views on the sensor's dates, where days are known; each with a note on what was done.

    Raises:
        InputError: DATES_DIFFER, a view does not hold the trained season; BANDS_DIFFER, a date lacks a band.
    """
    if not (sensor.dates and sensor.dates_known and all(view.dates_known for view in views)):
        return list(views)
    brought = [_brought(sensor, view) for view in views]
    if all(view.dates == brought[0].dates for view in brought):
        return brought
    return [replace(view, dates=sensor.dates) for view in brought]  # scenes of several years, or on days of their own


def _brought(sensor: SensorManifest, view: View) -> View:
    match = match_dates(sensor.dates, view.dates)
    if match.interpolation is None:
        return replace(view, notes=(*view.notes, *_as_they_are(sensor, view, match)))
    _require_season(sensor, view, match)
    told = _interpolated(sensor, view, match)
    brought = view.on_dates(sensor.dates, match.needed, match.interpolation)
    return replace(brought, notes=(*view.notes, told))


def _as_they_are(sensor: SensorManifest, view: View, match: Match) -> tuple[str, ...]:
    """What is told of as many dates as trained, taken in their order."""
    off = [_days_off(want, day_of(iso)) for want, iso in zip(match.wanted, view.dates)]
    dates = f"The dates ({listed(view.dates)})"
    trained = f"in training ({listed(sensor.dates)})"
    if max(off) > _SAME_SEASON_DAYS:
        return (f"{dates} lie in another season than {trained}.",)
    days_only = all(iso.count("-") == 2 for iso in (*sensor.dates, *view.dates))
    if days_only and max(off) > 0:
        return (f"{dates} are up to {max(off)} day(s) from those {trained}: they are taken as they are.",)
    return ()


def _days_off(one: date, other: date) -> int:
    """Days between two dates, in whatever year."""
    apart = abs((one - other).days) % _DAYS_OF_YEAR
    return min(apart, _DAYS_OF_YEAR - apart)


def _require_season(sensor: SensorManifest, view: View, match: Match) -> None:
    gaps = []
    if match.before_days:
        gaps.append(f"it begins {match.before_days} days before the first of them")
    if match.after_days:
        gaps.append(f"it ends {match.after_days} days after the last of them")
    if not gaps and len(match.missing) > len(sensor.dates) // 2:
        gone = listed(match.wanted[at].isoformat() for at in match.missing)
        gaps.append(f"there is nothing near {gone}")
    if gaps:
        raise _not_this_season(sensor, view, match, " and ".join(gaps))


def _not_this_season(sensor: SensorManifest, view: View, match: Match, gap: str) -> InputError:
    there = f"{match.wanted[0].isoformat()} to {match.wanted[-1].isoformat()}"
    trained = f"the season {sensor.dates[0]} to {sensor.dates[-1]} that {sensor.name} was trained on"
    return season_differs(
        view.name,
        f"{len(view.dates)} dates ({listed(view.dates)}), which do not hold that season: {gap}",
        f"dates around {trained} ({there})" if match.years else f"dates around {trained}",
    )


def _interpolated(sensor: SensorManifest, view: View, match: Match) -> str:
    later = f", {abs(match.years)} year(s) {'later' if match.years > 0 else 'earlier'}" if match.years else ""
    pairs = listed(
        f"{iso} from {_sources(view, match, at)}" for at, iso in enumerate(sensor.dates) if at not in match.missing
    )
    gone = listed(sensor.dates[at] for at in match.missing)
    missing = f" Nothing is near {gone}: to the network these dates are missing." if match.missing else ""
    return (
        f"The {len(view.dates)} date(s) of {view.name} ({view.dates[0]} to {view.dates[-1]}) are not the "
        f"{len(sensor.dates)} that {sensor.name} was trained on: each of these is interpolated from the valid dates "
        f"around it{later}. Where all are valid: {pairs}.{missing}"
    )


def _sources(view: View, match: Match, at: int) -> str:
    """From which of the found dates a trained one is made, where all of them are valid."""
    days = [day_of(iso) for iso in view.dates]
    want = match.wanted[at]
    after = bisect_right(days, want)
    if after and days[after - 1] == want:
        return view.dates[after - 1]
    around = list(view.dates[max(0, after - 1) : after + 1])
    gap_days = match.interpolation.gap_days if match.interpolation else 0
    if len(around) == 2 and (day_of(around[1]) - day_of(around[0])).days > gap_days:
        around = [min(around, key=lambda iso: abs((day_of(iso) - want).days))]
    return " and ".join(around)
