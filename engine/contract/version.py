"""The version of CoLearn, read where QGIS reads it: in metadata.txt; and of the Python that the engine needs."""

from __future__ import annotations

from pathlib import Path

OLDEST_PYTHON = (3, 11)  # that ONNX Runtime 1.32 and scikit-learn 1.9 are built for
METADATA = Path(__file__).resolve().parents[2] / "metadata.txt"


def version_in(metadata: Path) -> str:
    """The version that a metadata.txt names; "unknown" where there is none, as in an engine copied without it."""
    from configparser import ConfigParser  # not at the start of QGIS, which only asks for the oldest Python

    parser = ConfigParser(interpolation=None)
    parser.read(metadata, encoding="utf-8")
    return parser.get("general", "version", fallback="unknown")
