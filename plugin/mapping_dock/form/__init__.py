"""What the dock holds, without Qt or QGIS: which models fit a layer, the map asked for, its job."""
