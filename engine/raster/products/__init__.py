"""Products as delivered: which of their files are bands, what their values mean, which band is the quality mask."""

from .unpacking import Unpacked, unpack

__all__ = ["Unpacked", "unpack"]
