"""Points and polygons: read, clipped, rasterized, compared; extents and masks of maps."""
