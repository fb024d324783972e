"""Quality masks as text: the values or bits of a band that mark a pixel as invalid.

    mask    := rule { ";" rule }
    rule    := [ BAND ] test
    test    := "bits" NUMBERS      invalid where any of these bits is set (0 is the lowest)
             | "values" NUMBERS    invalid where it is one of these
             | "valid" NUMBERS     invalid where it is none of these
             | "above" NUMBER      invalid where it is larger
             | "below" NUMBER      invalid where it is smaller
             | PRESET [ "+snow" ]  the known meaning of a product's quality band
    NUMBERS := integers and ranges of them, with commas between: 0,1,8-10

``BAND`` is a name, or a 1-based number; it may be omitted if the mask raster has one band. A preset includes its
band. ``SCL values 0,1,3,8-10``, ``QA_PIXEL bits 0-4; QA_RADSAT bits 0-6`` and ``sentinel2_scl+snow`` are masks.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum

from ..wire import CodecError

NO_MASK = "none"  # the mask of the model or product is not applied
MOST_BIT = 31
_MOST_RANGE = 65_536


class QualityTest(str, Enum):
    """The test by which a pixel is invalid."""

    BITS = "bits"
    VALUES = "values"
    VALID = "valid"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class QualityRule:
    """The test of one band; ``band`` is empty if the mask raster has only one band.

    ``numbers`` are bits or values in ascending order, or the single threshold of ``above`` and ``below``.
    """

    band: str
    test: QualityTest
    numbers: tuple[float, ...]

    def to_text(self) -> str:
        """The rule in the grammar above."""
        return f"{self.band} {self.test.value} {_numbers_text(self.numbers)}".strip()


PRESETS = {
    "landsat_qa_pixel": "QA_PIXEL bits 0-4",  # fill, dilated cloud, cirrus, cloud, cloud shadow
    "sentinel2_scl": "SCL values 0,1,3,8-10",  # no data, defective, cloud shadow, cloud (medium, high), cirrus
    "enmap_quality": (
        "QL_QUALITY_CLASSES values 0,3; QL_QUALITY_CLOUD values 1; QL_QUALITY_CIRRUS values 1-3; "
        "QL_QUALITY_CLOUDSHADOW values 1; QL_QUALITY_HAZE values 1"
    ),
    "generic": "values 0",  # 0 is invalid, all others are valid
}
_WITH_SNOW = {
    "landsat_qa_pixel": "QA_PIXEL bits 0-5",
    "sentinel2_scl": "SCL values 0,1,3,8-11",
    "enmap_quality": f"{PRESETS['enmap_quality']}; QL_QUALITY_SNOW values 1",
}
GRAMMAR = (
    f"“BAND bits 0,1,2”, “BAND values 0,1,8-10”, “BAND valid 4,5”, “BAND above 0.5” or “BAND below 0.5” (several "
    f"separated by “;”), or one of {', '.join(PRESETS)} ({', '.join(_WITH_SNOW)} also with “+snow”)"
)
_TESTS = "|".join(test.value for test in QualityTest)
_FREE = re.compile(rf"(?:(?P<band>.+?)\s+)?(?P<test>{_TESTS})\s+(?P<numbers>[^a-z]+)", re.IGNORECASE | re.DOTALL)
_PRESET = re.compile(
    rf"(?:(?P<band>.+?)\s+)?(?P<preset>{'|'.join(PRESETS)})(?P<snow>\s*\+\s*snow)?", re.IGNORECASE | re.DOTALL
)
_RANGE = re.compile(r"(-?\d+)(?:\s*[-–]\s*(\d+))?")


def mask_rules(text: str, place: str = "mask") -> tuple[QualityRule, ...]:
    """Parse a mask's text; no rules if it is empty or ``none``.

    Raises:
        CodecError: the text is not a valid mask; states what was expected.
    """
    if text.strip().lower() in ("", NO_MASK):
        return ()
    rules = tuple(rule for part in text.split(";") for rule in _rules_of(part.strip(), place))
    return tuple(dict.fromkeys(rules))


def mask_text(rules: tuple[QualityRule, ...]) -> str:
    """The rules as text that :func:`mask_rules` can parse."""
    return "; ".join(rule.to_text() for rule in rules)


def _rules_of(part: str, place: str) -> tuple[QualityRule, ...]:
    preset = _PRESET.fullmatch(part)
    if preset:
        return _of_preset(preset, part, place)
    match = _FREE.fullmatch(part)
    if not match:
        raise CodecError(place, f"“{part}”", GRAMMAR)
    test = QualityTest(match["test"].lower())
    band = (match["band"] or "").strip().strip("\"'")
    return (QualityRule(band, test, _numbers(match["numbers"], test, part, place)),)


def _of_preset(match: re.Match[str], part: str, place: str) -> tuple[QualityRule, ...]:
    name, band = match["preset"].lower(), (match["band"] or "").strip().strip("\"'")
    if match["snow"] and name not in _WITH_SNOW:
        raise CodecError(place, f"“{part}”", GRAMMAR)
    rules = mask_rules(_WITH_SNOW[name] if match["snow"] else PRESETS[name], place)
    if not band:
        return rules
    if len(rules) > 1:
        raise CodecError(place, f"the single band “{band}” for {name}", f"“{name}” alone: it has {len(rules)} bands")
    return (QualityRule(band, rules[0].test, rules[0].numbers),)


def _numbers(text: str, test: QualityTest, part: str, place: str) -> tuple[float, ...]:
    if test in (QualityTest.ABOVE, QualityTest.BELOW):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise CodecError(place, f"“{part}”", f"one number after “{test.value}”")
        return (number,)
    found = {number for item in text.split(",") for number in _range(item.strip(), part, place)}
    if test is QualityTest.BITS and not found <= set(range(MOST_BIT + 1)):
        raise CodecError(place, f"“{part}”", f"bits from 0 (the lowest) to {MOST_BIT}")
    return tuple(float(number) for number in sorted(found))


def _range(item: str, part: str, place: str) -> range:
    match = _RANGE.fullmatch(item)
    if not match:
        raise CodecError(place, f"“{item}” in “{part}”", "integers and ranges (8-10), separated by commas")
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    if not 0 <= last - first < _MOST_RANGE:
        raise CodecError(
            place, f"the range “{item}” in “{part}”", f"an ascending range of at most {_MOST_RANGE} values"
        )
    return range(first, last + 1)


def _numbers_text(numbers: tuple[float, ...]) -> str:
    """Numbers, with three or more consecutive ones as ranges."""
    runs: list[list[float]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1 and number >= 0 and runs[-1][0] >= 0:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [
        [f"{_number_text(run[0])}-{_number_text(run[-1])}"]
        if len(run) > 2
        else [_number_text(number) for number in run]
        for run in runs
    ]
    return ",".join(word for run in words for word in run)


def _number_text(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
