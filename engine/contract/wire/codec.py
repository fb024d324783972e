"""Conversion of frozen dataclasses to JSON and back, validated on reading.

Jobs, events and manifests are plain dataclasses; only this module defines how they
are represented as JSON. Reading is strict: a missing or unknown key, a wrong type or an unknown choice is a
:class:`CodecError` that names the place and lists the valid values.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

# QGIS 3.22 on Windows ships Python 3.9, which has no `X | Y` types: annotations here are Optional and Union.
_SCALARS = (float, str, int, bool)
_UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))


class CodecError(ValueError):
    """JSON that does not match its dataclass.

    Args:
        place: dotted path of the value, e.g. ``sensors[0].layout``.
        found: the value found.
        expected: the valid values.
    """

    def __init__(self, place: str, found: str, expected: str) -> None:
        self.place = place
        self.found = found
        self.expected = expected
        super().__init__(f"{place}: found {found}, expected {expected}")


def to_plain(value: Any) -> Any:
    """Dataclasses, enums and tuples as dicts, strings and lists, ready for ``json.dumps``."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    return value


def from_plain(kind: type[T], plain: Any, place: str = "") -> T:
    """Build the dataclass ``kind`` from plain JSON values.

    Raises:
        CodecError: a value is missing, unknown, of a wrong type or not a valid choice.
    """
    return typing.cast(T, _decode(kind, plain, place or kind.__name__))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _fields(kind: type) -> dict[str, dataclasses.Field[Any]]:
    return {field.name: field for field in dataclasses.fields(kind)}


def _decode(kind: Any, plain: Any, place: str) -> Any:  # noqa: PLR0911  (one return a kind)
    if kind in _SCALARS:
        return _decode_scalar(kind, plain, place)
    origin = typing.get_origin(kind)
    if kind is Any:
        return plain
    if origin in _UNIONS:
        return _decode_optional(kind, plain, place)
    if origin is tuple:
        return _decode_tuple(kind, plain, place)
    if origin is dict:
        return _decode_dict(kind, plain, place)
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(typing.cast(type, kind), plain, place)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _decode_enum(kind, plain, place)
    return _decode_scalar(kind, plain, place)


def _decode_optional(kind: Any, plain: Any, place: str) -> Any:
    members = [member for member in typing.get_args(kind) if member is not type(None)]
    if plain is None:
        if len(members) == len(typing.get_args(kind)):
            raise CodecError(place, "nothing", " or ".join(member.__name__ for member in members))
        return None
    errors = []
    for member in members:
        try:
            return _decode(member, plain, place)
        except CodecError as error:
            errors.append(error)
    raise max(errors, key=lambda error: len(error.place))


def _decode_tuple(kind: Any, plain: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(plain, (list, tuple)):
        raise CodecError(place, _show(plain), "a list")
    members = typing.get_args(kind)
    if len(members) == 2 and members[1] is Ellipsis:
        return tuple(_decode(members[0], item, f"{place}[{index}]") for index, item in enumerate(plain))
    if len(plain) != len(members):
        raise CodecError(place, f"{len(plain)} values", f"{len(members)} values")
    return tuple(_decode(member, item, f"{place}[{i}]") for i, (member, item) in enumerate(zip(members, plain)))


def _decode_dict(kind: Any, plain: Any, place: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise CodecError(place, _show(plain), "an object")
    _, member = typing.get_args(kind)
    return {str(key): _decode(member, item, f"{place}.{key}") for key, item in plain.items()}


def _decode_dataclass(kind: type, plain: Any, place: str) -> Any:
    if not isinstance(plain, dict):
        raise CodecError(place, _show(plain), f"an object with the keys of {kind.__name__}")
    fields = _fields(kind)
    unknown = sorted(plain.keys() - fields.keys())
    if unknown:
        raise CodecError(place, f"unknown key {', '.join(unknown)}", f"one of {', '.join(fields)}")
    values, hints = {}, _hints(kind)
    for name, field in fields.items():
        if name in plain:
            values[name] = _decode(hints[name], plain[name], f"{place}.{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise CodecError(f"{place}.{name}", "nothing", "a value (this key is required)")
    try:
        return kind(**values)
    except CodecError as error:
        raise CodecError(f"{place}.{error.place}", error.found, error.expected) from None


def _decode_enum(kind: type[Enum], plain: Any, place: str) -> Enum:
    try:
        return kind(plain)
    except ValueError:
        choices = ", ".join(str(member.value) for member in kind)
        raise CodecError(place, _show(plain), f"one of {choices}") from None


def _decode_scalar(kind: Any, plain: Any, place: str) -> Any:
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise CodecError(place, _show(plain), kind.__name__)
    return plain


def _show(plain: Any) -> str:
    text = repr(plain)
    return text if len(text) <= 80 else text[:77] + "..."
