"""Parameters of sensors: rasters with their details, quality masks, nodata."""
