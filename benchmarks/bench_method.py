"""`make bench-method`: see benchmarks/method/command.py."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from root import load_root

if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is loaded, as the engine does
    load_root()
    sys.exit(import_module("colearn.benchmarks.method.command").main())
