"""Products as delivered: their band files, the scaling of their values, their quality mask."""

from .unpacking import Unpacked, unpack

__all__ = ["Unpacked", "unpack"]
