"""Whether rasters lie on one grid and show one place; errors where they do not."""
