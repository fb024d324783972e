"""The version of this engine."""

from __future__ import annotations

from .version import METADATA, version_in

ENGINE_VERSION = version_in(METADATA)
