"""CoLearn: train on several sensors together, map from any one of them (QGIS plugin)."""


def classFactory(iface):  # noqa: N802  (QGIS calls it by this name)
    """Build the plugin for QGIS."""
    from .plugin.plugin import CoLearnPlugin

    return CoLearnPlugin(iface)
