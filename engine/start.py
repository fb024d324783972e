"""Starts the engine by its file, as ``python -I engine/start.py train job.json``.

A Python that is isolated finds no module in its working folder, so that ``-m engine`` would not find the engine. The
engine's own folder is named here, and no other: what lies where a person happens to stand is never imported.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    runpy.run_module("engine", run_name="__main__", alter_sys=True)
