"""QGIS layers as read by the form: storage by key, raster headers, content of label layers."""
