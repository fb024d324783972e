"""Files that somebody else may have put there: no link is followed, nothing is waited for, nothing is read without end.

A folder that the engine did not just make can hold anything: a link in place of a file, a pipe that never answers, a
file of another person. Whoever reads in such a folder, in the engine or in the plugin, does it through here.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import Union

AnyPath = Union[str, "os.PathLike[str]"]

# Windows has neither; there, making a link takes rights that strangers lack.
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
    """What is there is no file of a person's, but a link, a pipe, a device…"""

    def __init__(self, path: AnyPath, kind: str) -> None:
        super().__init__(errno.EINVAL, f"{kind} instead of a regular file", os.fspath(path))


def kind_of(path: AnyPath) -> str:
    """What lies at a path, in words, where it is neither nothing nor a regular file; else empty. No link is followed.

    Raises:
        OSError: nobody may look.
    """
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "")


def open_plain(path: AnyPath, flags: int = os.O_RDONLY, follow: bool = False) -> int:
    """Open a regular file, which may be made; returns its descriptor.

    Args:
        follow: links lead to it; for paths that the person named.

    Raises:
        OSError: as ``os.open``; :class:`NoPlainFileError` where anything but a regular file is there.
        ValueError: no system has such paths.
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
        OSError: as :func:`open_plain`, also where the file is larger.
    """
    with os.fdopen(open_plain(path), "rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NoPlainFileError(path, f"a file of more than {most_bytes} bytes")
    return content


def is_own_folder(path: AnyPath) -> bool:
    """Whether a folder is really there (not by a link) and belongs to whom this process runs for."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and (not hasattr(os, "geteuid") or status.st_uid == os.geteuid())


def is_plain_name(name: str) -> bool:
    """Whether a name can only be that of something inside the folder it is looked for in."""
    return name not in (".", "..") and Path(name).name == name and bool(_PLAIN_NAME.fullmatch(name))
