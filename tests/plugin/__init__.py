import sys

# QGIS's own Processing plugin: conftest files of folders named on the command line are imported before QGIS starts.
sys.path.append("/usr/share/qgis/python/plugins")
