"""The version of CoLearn, read where QGIS reads it: in metadata.txt."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

METADATA = Path(__file__).resolve().parents[2] / "metadata.txt"


def version_in(metadata: Path) -> str:
    """The version that a metadata.txt names; "unknown" where there is none, as in an engine copied without it."""
    parser = ConfigParser(interpolation=None)
    parser.read(metadata, encoding="utf-8")
    return parser.get("general", "version", fallback="unknown")
