"""The scans that the plugin repository runs on an uploaded zip, with the same settings.

Any finding of an enabled rule blocks the plugin. Intended code is marked in its own line: ``# nosec B603`` for Bandit,
``pragma: allowlist secret`` for detect-secrets.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# Rules disabled by the repository: importing subprocess, lxml or xmlrpc is no finding there, but using it may be.
SWITCHED_OFF = ("B404", "B410", "B411")


def scan(path: Path) -> list[str]:
    """The findings in a zip, one line each.

    Raises:
        RuntimeError: a scan does not run.
    """
    with tempfile.TemporaryDirectory(prefix="colearn-scan-") as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)  # trusted: it was just built
        return [*_bandit(Path(folder)), *_detect_secrets(Path(folder))]


def _bandit(folder: Path) -> list[str]:
    answer = _answer(["bandit", "-r", ".", "-f", "json", "--quiet", "--skip", ",".join(SWITCHED_OFF)], folder)
    broken = [f"{each['filename']}: cannot be scanned ({each['reason']})" for each in answer["errors"]]
    return broken + [
        f"{each['filename']}:{each['line_number']}: {each['test_id']} {each['issue_text']}"
        for each in answer["results"]
    ]


def _detect_secrets(folder: Path) -> list[str]:
    answer = _answer(["detect_secrets", "scan", "--all-files", "."], folder)
    found = [each for findings in answer["results"].values() for each in findings]
    return [f"{each['filename']}:{each['line_number']}: {each['type']}" for each in found]


def _answer(command: list[str], folder: Path) -> dict:
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise RuntimeError(f"{command[0]} does not run; `make setup` installs it\n{done.stderr}") from error
