"""QGIS styles of outputs."""
