"""Safe reading of files that may come from somebody else: no links, no blocking, bounded size.

A folder that the engine did not just create can contain anything: a link instead of a file, a pipe that blocks, a
file of another user. All reading in such folders, in the engine or in the plugin, uses this module.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import Union

AnyPath = Union[str, "os.PathLike[str]"]

# Windows has neither; there, creating a link requires privileges that other users lack.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_CAREFULLY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_PLAIN_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]+")


class NoPlainFileError(OSError):
    """The path is not a regular file, but a link, a pipe, a device…"""

    def __init__(self, path: AnyPath, kind: str) -> None:
        super().__init__(errno.EINVAL, f"{kind} instead of a regular file", os.fspath(path))


def kind_of(path: AnyPath) -> str:
    """A description of anything at a path but a regular file; empty for that, or nothing. Links are not followed.

    Raises:
        OSError: the path cannot be inspected.
    """
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "")


def open_plain(path: AnyPath, flags: int = os.O_RDONLY, follow: bool = False) -> int:
    """Open a regular file, which may be created; returns its descriptor.

    Args:
        follow: whether links are followed; for paths given by the user.

    Raises:
        OSError: as ``os.open``; :class:`NoPlainFileError` for anything but a regular file.
        ValueError: the path is invalid.
    """
    try:
        file = os.open(path, flags | _CAREFULLY | (0 if follow else _NO_LINK), 0o644)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
            raise NoPlainFileError(path, kind_of(path) or "something") from error
        raise
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise NoPlainFileError(path, kind_of(path) or "something")
    return file


def read_plain(path: AnyPath, most_bytes: int) -> bytes:
    """The content of a regular file.

    Raises:
        OSError: as :func:`open_plain`, also if the file is larger.
    """
    with os.fdopen(open_plain(path), "rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NoPlainFileError(path, f"a file of more than {most_bytes} bytes")
    return content


def is_own_folder(path: AnyPath) -> bool:
    """Whether a folder exists (not as a link) and belongs to the user of this process."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and (not hasattr(os, "geteuid") or status.st_uid == os.geteuid())


def is_plain_name(name: str) -> bool:
    """Whether a name can only refer to an entry of its own folder."""
    return name not in (".", "..") and Path(name).name == name and bool(_PLAIN_NAME.fullmatch(name))
