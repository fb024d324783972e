"""Tables and figures in the format of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .spread import Spread

NOTHING = "–"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, ended by a newline."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def spread(found: Spread | None, form: str = "{:.2f}") -> str:
    """The median, with the minimum and maximum of the rounds in brackets; a single figure if all are equal."""
    if found is None:
        return NOTHING
    middle = form.format(found.middle)
    ends = form.format(found.low), form.format(found.high)
    return middle if ends == (middle, middle) else f"{middle} [{ends[0]}, {ends[1]}]"


def times(found: Spread | None) -> str:
    """A speed ratio."""
    return spread(found, "{:.2f}" if found is None or found.middle < 100 else "{:.0f}")


def per_second(found: Spread | None) -> str:
    """Pixels or samples per second, in thousands if there are many."""
    if found is None:
        return NOTHING
    thousands = found.middle >= 10_000
    scale = 1000 if thousands else 1
    scaled = Spread(found.middle / scale, found.low / scale, found.high / scale)
    return spread(
        scaled, "{:.1f} k" if thousands and found.middle < 1_000_000 else "{:,.0f} k" if thousands else "{:,.0f}"
    )


def gflops(found: Spread | None) -> str:
    """Billions of floating-point operations per second."""
    if found is None:
        return NOTHING
    return spread(Spread(found.middle / 1e9, found.low / 1e9, found.high / 1e9), "{:.0f}")
