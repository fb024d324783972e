"""The one door through which the plugin starts another Python. Standard library only: no QGIS in here.

QGIS's working folder may be a stranger's (a project that came with its data, opened by a double click), and Python
looks for modules there first: a file called ``json.py`` would run. So every child is isolated (``-I``: no working
folder, no variables, no user's packages), stands in the plugin's own folder, and inherits a cleaned environment.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional, Union

from ...engine.contract import clean_environment

ROOT = Path(__file__).resolve().parents[2]  # the real one, also when the checkout is linked into a plugin folder
ENGINE = ROOT / "engine" / "start.py"
WINDOWS = os.name == "nt"


def python_command(python: Union[str, Path], *arguments: str) -> list[str]:
    """The command that runs an isolated Python; ``arguments`` are a script, or ``-c`` or ``-m`` and what follows."""
    named = str(python)
    if os.path.dirname(named):
        named = os.path.abspath(named)  # it is started in another folder
    return [named, "-I", "-X", "utf8", *arguments]  # isolated it does not read PYTHONUTF8


def nvidia_smi() -> Optional[str]:
    """The NVIDIA driver's tool, in the system's own folders; None where there is none.

    Never by its bare name: Windows looks for that in the working folder first, which may be a stranger's.
    """
    if WINDOWS:
        system = Path(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "System32"
        places = [system / "nvidia-smi.exe"]
    else:
        places = [Path(folder) / "nvidia-smi" for folder in ("/usr/bin", "/usr/local/bin", "/bin")]
    return next((str(place) for place in places if place.is_file()), None)


def start(command: Sequence[str], folder: Path = ROOT, **streams: Any) -> subprocess.Popen[bytes]:
    """Start a child that goes on by itself.

    Raises:
        OSError: it does not start.
    """
    # A list of arguments and no shell: nothing in a path or a name is ever read as a command.
    return subprocess.Popen(  # nosec B603
        list(command), cwd=str(folder), env=clean_environment(), **streams, **start_options()
    )


def answer_of(command: Sequence[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run a child to its end and return what it said.

    Raises:
        OSError: it does not start.
        subprocess.TimeoutExpired: it takes longer.
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
    """How a child process is started: no console window on Windows, a process group of its own elsewhere."""
    if WINDOWS:
        return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    return {"start_new_session": True}
