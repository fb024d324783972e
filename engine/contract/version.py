"""The version of CoLearn, read from metadata.txt as QGIS does, and of the Python that the engine requires."""

from __future__ import annotations

from pathlib import Path

OLDEST_PYTHON = (3, 11)  # required by ONNX Runtime 1.32 and scikit-learn 1.9
METADATA = Path(__file__).resolve().parents[2] / "metadata.txt"


def version_in(metadata: Path) -> str:
    """The version in a metadata.txt; "unknown" if there is none, as in an engine copied without it."""
    from configparser import ConfigParser  # not imported at the start of QGIS, which only needs the oldest Python

    parser = ConfigParser(interpolation=None)
    parser.read(metadata, encoding="utf-8")
    return parser.get("general", "version", fallback="unknown")
