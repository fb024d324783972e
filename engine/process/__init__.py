"""The engine's process: events, unexpected errors, termination, child processes and cores."""

from __future__ import annotations

from .children import isolated_children
from .cores import usable_cores
from .exit_handlers import exit_handler
from .reporting import EventLines, NullSink, Reporter, Sink, Terminal
from .request_lines import RequestLines
from .task_pool import Emit, PooledTask, TaskPool
from .unexpected_errors import speaks_of_memory, unexpected_error
from .watchdog import attached, end_on_signals, finish_asked
from .words import counted, listed

__all__ = [
    "Emit",
    "EventLines",
    "NullSink",
    "PooledTask",
    "Reporter",
    "RequestLines",
    "Sink",
    "TaskPool",
    "Terminal",
    "attached",
    "counted",
    "end_on_signals",
    "exit_handler",
    "finish_asked",
    "isolated_children",
    "listed",
    "speaks_of_memory",
    "unexpected_error",
    "usable_cores",
]
