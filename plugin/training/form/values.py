"""Values that a person types."""

from __future__ import annotations

import math
import re
from typing import Optional


def numbers_in(text: str) -> Optional[tuple[float, ...]]:
    """Numbers with semicolons, commas or blanks between them, each once; None where something else stands there."""
    try:
        numbers = tuple(dict.fromkeys(float(word) for word in re.split(r"[;,\s]+", text.strip()) if word))
    except ValueError:
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None
