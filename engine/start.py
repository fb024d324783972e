"""Entry point of the engine as a file: ``python -I engine/start.py train job.json``.

An isolated Python (``-I``) has neither the working folder nor PYTHONPATH on its path, so ``-m engine`` would not find
the engine. Only the engine's own parent folder is added: modules in the user's working folder are never imported.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    runpy.run_module("engine", run_name="__main__", alter_sys=True)
