"""The running QGIS: none."""

iface = None
plugins: dict = {}
