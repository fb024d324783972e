"""`make release-check`: what this version still lacks before its release; exit code 1 if anything.

python tools/release_check.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from release.archive import build
from release.readiness import does_answer, lacking
from release.scans import scan

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print all missing items, not only the first."""
    missing = lacking(ROOT, does_answer)
    with tempfile.TemporaryDirectory(prefix="colearn-zip-") as folder:
        try:
            missing += [f"scan: {line}" for line in scan(build(ROOT, Path(folder)).path)]
        except ValueError as error:
            missing.append(str(error))
    sys.stdout.writelines(f"missing: {line}\n" for line in missing)
    if not missing:
        sys.stdout.write("nothing is missing: make compat COMPAT=--debian13, make package, tag, upload dist/*.zip\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
