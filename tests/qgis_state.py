"""What a test can change of a QGIS in its process: settings, Processing's providers, how long the network may take."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class QgisState:
    """Nothing until QGIS runs in this process: what its start sets holds for good."""

    runs: bool
    settings: Mapping[str, Any]
    providers: frozenset[str]
    timeout_ms: int

    @classmethod
    def now(cls) -> QgisState:
        core = sys.modules.get("qgis.core")
        if core is None or core.QgsApplication.instance() is None:
            return cls(False, {}, frozenset(), 0)
        settings = core.QgsSettings()
        providers = core.QgsApplication.processingRegistry().providers()
        return cls(
            True,
            {key: settings.value(key) for key in settings.allKeys()},
            frozenset(each.id() for each in providers),
            core.QgsNetworkAccessManager.timeout(),
        )

    def restore(self) -> None:
        """Put back what differs. A provider that was removed is gone with its algorithms: that is an error."""
        now = QgisState.now()
        if not self.runs or not now.runs or now == self:
            return
        core = sys.modules["qgis.core"]
        settings = core.QgsSettings()
        for key in now.settings.keys() - self.settings.keys():
            settings.remove(key)
        for key, value in self.settings.items():
            if now.settings.get(key) != value:
                settings.setValue(key, value)
        for added in now.providers - self.providers:
            core.QgsApplication.processingRegistry().removeProvider(added)
        if now.timeout_ms != self.timeout_ms:
            core.QgsNetworkAccessManager.setTimeout(self.timeout_ms)
        assert now.providers >= self.providers, f"{self.providers - now.providers} removed for all tests to come"
