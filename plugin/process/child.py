"""The only place where the plugin starts another Python. Standard library only, no QGIS.

QGIS's working folder may be untrusted (a downloaded project opened by a double click), and Python searches it
first for modules: a file called ``json.py`` in it would be executed. So every child is isolated (``-I``: no working
folder, no variables, no user packages), runs in the plugin's own folder, and inherits a cleaned environment.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional, Union

from ...engine.contract import clean_environment

ROOT = Path(__file__).resolve().parents[2]  # resolved, in case the plugin folder is a symbolic link to a checkout
ENGINE = ROOT / "engine" / "start.py"
WINDOWS = os.name == "nt"


def python_command(python: Union[str, Path], *arguments: str) -> list[str]:
    """The command that runs an isolated Python; ``arguments``: a script, or ``-c`` or ``-m``, with its arguments."""
    named = str(python)
    if os.path.dirname(named):
        named = os.path.abspath(named)  # it runs in another folder
    return [named, "-I", "-X", "utf8", *arguments]  # PYTHONUTF8 is ignored in isolated mode


def nvidia_smi() -> Optional[str]:
    """The NVIDIA driver's tool, in system folders only; None if not found.

    Never by its bare name: Windows searches the working folder first, which may be untrusted.
    """
    if WINDOWS:
        system = Path(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "System32"
        places = [system / "nvidia-smi.exe"]
    else:
        places = [Path(folder) / "nvidia-smi" for folder in ("/usr/bin", "/usr/local/bin", "/bin")]
    return next((str(place) for place in places if place.is_file()), None)


def start(command: Sequence[str], folder: Path = ROOT, **streams: Any) -> subprocess.Popen[bytes]:
    """Start a child process without waiting for it.

    Raises:
        OSError: the process does not start.
    """
    # A list of arguments without a shell: no path or name is ever interpreted as a command.
    return subprocess.Popen(  # nosec B603
        list(command), cwd=str(folder), env=clean_environment(), **streams, **start_options()
    )


def answer_of(command: Sequence[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run a child process to its end and return its output.

    Raises:
        OSError: the process does not start.
        subprocess.TimeoutExpired: the process takes longer.
    """
    return subprocess.run(  # nosec B603  # as above
        list(command),
        cwd=str(ROOT),
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout_s,
        check=False,
        **start_options(),
    )


def start_options() -> dict[str, Any]:
    """Options of child processes: no console window on Windows, a separate process group elsewhere."""
    if WINDOWS:
        return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    return {"start_new_session": True}
