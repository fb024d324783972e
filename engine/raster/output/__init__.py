"""Rasters and features that the engine writes."""
