"""Looking at other processes."""

from __future__ import annotations

from pathlib import Path


def is_alive(process: int) -> bool:
    """Whether a process still runs; one that has ended but that nobody has asked about yet does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


# `python -c` with this is `python -m engine` whose forests are as small as the fixture small_networks makes them: in a
# process of its own nothing else makes a training short.
ENGINE_OF_FEW_TREES = """
import sys
from engine.experiment.forests import forest, privileged_teacher, sensor_forests
from engine.trees import ForestSize
forest.TREES = privileged_teacher.MOST_TREES = privileged_teacher.LEAST_TREES = 5
sensor_forests.USUAL_SIZE = ForestSize(trees=5)
from engine.__main__ import main
sys.exit(main())
"""
