"""Additions to QGIS's own windows and dialogs."""
