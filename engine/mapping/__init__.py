"""What a map is made of: the area, one block, the form asked for, the rasters written."""
