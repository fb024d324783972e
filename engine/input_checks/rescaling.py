"""Detection of a likely rescaling between an input's values and the training's: factor, offset, decibels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Doubles
from ..contract import number_text
from .value_ranges import (
    FEWEST_BANDS,
    SIMILAR,
    Found,
    Trained,
    distance,
    factor_between,
    mostly,
    offset_between,
    undecibelled,
)

FACTORS = (10.0, 100.0, 1000.0, 10000.0)
REFLECTANCE = 10000.0  # scale factor of reflectance stored as integers
BYTE, WORD = 255.0, 65535.0
KELVIN = 273.15
LEAST_DECIBELS = -90.0  # below any radar measurement
SEASONS = 2.2  # factor by which another scene may be brighter or darker in every band
_MOST_SPREAD, _LEAST_SPREAD = 8.0, 0.01  # relative to the training's: a lake has little


@dataclass(frozen=True)
class Rescaling:
    """A rescaling of values, as text and as a function; ``change`` is increasing."""

    words: str
    change: Callable[[Doubles], Doubles]


def scaled(factor: float, offset: float = 0.0) -> Rescaling:
    """Values multiplied by a factor, plus an offset."""
    parts = [_times(factor)] if factor != 1 else []
    if offset:
        parts.append(f"add {number_text(offset, 6)}" if offset > 0 else f"subtract {number_text(-offset, 6)}")
    return Rescaling(" and ".join(parts), lambda values: values * factor + offset)


def likely_rescaling(found: Found, trained: Trained, declared: tuple[Doubles, Doubles]) -> str:
    """The rescaling after which nearly all bands match the training, as text; empty if no known one does.

    Args:
        declared: scale and offset (band,) declared in the input's files.
    """
    offset = offset_between(found, trained)
    if offset is not None:
        return scaled(1.0, -offset).words
    own = Rescaling(
        "apply the scale and offset that the file declares", lambda values: values * declared[0] + declared[1]
    )
    few = len(trained.mean) < FEWEST_BANDS
    candidates = list(_candidates(found, trained, FACTORS[1:] if few else FACTORS))
    if ((declared[0] != 1) | (declared[1] != 0)).any() and (declared[0] > 0).all():
        candidates.insert(0, own)
    fitting = [each for each in candidates if _fits(found.through(each.change), trained)]
    if fitting and fitting[0] is own:
        return own.words
    guess = _decibels(found, trained) or _reflectance(found, trained)
    if guess or not fitting:
        return guess or _about(found, trained)
    best = min(fitting, key=lambda each: _apart(found, trained, each))
    if few and _apart(found, trained, best) > SIMILAR:
        return ""  # elevations of other terrain are still elevations
    left = factor_between(found.through(best.change), trained)
    rough = "" if left is None or 1 / SEASONS < left < SEASONS else _about(found, trained)
    return rough or best.words


def _decibels(found: Found, trained: Trained) -> str:
    """Power and decibels are distinguished by sign and spread alone, whatever the land cover."""
    if mostly(undecibelled(found, trained)):
        return "convert them to decibels (10 · log10)"
    if (found.high < 0).all() and (found.low > LEAST_DECIBELS).all() and (trained.minimum >= 0).all():
        return "convert them from decibels to power (10^(value / 10))"
    return ""


def _reflectance(found: Found, trained: Trained) -> str:
    """Reflectance as fraction and as integer are distinguished by magnitude alone, whatever the land cover."""
    if len(trained.mean) < FEWEST_BANDS:
        return ""
    there = (float(found.low.min()), float(found.high.max()))
    then = (float(trained.minimum.min()), float(trained.maximum.max()))
    if _are_shares(*there) and _are_thousands(*then):
        return _times(REFLECTANCE)
    return _times(1 / REFLECTANCE) if _are_shares(*then) and _are_thousands(*there) else ""


def _are_shares(least: float, most: float) -> bool:
    return least > -0.3 and 0.05 < most < 2


def _are_thousands(least: float, most: float) -> bool:
    return least > -2000 and 1000 < most < 30_000


def _candidates(found: Found, trained: Trained, factors: tuple[float, ...]) -> Iterator[Rescaling]:
    for factor in (*factors, *_full_scale(float(np.abs(trained.maximum).max()), float(np.abs(found.high).max()))):
        yield scaled(factor)
    for factor in (*factors, *_full_scale(float(np.abs(found.high).max()), float(np.abs(trained.maximum).max()))):
        yield scaled(1 / factor)
    yield scaled(1.0, KELVIN)
    yield scaled(1.0, -KELVIN)


def _full_scale(large: float, small: float) -> tuple[float, ...]:
    """Values normalized by a data type's maximum: likely only if one side is below 1 and the other fills the type."""
    if small > 1:
        return ()
    return tuple(limit for limit in (BYTE, WORD) if limit / 5 < large <= limit)


def _apart(found: Found, trained: Trained, rescaling: Rescaling) -> float:
    return float(distance(found.through(rescaling.change), trained).mean())


def _fits(found: Found, trained: Trained) -> bool:
    half = 0.5 * trained.sd
    inside = (found.median > trained.minimum - half) & (found.median < trained.maximum + half)
    ratio = found.spread / trained.sd
    return mostly(inside & (ratio < _MOST_SPREAD) & (ratio > _LEAST_SPREAD))


def _about(found: Found, trained: Trained) -> str:
    factor = factor_between(found, trained)
    if factor is None or 0.2 < factor < 5 or len(trained.mean) < FEWEST_BANDS:
        return ""
    rounded = float(f"{max(factor, 1 / factor):.1g}")
    return f"{'divide' if factor > 1 else 'multiply'} by about {number_text(rounded)}"


def _times(factor: float) -> str:
    return f"multiply by {number_text(factor, 6)}" if factor > 1 else f"divide by {number_text(1 / factor, 6)}"
