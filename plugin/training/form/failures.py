"""The page on which a failure of the engine can be fixed."""

from __future__ import annotations

import re
from typing import Optional

from .form import TrainingForm
from .problems import Page

_CODE = re.compile(r"\[([a-z_]+)\]\s*$")
_PAGES = (
    (("label", "too_few_samples", "units"), Page.LABELS),
    (
        ("raster", "sensor", "bands", "dates", "resolution", "product", "quality", "several_scenes", "crs", "input"),
        Page.SENSORS,
    ),
    (("context", "device", "output", "disk", "job", "training", "out_of_memory"), Page.TRAINING),
)


def page_of_failure(text: str) -> Optional[Page]:
    """The page, by the code at the end of an error's text; None if the failure cannot be fixed on a page."""
    found = _CODE.search(text)
    code = found[1] if found else ""
    return next((page for beginnings, page in _PAGES if code and code.startswith(beginnings)), None)


def part_of_page(form: TrainingForm, page: Page) -> object:
    """What of a form a page edits."""
    return {
        Page.SENSORS: form.sensors,
        Page.LABELS: form.labels,
        Page.TRAINING: (form.settings, form.output_model),
    }.get(page)
