"""Run a command and print its peak memory: ``python peak.py COMMAND …`` prints bytes and the exit code.

This is a small process of its own, because a child inherits the peak of the process it was forked from, which is large
in a benchmark.
"""

from __future__ import annotations

import os
import subprocess
import sys

UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


def main(command: list[str]) -> int:
    """Run the command; returns its exit code."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.stdout.write(f"{used.ru_maxrss * UNIT_BYTES}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
