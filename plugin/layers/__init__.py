"""QGIS's layers as files that the engine reads."""
