"""`make compat`: whether the sources work with QGIS 3.22 to 4.x, Qt 5 and 6, Python 3.9 (QGIS) and 3.11 (engine) on.

    python tools/check_compat.py [--debian13]

With --debian13, as root, also all tests and the zip in Debian 13 with QGIS 3.44 (4 GB of disk space and an hour).
"""

from __future__ import annotations

import argparse
import sys

from compat.checks import debian13, qt6, sources


def main(arguments: list[str] | None = None) -> int:
    """Run every check, even after failures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--debian13", action="store_true", help="also in Debian 13 with QGIS 3.44; needs root")
    options = parser.parse_args(arguments)
    checks = [*sources(), *qt6(), *(debian13() if options.debian13 else [])]
    failed = [check.shows for check in checks if not check.passes()]
    sys.stdout.write("\n" + ("".join(f"failed: {shows}\n" for shows in failed) or "every check passed\n"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
