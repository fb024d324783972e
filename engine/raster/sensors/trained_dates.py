"""Series on the dates a sensor was trained on: used unchanged, interpolated, or refused, with notes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from ...contract import InputError, SensorManifest
from ...process import counted, listed
from ..alignment import dates_differ, months_unclear, season_differs
from ..scenes import View
from .season_dates import Match, day_of, match_dates, months_shared

# Networks are given which dates are missing (clouds), and three quarters still show the phenology of a season: two
# to three months of a year may be gone. With more gone, a map would be a guess from part of what was learned.
_MOST_MISSING_SHARE = 0.25


def require_dates(sensor: SensorManifest, view: View) -> None:
    """Refuse an image for a series, a series for an image, and another number of dates if days are not known.

    Raises:
        InputError: DATES_DIFFER.
    """
    known = sensor.dates_known and view.dates_known and bool(view.dates)
    if len(view.dates) == len(sensor.dates) or (known and sensor.dates):
        return
    found = f"{counted(view.dates)} ({listed(view.dates)})" if view.dates else "a single image"
    trained = f"{counted(sensor.dates)} ({listed(sensor.dates)})" if sensor.dates else "a single image"
    raise dates_differ(view.name, found, f"{trained}, as {sensor.name} was trained")


def on_trained_dates(sensor: SensorManifest, views: Sequence[View]) -> list[View]:
    """The views on the sensor's dates, if days are known; each with a note on what was done.

    Raises:
        InputError: DATES_DIFFER, a view lacks more than a quarter of the trained dates; SENSOR_LAYOUT_UNCLEAR, a month
            of it occurs together with a day of that month; BANDS_DIFFER, a date lacks a band.
    """
    if not (sensor.dates and sensor.dates_known and all(view.dates_known for view in views)):
        return list(views)
    brought = [_brought(sensor, view) for view in views]
    if all(view.dates == brought[0].dates for view in brought):
        return brought
    return [replace(view, dates=sensor.dates) for view in brought]  # scenes of different years, or on different days


def _brought(sensor: SensorManifest, view: View) -> View:
    match = match_dates(sensor.dates, view.dates)
    if match.interpolation is None:
        return replace(view, notes=(*view.notes, *_as_they_are(sensor, view, match)))
    for name, dates in ((view.name, view.dates), (sensor.name, sensor.dates)):
        if months_shared(dates):
            raise months_unclear(name, months_shared(dates), dates)
    if len(match.missing) > _MOST_MISSING_SHARE * len(sensor.dates):
        raise _not_this_season(sensor, view, match)
    note = _interpolated(sensor, view, match)
    brought = view.on_dates(sensor.dates, match.needed, match.interpolation)
    return replace(brought, notes=(*view.notes, note))


def _as_they_are(sensor: SensorManifest, view: View, match: Match) -> tuple[str, ...]:
    """Notes on dates that differ from the trained ones by some days."""
    off = max(abs((want - day_of(iso)).days) for want, iso in zip(match.wanted, view.dates))
    if not off:
        return ()
    dates = f"The dates ({listed(view.dates)})"
    trained = f"in training ({listed(sensor.dates)})"
    return (f"{dates} are up to {counted(off, 'day')} from those {trained} and are used as they are.",)


def _not_this_season(sensor: SensorManifest, view: View, match: Match) -> InputError:
    there = f"{match.wanted[0].isoformat()} to {match.wanted[-1].isoformat()}"
    trained = f"the season {sensor.dates[0]} to {sensor.dates[-1]} that {sensor.name} was trained on"
    gone = listed(match.wanted[at].isoformat() for at in match.missing)
    return season_differs(
        view.name,
        f"{counted(view.dates)} ({listed(view.dates)}), which do not cover that season: there is no observation near "
        f"{gone}, {len(match.missing)} of the {counted(sensor.dates)} of the training",
        f"dates around {trained}{f' ({there})' if match.years else ''}, at most a quarter of them missing",
    )


def _interpolated(sensor: SensorManifest, view: View, match: Match) -> str:
    direction = "later" if match.years > 0 else "earlier"
    later = f", {counted(abs(match.years), 'year')} {direction}" if match.years else ""
    pairs = listed(
        f"{iso} from {_sources(view, match, at)}" for at, iso in enumerate(sensor.dates) if at not in match.missing
    )
    gone = listed(sensor.dates[at] for at in match.missing)
    these = "this date is" if len(match.missing) == 1 else "these dates are"
    missing = f" There is no observation near {gone}: {these} missing for the network." if match.missing else ""
    are = "is" if len(view.dates) == 1 else "are"
    return (
        f"The {counted(view.dates)} of {view.name} ({view.dates[0]} to {view.dates[-1]}) {are} not the "
        f"{counted(sensor.dates)} that {sensor.name} was trained on. Each training date is interpolated from the "
        f"valid observations around it{later}. Where all are valid: {pairs}.{missing}"
    )


def _sources(view: View, match: Match, at: int) -> str:
    """The found dates from which a trained one is interpolated if all are valid."""
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
