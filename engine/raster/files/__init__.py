"""One raster file: its bands, its values, what its names say, whether it changed."""
