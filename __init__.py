"""CoLearn: train on several sensors together, map from any one of them (QGIS plugin)."""


def classFactory(iface):  # noqa: N802  (QGIS calls it by this name)
    """Build the plugin for QGIS, or what tells why it cannot run there."""
    from .plugin.entrance import ClosedEntrance, obstacle

    reason = obstacle()
    if reason:
        return ClosedEntrance(iface, reason)
    from .plugin.plugin import CoLearnPlugin

    return CoLearnPlugin(iface)
