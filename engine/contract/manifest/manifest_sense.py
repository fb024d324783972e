"""Consistency checks of a manifest, made once when it is read, so that no other code has to.

Types and keys were checked before (:mod:`.codec`). Bounds are far above those of any real model.
"""

from __future__ import annotations

import datetime
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ..job import MOST_FOLDS, MOST_REPEATS, Layout, Optimize, Task, mask_rules
from ..wire import CodecError, to_plain
from .label_classes import LabelClass, Target
from .manifest import REGRESSION_NODATA, Manifest, SensorManifest

MOST_SENSORS = 64
MOST_BANDS = 2_000
MOST_DATES = 5_000
MOST_CLASSES = 5_000
MOST_TARGETS = 1_000
MOST_CONTEXT_PX = 4_096
MOST_CHARACTERS = 1_000  # of a name
_MOST_CODE = 65_535
_MOST_BYTE = 255
_GRAPH = re.compile(r"sensors/[^/\\\x00-\x1f]{1,200}\.onnx")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.A)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DTYPE = re.compile(r"[a-z0-9_, ]{1,60}")


def require_sense(manifest: Manifest) -> None:
    """Raise unless the manifest is consistent.

    Raises:
        CodecError: the place, the value found, and the valid values.
    """
    _require_counts(manifest)
    _require_short(manifest)
    for at, sensor in enumerate(manifest.sensors):
        _require_sensor(sensor, f"manifest.sensors[{at}]")
    _require_different("manifest.sensors", "name", [sensor.name for sensor in manifest.sensors])
    _require_different("manifest.sensors", "graph", [graph for each in manifest.sensors for graph in each.graphs])
    _require_answers(manifest)
    _require_rest(manifest)


def _require(holds: bool, place: str, found: object, expected: str) -> None:
    if not holds:
        text = ascii(found)
        raise CodecError(place, text if len(text) <= 80 else f"{text[:77]}...", expected)


def _require_counts(manifest: Manifest) -> None:
    _require(1 <= len(manifest.sensors) <= MOST_SENSORS, "manifest.sensors", len(manifest.sensors), "1 to 64 sensors")
    for at, sensor in enumerate(manifest.sensors):
        place = f"manifest.sensors[{at}]"
        _require(1 <= len(sensor.bands) <= MOST_BANDS, f"{place}.bands", len(sensor.bands), f"1 to {MOST_BANDS} bands")
        _require(len(sensor.dates) <= MOST_DATES, f"{place}.dates", len(sensor.dates), f"at most {MOST_DATES} dates")
    classes, targets = len(manifest.classes), len(manifest.targets)
    _require(classes <= MOST_CLASSES, "manifest.classes", classes, f"at most {MOST_CLASSES} classes")
    _require(targets <= MOST_TARGETS, "manifest.targets", targets, f"at most {MOST_TARGETS} targets")


def _require_short(manifest: Manifest) -> None:
    """Limit the length of names; the hashes of places and the original job are not names."""
    names = [manifest.method, manifest.split, manifest.created, manifest.method_asked, *manifest.label_fields]
    names += [*(each.name for each in manifest.sensors), *(each.name for each in manifest.classes)]
    names += [each.name for each in manifest.targets]
    names += [band.name for sensor in manifest.sensors for band in sensor.bands]
    names += [text for sensor in manifest.sensors for text in (*sensor.dates, sensor.mask, sensor.score.metric)]
    names += [each.value for each in manifest.classes] + [each.unit for each in manifest.targets]
    names += [*manifest.versions, *manifest.versions.values(), *(each.method for each in manifest.candidates)]
    longest = max(names, key=len)
    _require(len(longest) <= MOST_CHARACTERS, "manifest", f"a name of {len(longest)} characters", "shorter names")


def _require_sensor(sensor: SensorManifest, place: str) -> None:
    _require(bool(sensor.name.strip()), f"{place}.name", sensor.name, "a name")
    _require(sensor.layout is not Layout.AUTO, f"{place}.layout", sensor.layout.value, "the layout that was found")
    _require(1 <= sensor.context_px <= MOST_CONTEXT_PX, f"{place}.context_px", sensor.context_px, "1 to 4096 pixels")
    _require(0 < sensor.pixel_m < math.inf, f"{place}.pixel_m", sensor.pixel_m, "a length in metres")
    low, high = sensor.pixel_range_m or (sensor.pixel_m, sensor.pixel_m)
    _require(0 < low <= high < math.inf, f"{place}.pixel_range_m", (low, high), "the minimum and maximum, in metres")
    _require(bool(_DTYPE.fullmatch(sensor.dtype)), f"{place}.dtype", sensor.dtype, "a type of numbers")
    _require(all(map(math.isfinite, sensor.nodata)), f"{place}.nodata", sensor.nodata, "finite numbers")
    for graph in sensor.graphs:
        _require(bool(_GRAPH.fullmatch(graph)), f"{place}.graph", graph, "a name like sensors/NAME.onnx")
    mask_rules(sensor.mask, f"{place}.mask")
    for at, band in enumerate(sensor.bands):
        _require_range(band.minimum, band.maximum, band.mean, band.sd, f"{place}.bands[{at}]")
    _require_dates(sensor, place)


def _require_dates(sensor: SensorManifest, place: str) -> None:
    fits = sensor.kind is sensor.shape.kind
    _require(fits, f"{place}.dates", len(sensor.dates), "dates of a series, none of an image")
    if sensor.dates_known:
        wrong = [date for date in sensor.dates if not _is_date(date)]
        _require(not wrong, f"{place}.dates", wrong[:1], "dates like 2024-05-31 or 2024-05")


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if not found:
        return False
    try:
        datetime.date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return False
    return True


def _require_range(minimum: float, maximum: float, mean: float, sd: float, place: str) -> None:
    """Check the statistics of a band or target: finite, and in order."""
    finite = all(map(math.isfinite, (minimum, maximum, mean, sd)))
    values = {"minimum": minimum, "maximum": maximum, "mean": mean, "sd": sd}
    _require(finite and minimum <= maximum and sd >= 0, place, values, "finite values, minimum before maximum")


def _require_answers(manifest: Manifest) -> None:
    """Check classes or targets, depending on the task, and that the nodata value is none of the classes' codes."""
    _require(manifest.task is not Task.AUTO, "manifest.task", manifest.task.value, "the task of the training")
    if not manifest.task.has_probabilities:
        _require(bool(manifest.targets), "manifest.targets", "none", "a target for each label field")
        _require_targets(manifest.targets)
        _require(manifest.nodata == REGRESSION_NODATA, "manifest.nodata", manifest.nodata, str(REGRESSION_NODATA))
        return
    _require(bool(manifest.classes), "manifest.classes", "none", "the classes that the map shows")
    _require_classes(manifest.classes)
    codes = [each.code for each in manifest.classes]
    if manifest.task.one_class:
        _require_different("manifest.classes", "code", codes)
    nodata = manifest.nodata
    whole = math.isfinite(nodata) and nodata == int(nodata) and 0 <= nodata <= _MOST_CODE and nodata not in codes
    _require(whole, "manifest.nodata", nodata, "an integer up to 65535 that is not a class code")
    fits = nodata > _MOST_BYTE or max(codes) <= _MOST_BYTE
    _require(fits, "manifest.nodata", nodata, "one of the data type of the class codes")


def _require_classes(classes: Iterable[LabelClass]) -> None:
    for at, each in enumerate(classes):
        place = f"manifest.classes[{at}]"
        _require(0 <= each.code <= _MOST_CODE, f"{place}.code", each.code, "0 to 65535")
        share = 0.0 if each.share is None else each.share
        _require(0 <= share <= 1, f"{place}.share", each.share, "a share from 0 to 1")


def _require_targets(targets: Iterable[Target]) -> None:
    for at, each in enumerate(targets):
        _require_range(each.minimum, each.maximum, each.mean, each.sd, f"manifest.targets[{at}]")


def _require_rest(manifest: Manifest) -> None:
    choices = [choice.value for choice in Optimize]
    _require(manifest.optimize in choices, "manifest.optimize", manifest.optimize, f"one of {', '.join(choices)}")
    _require(1 <= manifest.folds <= MOST_FOLDS, "manifest.folds", manifest.folds, f"1 to {MOST_FOLDS}")
    _require(manifest.epochs is None or manifest.epochs >= 1, "manifest.epochs", manifest.epochs, "1 or more")
    _require(1 <= manifest.repeats <= MOST_REPEATS, "manifest.repeats", manifest.repeats, f"1 to {MOST_REPEATS}")
    counts = [value for value in to_plain(manifest.samples).values() if value is not None]
    _require(all(0 <= value < 1e15 for value in counts), "manifest.samples", counts, "numbers from 0")
    area = manifest.area
    if area is not None:
        inside = all(abs(each) <= 360 for each in (area.west, area.east)) and -90 <= area.south <= area.north <= 90
        _require(inside, "manifest.area", to_plain(area), "degrees, south before north")
    wrong = [digest for digest in manifest.digests.values() if not _DIGEST.fullmatch(digest)]
    _require(not wrong, "manifest.digests", wrong[:1], "SHA-256 in hexadecimal digits")


def _require_different(place: str, what: str, values: Sequence[object]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    _require(not twice, place, twice[:3], f"a unique {what} for each")
