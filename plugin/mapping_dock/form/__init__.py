"""The dock's logic, without Qt or QGIS: which models fit a layer, the requested map, its job."""
