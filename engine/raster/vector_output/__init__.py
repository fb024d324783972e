"""Polygons and points that the engine writes."""
