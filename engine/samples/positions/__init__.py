"""Positions on the ground, and which sensors' rasters enclose them."""
