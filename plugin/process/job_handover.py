"""Hands the job to the engine: an unnamed file where the system supports it, so that a kill leaves nothing behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO, Any, Optional

from ...engine.contract import ErrorCode, Job, OutputError, job_to_text
from .child import WINDOWS

_OPEN_FILES = "/dev/fd"  # the open file descriptors of the current process


class JobHandover:
    """A job's text, from writing until the engine has read it.

    ``path`` is what the engine opens; ``streams`` are options for starting it.

    Raises:
        OutputError: the job cannot be written.
    """

    def __init__(self, job: Job) -> None:
        self._file: Optional[IO[bytes]] = None
        try:
            self._write(job_to_text(job).encode("utf-8"))
        except OSError as error:
            self.forget()
            raise OutputError(
                ErrorCode.OUTPUT_UNWRITABLE,
                subject=tempfile.gettempdir(),
                found=str(error),
                expected="a folder for temporary files with free space",
                remedy="Free some space there, or set TMPDIR to another folder.",
            ) from error

    def __enter__(self) -> JobHandover:
        return self

    def __exit__(self, *_error: object) -> None:
        self.forget()

    @property
    def streams(self) -> dict[str, Any]:
        """Options that pass an unnamed file to the engine's process."""
        return {} if self._file is None or self._named else {"pass_fds": (self._file.fileno(),)}

    def forget(self) -> None:
        """Remove the file; safe to call repeatedly."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
            if self._named:
                Path(file.name).unlink(missing_ok=True)

    def _write(self, text: bytes) -> None:
        self._named = WINDOWS or not os.path.isdir(_OPEN_FILES)
        if self._named:
            self._file = tempfile.NamedTemporaryFile(prefix="colearn-", suffix=".json", delete=False)  # noqa: SIM115
        else:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by forget)
        self._file.write(text)
        self._file.flush()
        self._file.seek(0)
        self.path = self._file.name if self._named else f"{_OPEN_FILES}/{self._file.fileno()}"
        if self._named:
            self._file.close()
