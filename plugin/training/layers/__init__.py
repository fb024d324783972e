"""Layers of QGIS as the form reads them: kept by their keys, headers of rasters, what labels hold."""
