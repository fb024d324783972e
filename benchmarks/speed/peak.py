"""Run a command and tell its peak memory: ``python peak.py COMMAND …`` prints bytes and the exit code.

A small process of its own: a child starts with the peak of the process it was forked from, which in a benchmark full of
networks is not its own.
"""

from __future__ import annotations

import os
import subprocess
import sys

UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


def main(command: list[str]) -> int:
    """Returns the command's exit code."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.stdout.write(f"{used.ru_maxrss * UNIT_BYTES}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
