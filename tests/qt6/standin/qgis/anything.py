"""Classes of QGIS that a window names but does not live by: they take any call, and are empty and false."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class Stand(type):
    """A class with any member: what begins like a name of a class or of an enumeration is one, all else a function."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = Stand(name, (Anything,), {}) if name[0].isupper() else staticmethod(nothing)
        setattr(cls, name, made)
        return getattr(cls, name)

    def __or__(cls, other: object) -> Any:
        return cls

    __ror__ = __or__

    def __hash__(cls) -> int:
        return id(cls)


class Anything(metaclass=Stand):
    """An object that takes any call."""

    def __init__(self, *_given: object, **_named: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing

    def __iter__(self) -> Any:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0


def nothing(*_given: object, **_named: object) -> Any:
    """The answer of every function that is not written out."""
    return Anything()


class AnyModule(ModuleType):
    """A module with any class."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = Stand(name, (Anything,), {})
        setattr(self, name, made)
        return made


def open_to_all(module: str) -> None:
    """Let a module have any class beside those written out."""
    sys.modules[module].__class__ = AnyModule
