"""Loaded before pytest-qgis starts QGIS (``-p`` in pyproject.toml): tests need no display, and no GPU cache of Qt's."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
