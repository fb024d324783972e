"""`make bench`: see benchmarks/speed/command.py."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from root import load_root

if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is loaded, as the engine does
    for library in ("OMP", "OPENBLAS", "MKL"):  # one thread each, before numpy is loaded: figures are those of a core
        os.environ[f"{library}_NUM_THREADS"] = "1"
    load_root()
    sys.exit(import_module("colearn.benchmarks.speed.command").main())
