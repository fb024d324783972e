"""QGIS as far as the plugin's windows touch it, on PyQt6: there is no QGIS 4 among the packages that tests install."""
