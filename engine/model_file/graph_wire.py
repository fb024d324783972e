"""A strict parser of the ONNX wire format: just enough to know what a runtime would execute.

Mapping does not need the onnx package, and must check before any runtime reads the bytes. Field numbers are those of
onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), the encoding is that of Protocol Buffers.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_MOST_FIELDS = 2_000_000
_MOST_VALUES = 64  # of a constant that may give the size of an array
# Repeated numbers and short strings of an attribute: floats (7), ints (8) and strings (9) of trees' nodes.
# There are millions of them; they are not needed, and have no nested parts.
_NODES_OF_TREES = re.compile(rb"(?:\x3d.{4}|\x40[\x80-\xff]{0,9}[\x00-\x7f]|\x4a\x04.{4}|\x4a\x0a.{10})+", re.DOTALL)


class WireError(ValueError):
    """Bytes that are not an ONNX file, or one with parts that no export has."""


@dataclass(frozen=True)
class TensorFacts:
    """A constant: its shape, type number, and values if they are few integers."""

    name: str
    kind: int
    shape: tuple[int, ...]
    values: tuple[int, ...] = ()
    is_external: bool = False


@dataclass(frozen=True)
class NodeFacts:
    """One operation."""

    operator: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tensors: tuple[TensorFacts, ...] = ()
    integers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    has_graph: bool = False


@dataclass(frozen=True)
class ValueFacts:
    """An input or output of the graph: its type number, its lengths (None if dynamic)."""

    name: str
    kind: int
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class GraphFacts:
    """The contents of a graph."""

    nodes: tuple[NodeFacts, ...]
    constants: tuple[TensorFacts, ...]
    inputs: tuple[ValueFacts, ...]
    outputs: tuple[ValueFacts, ...]
    others: tuple[str, ...]  # parts that no export has


Bytes = memoryview
_TENSOR_ITEM_BYTES = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2}


def read_graph(content: bytes) -> GraphFacts:
    """The facts of an ONNX file.

    Raises:
        WireError: the bytes are not an ONNX file.
    """
    reader = _Reader()
    graphs, others, version = [], [], 0
    for number, value in reader.fields(memoryview(content)):
        if number == 7:
            graphs.append(_bytes(value))
        elif number == 1:
            version = _number(value)
        elif number in (20, 25):
            others.append("functions" if number == 25 else "training")
    if len(graphs) != 1 or not 1 <= version <= 20:
        raise WireError(f"{len(graphs)} graphs of version {version}")
    return reader.graph(graphs[0], others)


class _Reader:
    def __init__(self) -> None:
        self._left = _MOST_FIELDS

    def graph(self, content: Bytes, others: list[str]) -> GraphFacts:
        nodes, constants, inputs, outputs = [], [], [], []
        for number, value in self.fields(content):
            if number == 1:
                nodes.append(self.node(_bytes(value)))
            elif number == 5:
                constants.append(self.tensor(_bytes(value)))
            elif number == 11:
                inputs.append(self.value(_bytes(value)))
            elif number == 12:
                outputs.append(self.value(_bytes(value)))
            elif number == 15:
                others.append("sparse constants")
        return GraphFacts(tuple(nodes), tuple(constants), tuple(inputs), tuple(outputs), tuple(others))

    def node(self, content: Bytes) -> NodeFacts:
        inputs, outputs, operators, domains, tensors = [], [], [], [], []
        integers: dict[str, tuple[int, ...]] = {}
        has_graph = False
        for number, value in self.fields(content):
            if number == 1:
                inputs.append(_text(value))
            elif number == 2:
                outputs.append(_text(value))
            elif number == 4:
                operators.append(_text(value))
            elif number == 7:
                domains.append(_text(value))
            elif number == 5:
                name, whole, own, graph = self.attribute(_bytes(value))
                integers[name] = whole
                tensors += own
                has_graph = has_graph or graph
        if len(operators) != 1 or len(domains) > 1:
            raise WireError("an operation with several names")
        domain = domains[0] if domains else ""
        return NodeFacts(operators[0], domain, tuple(inputs), tuple(outputs), tuple(tensors), integers, has_graph)

    def attribute(self, content: Bytes) -> tuple[str, tuple[int, ...], list[TensorFacts], bool]:
        name, whole, tensors, graph = "", [], [], False
        for number, value in self.fields(content, of_trees=True):
            if number == 1:
                name = _text(value)
            elif number == 3:
                whole.append(_signed(_number(value)))
            elif number == 8:
                whole += [_signed(each) for each in self.numbers(value)][:_MOST_VALUES]
            elif number in (5, 10):
                tensors.append(self.tensor(_bytes(value)))
            elif number in (6, 11, 14, 15, 22, 23):  # graphs, types, sparse tensors
                graph = True
        return name, tuple(whole), tensors, graph

    def tensor(self, content: Bytes) -> TensorFacts:
        shape: list[int] = []
        kind, name, raw, external, few = 0, "", None, False, []
        for number, value in self.fields(content):
            if number == 1:
                shape += [_signed(each) for each in self.numbers(value)]
            elif number == 2:
                kind = _number(value)
            elif number == 8:
                name = _text(value)
            elif number == 9:
                raw = _bytes(value)
            elif number in (5, 7, 11):
                few += [_signed(each) for each in self.numbers(value, _MOST_VALUES)]
            elif number in (3, 13) or (number == 14 and _number(value)):
                external = True
        _require_real(shape, kind, raw)
        values = tuple(few) or _whole_numbers(kind, raw)
        return TensorFacts(name, kind, tuple(shape), values, external)

    def value(self, content: Bytes) -> ValueFacts:
        name, kind, shape = "", 0, []
        for number, value in self.fields(content):
            if number == 1:
                name = _text(value)
            elif number == 2:
                for which, tensor in self.fields(_bytes(value)):
                    if which != 1:
                        raise WireError(f"{name}, which is not an array")
                    for part, inner in self.fields(_bytes(tensor)):
                        if part == 1:
                            kind = _number(inner)
                        elif part == 2:
                            shape = [self.length(_bytes(one)) for at, one in self.fields(_bytes(inner)) if at == 1]
        return ValueFacts(name, kind, tuple(shape))

    def length(self, content: Bytes) -> int | None:
        """The length of an axis; None if it is dynamic."""
        lengths = [_signed(_number(value)) for number, value in self.fields(content) if number == 1]
        return lengths[-1] if lengths else None

    def numbers(self, value: int | Bytes, most: int = 2**31) -> list[int]:
        """Repeated integers, packed or not."""
        if isinstance(value, int):
            return [value]
        found: list[int] = []
        at = 0
        while at < len(value) and len(found) < most:
            number, at = _varint(value, at)
            found.append(number)
        return found

    def fields(self, content: Bytes, of_trees: bool = False) -> Iterator[tuple[int, int | Bytes]]:
        """Numbers and values of a message's fields, in order; of trees' nodes only the first few."""
        at = count = 0
        while at < len(content):
            count += 1
            run = _NODES_OF_TREES.match(content, at) if of_trees and count > 2 * _MOST_VALUES else None
            if run:
                at = run.end()
                continue
            self._left -= 1
            if self._left < 0:
                raise WireError(f"more than {_MOST_FIELDS} parts")
            key, at = _varint(content, at)
            number, kind = key >> 3, key & 7
            if kind == 0:
                value, at = _varint(content, at)
                yield number, value
                continue
            length = {1: 8, 5: 4}.get(kind)
            if kind == 2:
                length, at = _varint(content, at)
            if length is None or number == 0 or at + length > len(content):
                raise WireError("data that is not an ONNX file")
            yield number, content[at : at + length]
            at += length


def _varint(content: Bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while at < len(content) and shift < 70:
        byte = content[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number & (2**64 - 1), at
        shift += 7
    raise WireError("data that is not an ONNX file")


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _number(value: int | Bytes) -> int:
    if not isinstance(value, int):
        raise WireError("bytes instead of a number")
    return value


def _bytes(value: int | Bytes) -> Bytes:
    if isinstance(value, int):
        raise WireError("a number instead of bytes")
    return value


def _text(value: int | Bytes) -> str:
    try:
        return bytes(_bytes(value)).decode("utf-8")
    except UnicodeDecodeError:
        raise WireError("a name that is not text") from None


def _require_real(shape: list[int], kind: int, raw: Bytes | None) -> None:
    """Require that the number of a constant's bytes matches its shape."""
    size = 1
    for length in shape:
        if length < 0:
            raise WireError("a constant of negative size")
        size *= length
    if raw is not None and kind in _TENSOR_ITEM_BYTES and size * _TENSOR_ITEM_BYTES[kind] != len(raw):
        raise WireError("a constant whose size does not match its data")


def _whole_numbers(kind: int, raw: Bytes | None) -> tuple[int, ...]:
    if raw is None or kind not in (6, 7) or len(raw) > 8 * _MOST_VALUES:
        return ()
    item = {6: "i", 7: "q"}[kind]
    return struct.unpack(f"<{len(raw) // _TENSOR_ITEM_BYTES[kind]}{item}", raw)
