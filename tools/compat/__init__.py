"""Whether the plugin works with the versions of QGIS, Qt and Python that it declares."""
