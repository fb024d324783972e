"""CoLearn: train on several sensors together, map from any one of them (QGIS plugin)."""

import sys

# An update without a restart: QGIS forgets the earlier version's modules, but for those that were imported by name.
# Classes of both versions side by side would not recognize each other's objects.
for _name in [name for name in sys.modules if name.startswith(f"{__name__}.")]:
    del sys.modules[_name]


def classFactory(iface):  # noqa: N802  (QGIS calls it by this name)
    """Build the plugin for QGIS, or what tells why it cannot run there."""
    from .plugin.entrance import ClosedEntrance, obstacle

    reason = obstacle()
    if reason:
        return ClosedEntrance(iface, reason)
    from .plugin.plugin import CoLearnPlugin

    return CoLearnPlugin(iface)
