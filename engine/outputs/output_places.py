"""Valid output paths: a new path, or that of a regular file. Never that of a device, a pipe or a link."""

from __future__ import annotations

import os
from pathlib import Path

from ..contract.wire import kind_of
from .output_errors import OTHER_NAME, cannot

# System folders. Only the administrator can write there, and even then no map belongs there.
_SYSTEM = (
    *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys"),
    *("/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/sbin", "/usr/share"),
    *("/var/cache", "/var/lib", "/var/log", "/var/spool"),
    *("/System", "/Library/LaunchAgents", "/Library/LaunchDaemons"),
)
_FREE_IN_THEM = ("/dev/shm", "/run/user", "/run/media")  # noqa: S108  # nosec B108  # memory, drives


def require_plain_place(final: Path) -> None:
    """Raise unless an output may be written to this path.

    Raises:
        OutputError: OUTPUT_UNWRITABLE.
        OSError: the path cannot be inspected.
    """
    if not final.name:
        raise cannot(final, f"a folder at {final}", "the path of a file", OTHER_NAME)
    kind = kind_of(final)
    if kind:
        raise cannot(final, f"{kind} at {final}", "the path of an existing or new file", _remedy(kind, final))
    system = _system_folder_of(final)
    if system and _is_administrator():
        raise cannot(final, f"an output in the system folder {system}", "a folder for data", OTHER_NAME)


def _remedy(kind: str, final: Path) -> str:
    if kind != "a link":
        return OTHER_NAME
    return f"Use the path that it points to ({os.path.realpath(final)}), or choose another file name."


def _system_folder_of(final: Path) -> str:
    place = os.path.realpath(final.parent)
    if any(_is_within(place, free) for free in _FREE_IN_THEM):
        return ""
    return next((folder for folder in _SYSTEM if _is_within(place, folder)), "")


def _is_within(place: str, folder: str) -> bool:
    return place == folder or place.startswith(f"{folder}/")


def _is_administrator() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
