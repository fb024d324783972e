"""Rasters and sensors of the form, as their headers describe them."""
