"""Atomic output files, and the files they replace."""

from __future__ import annotations

from .durable import sync
from .journal import StrangeJournalError, read_journal
from .output_errors import cannot, unwritable
from .output_set import OutputSet, remove_all_temporary
from .run_lock import LockState, RunLock, look_at_lock
from .scratch import scratch_folder
from .stale_outputs import PARTS, remove_folder, temporary_folder

__all__ = [
    "PARTS",
    "LockState",
    "OutputSet",
    "RunLock",
    "StrangeJournalError",
    "cannot",
    "look_at_lock",
    "read_journal",
    "remove_all_temporary",
    "remove_folder",
    "scratch_folder",
    "sync",
    "temporary_folder",
    "unwritable",
]
