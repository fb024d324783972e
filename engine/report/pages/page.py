"""One self-contained HTML page from a template: no script, nothing fetched, everything escaped."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...contract import Estimate
from ..content import NONE, brief, capital, count, decimals_for, fixed, joined_by_and, number_of, style_of

_TEMPLATES = Path(__file__).resolve().parents[3] / "resources" / "report"


def render(template: str, **values: Any) -> str:
    """The page of ``template`` with these values; a missing value is an error, not a gap."""
    return _environment().get_template(template).render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        brief=brief,
        capital=capital,
        count=count,
        number_of=number_of,
        decimals=decimals_for,
        fixed=fixed,
        joined_by_and=joined_by_and,
        scored=_scored,
    )
    return environment


def _scored(value: float, metric: str) -> str:
    """A score without an interval, as text; a dash if undefined."""
    return style_of(metric).score(Estimate(value)).value if math.isfinite(value) else NONE
