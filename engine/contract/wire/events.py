"""Events of the engine: one JSON object per line on standard output."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Union

from .codec import CodecError, from_plain, to_plain
from .errors import CoLearnError, DeviceError, EngineError, ErrorCode, InputError, JobError, ModelError, OutputError


class Level(str, Enum):
    """The severity of a message."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True)
class Started:
    """The engine has started and is about to read its job."""

    journey: str
    version: str


@dataclass(frozen=True)
class Progress:
    """Progress of the whole journey: ``fraction`` in 0..1, ``stage`` a short phrase."""

    fraction: float
    stage: str


@dataclass(frozen=True)
class Message:
    """One line for the log. ``code`` is stable, ``text`` is English and complete."""

    level: Level
    code: str
    text: str


@dataclass(frozen=True)
class Epoch:
    """One epoch of one training is finished.

    ``training`` names it (``co-learned``, or ``alone: SENSOR``); losses are means per sample;
    ``score`` is the validation score in ``metric`` (balanced accuracy, R², …), averaged over sensors.
    """

    training: str
    epoch: int
    epochs: int
    train_loss: float
    validation_loss: float
    score: float
    metric: str = ""


@dataclass(frozen=True)
class Interim:
    """A predictor of a sensor is available long before the training ends, and is better than the sensor's previous one.

    ``predictor`` describes its composition, ``score`` is its score in ``metric`` on validation samples, which is
    optimistic: the test part is used once, at the end. After the first one, the engine can be asked to finish
    (:data:`FINISH`).
    """

    predictor: str
    sensor: str
    score: float
    metric: str = ""


@dataclass(frozen=True)
class Planned:
    """What a run by ``auto`` trains; sent again when that changes: after a failure, or when the training ends early.

    ``networks`` are those of each sensor in its average, of which ``finished`` are trained; all but the first have a
    second one in the control. Each takes ``epochs``. ``fused``: whether a network on all sensors is trained as well;
    ``runs`` is the number of runs in total, ``is_last`` that none follows this one all the same.
    """

    networks: int
    epochs: int
    fused: bool = False
    runs: int = 1
    finished: int = 0
    is_last: bool = False


@dataclass(frozen=True)
class Finished:
    """The journey succeeded: its files by output name, its numbers by name, its sensor (if there was one)."""

    outputs: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    sensor: str = ""


@dataclass(frozen=True)
class Failed:
    """The journey failed; no files were left behind."""

    kind: str
    code: ErrorCode
    subject: str
    found: str
    expected: str
    remedy: str
    details: str = ""


FINISH = "finish\n"  # sent to the engine's standard input: stop training and write a complete model and report

Event = Union[Started, Progress, Message, Epoch, Interim, Planned, Finished, Failed]

_EVENTS: dict[str, Any] = {
    kind.__name__.lower(): kind for kind in (Started, Progress, Message, Epoch, Interim, Planned, Finished, Failed)
}
_ERRORS = {kind.__name__: kind for kind in (JobError, InputError, ModelError, OutputError, DeviceError, EngineError)}


def to_line(event: Event) -> str:
    """The event as one line of JSON, without line end."""
    plain = {"event": type(event).__name__.lower(), **to_plain(event)}
    return json.dumps(plain, ensure_ascii=True, allow_nan=True)


def from_line(line: str) -> Event | None:
    """The event in a line; None for other lines (printed by a library)."""
    try:
        plain = json.loads(line)
        kind = _EVENTS[plain.pop("event")]
        event: Event = from_plain(kind, plain)
        return event
    except (ValueError, KeyError, AttributeError, TypeError, CodecError):
        return None


def failed_from(error: CoLearnError) -> Failed:
    """The event that carries ``error`` across the process boundary."""
    return Failed(
        type(error).__name__, error.code, error.subject, error.found, error.expected, error.remedy, error.details
    )


def error_from(failed: Failed) -> CoLearnError:
    """The exception that a :class:`Failed` event represents."""
    return _ERRORS.get(failed.kind, EngineError)(
        failed.code,
        subject=failed.subject,
        found=failed.found,
        expected=failed.expected,
        remedy=failed.remedy,
        details=failed.details,
    )
