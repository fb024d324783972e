"""`make pictures`: screenshots of every window of the plugin in a real QGIS of 1366 × 768, with the demo's files.

The files are in a path with a space and accents. QGIS runs on a virtual display (Xvfb) with a profile of its own;
``pictures_in_qgis.py`` is the script it executes. The pictures are written to build/pictures/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from demo_data import fetch
from qgis_process import QgisProcess

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "pictures"
SCREEN = "1366x768x24"
TIMEOUT_S = 3600  # on a busy machine


def main() -> int:
    """Take the pictures; returns the exit code."""
    folder = PICTURES / "données d'été"
    shutil.rmtree(PICTURES, ignore_errors=True)
    folder.mkdir(parents=True)
    data = fetch(ROOT / "build" / "data")
    for file in (*data.camera_10m, *data.red_edge_20m, data.training):
        shutil.copy(file, folder / file.name)
    profile = ROOT / "build" / "qgis for pictures"
    shutil.rmtree(profile, ignore_errors=True)  # the profile of a killed QGIS has the plugin disabled
    process = QgisProcess(ROOT, profile)
    environment = {**process.prepare(), "COLEARN_PICTURES": str(PICTURES), "COLEARN_PICTURES_DATA": str(folder)}
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(_command(), env=environment, timeout=TIMEOUT_S, check=False)
    taken = sorted(PICTURES.glob("*.png"))
    sys.stdout.write("\n".join([*(str(path) for path in taken), ""]))
    return 0 if done.returncode == 0 and (PICTURES / "finished").exists() else 1


def _command() -> list[str]:
    """The QGIS executable; the same as started by the wrapper of Debian's 3.22."""
    program = shutil.which("qgis.bin", path=os.environ.get("PATH", "") + os.pathsep + "/usr/bin") or "qgis"
    script = str(ROOT / "tools" / "pictures_in_qgis.py")
    return ["xvfb-run", "-a", "-s", f"-screen 0 {SCREEN}", program, "--nologo", "--noversioncheck", "--code", script]


if __name__ == "__main__":
    sys.exit(main())
