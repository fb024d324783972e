"""Whether the plugin fits the versions of QGIS, Qt and Python that it says it fits."""
