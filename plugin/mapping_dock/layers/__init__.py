"""The dock and the project's layers: their values, extents and points, the group of a map, the preview."""
