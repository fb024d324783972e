"""Whether a commit's subject is short enough: a hook of git (commit-msg), given the message's file.

python tools/commit_subject.py .git/COMMIT_EDITMSG
"""

from __future__ import annotations

import sys
from pathlib import Path

LIMIT = 72


def complaint(message: str) -> str:
    """The problem with a message's subject; empty if there is none."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = next((line.rstrip() for line in lines if line.strip()), "")
    if len(subject) >= LIMIT:
        return f"the subject has {len(subject)} characters, fewer than {LIMIT} are wanted: {subject}\n"
    return ""


if __name__ == "__main__":
    found = complaint(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stderr.write(found)
    sys.exit(bool(found))
