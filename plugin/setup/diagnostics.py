"""Diagnostics for support, as text for the clipboard. No secrets: of a proxy only that one is set."""

from __future__ import annotations

import platform
import sys

from qgis.core import Qgis, QgsSettings

from ...engine.contract import ENGINE_VERSION, CoLearnError
from ..process import environment, installation


def diagnostics(log: str = "") -> str:
    """Versions, the path of the engine's Python and what it lacks, the end of the installation log."""
    has_proxy = bool(installation.proxy_of(QgsSettings()))
    lines = [
        f"CoLearn {ENGINE_VERSION}, QGIS {Qgis.QGIS_VERSION}, Python {sys.version.split()[0]}",
        f"{platform.platform()}, {platform.machine()}",
        f"QGIS's Python: {sys.executable} (prefix {sys.base_prefix})",
        f"Python interpreters found: {', '.join(map(str, installation.candidates())) or 'none'}",
        f"Proxy: {'yes' if has_proxy else 'no'}",
        *_engine_lines(),
    ]
    if log.strip():
        lines += ["", "Log:", *log.strip().splitlines()[-60:]]
    return "\n".join(lines)


def _engine_lines() -> list[str]:
    try:
        python = environment.find_python()
    except CoLearnError as error:
        return [f"Engine: {error.found}"]
    lines = [f"Engine: {python.path} ({python.origin.value})"]
    try:
        health = environment.probe(python.path)
    except CoLearnError as error:
        return [*lines, f"Engine does not run: {error.found}"]
    problems = "; ".join(f"{name}: {reason}" for name, reason in health.problems.items())
    return [*lines, f"Engine's Python: {'.'.join(map(str, health.version))}; problems: {problems or 'none'}"]
