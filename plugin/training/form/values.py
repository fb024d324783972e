"""Parsing of values typed by the user."""

from __future__ import annotations

import math
import re
from typing import Optional


def numbers_in(text: str) -> Optional[tuple[float, ...]]:
    """Distinct numbers separated by semicolons, commas or blanks; None if the text contains anything else."""
    try:
        numbers = tuple(dict.fromkeys(float(word) for word in re.split(r"[;,\s]+", text.strip()) if word))
    except ValueError:
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None
