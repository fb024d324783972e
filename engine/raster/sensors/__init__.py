"""The rasters of one sensor, opened as a person describes them or as a trained sensor expects them."""
