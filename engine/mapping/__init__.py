"""What a map is made of: options, one block, the rasters written, blocks in order."""
