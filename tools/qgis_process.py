"""qgis_process with this checkout as a plugin, separate from the user's own QGIS. For tests and the demo.

python tools/qgis_process.py colearn:train SENSOR_A=... SENSOR_B=...
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

TIMEOUT_S = 1800


class QgisProcessError(RuntimeError):
    """qgis_process failed; the message is its output."""


@dataclass(frozen=True)
class QgisProcess:
    """Runs the algorithms of the plugin in ``checkout``, linked as ``plugin_name``, with QGIS's profile in ``home``."""

    checkout: Path
    home: Path
    plugin_name: str = "colearn"
    environment: dict[str, str] = field(default_factory=dict)  # in addition to this process's own

    def run(self, algorithm: str, **parameters: Any) -> dict[str, Any]:
        """Run an algorithm; returns its results. A list is passed as repeated values.

        Raises:
            QgisProcessError: it failed.
        """
        done = self.call("--json", "run", algorithm, "--", *as_arguments(parameters))
        if done.returncode != 0:
            raise QgisProcessError(f"{algorithm} failed\n{done.stderr}\n{done.stdout}")
        results: dict[str, Any] = json.loads(done.stdout)["results"]
        return results

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run qgis_process and wait for it."""
        return subprocess.run(
            self.command(*arguments),
            env=self.prepare(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )

    def command(self, *arguments: str) -> list[str]:
        """The command line, for callers that start it themselves (with the environment of :meth:`prepare`)."""
        return [executable(), *arguments]

    def prepare(self) -> dict[str, str]:
        """Link and enable the plugin; returns the environment to run in. Idempotent."""
        environment = self._environment()
        link = self.home / "plugins" / self.plugin_name
        if not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(self.checkout.resolve(), target_is_directory=True)
        enabled = self.home / f"enabled {self.plugin_name}"
        if not enabled.exists():
            _enable(self.plugin_name, environment)
            enabled.touch()
        return environment

    def _environment(self) -> dict[str, str]:
        runtime = self.home / "runtime"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            **os.environ,
            # QGIS takes its Python's home from the first python3 on PATH: one of pyenv's or conda's would break it.
            "PATH": os.pathsep.join(["/usr/bin", os.environ.get("PATH", "")]),
            "QGIS_PLUGINPATH": str(self.home / "plugins"),
            "QGIS_CUSTOM_CONFIG_PATH": str(self.home / "profile"),
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "offscreen",
            **self.environment,
        }


@lru_cache(maxsize=1)
def executable() -> str:
    """The qgis_process executable; the wrapper of QGIS 3.22 on Debian is broken, so there it is the .bin behind it.

    Raises:
        QgisProcessError: QGIS is not installed.
    """
    for name in ("qgis_process.bin", "qgis_process"):
        found = shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + "/usr/bin")
        if found:
            return found
    raise QgisProcessError("qgis_process was not found; run `make setup`")


def as_arguments(parameters: dict[str, Any]) -> list[str]:
    """``NAME=value`` for each parameter, repeated for lists; None is omitted."""
    pairs = ((name, value) for name, given in parameters.items() for value in _several(given))
    return [f"{name}={value}" for name, value in pairs if value is not None]


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else (value,)


def _enable(plugin_name: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [executable(), "plugins", "enable", plugin_name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise QgisProcessError(f"the plugin could not be enabled\n{done.stdout}\n{done.stderr}")


def main(arguments: list[str]) -> int:
    """Run one algorithm from the command line, or show its parameters."""
    if not arguments:
        sys.stderr.write("usage: qgis_process.py ALGORITHM NAME=value …  |  help ALGORITHM  |  list\n")
        return 2
    root = Path(__file__).resolve().parent.parent
    process = QgisProcess(root, root / "build" / "qgis")
    own = arguments[0] in ("help", "list", "plugins")
    command = process.command(*arguments) if own else process.command("run", arguments[0], "--", *arguments[1:])
    return subprocess.run(command, env=process.prepare(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
