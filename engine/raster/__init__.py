"""Rasters and vectors: the only place that knows GDAL. Imports no torch."""
