"""Outputs in QGIS's colours."""
