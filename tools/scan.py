"""The findings of the plugin repository's scans in the zip of this checkout; exit code 1 if there are any.

python tools/scan.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from release.archive import build
from release.scans import scan

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Build the zip in a temporary folder and scan it."""
    with tempfile.TemporaryDirectory(prefix="colearn-zip-") as folder:
        found = scan(build(ROOT, Path(folder)).path)
    sys.stdout.writelines(f"{line}\n" for line in found or ["Bandit and detect-secrets find nothing."])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
