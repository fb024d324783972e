"""Progress of an installation, from pip's output (``--progress-bar raw``, pip 24.1 and later). No Qt in here."""

from __future__ import annotations

import re

_BYTES = re.compile(r"^Progress (\d+) of (\d+)$")
_SIZE = re.compile(r"^\s*(?:Downloading|Using cached) .*\((\d+(?:\.\d+)?) (kB|MB|GB)\)")
_SCALE = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
TITLE_MARK = "▶"  # marks the title of a step
DOWNLOAD_SHARE = 0.6  # share of the progress; the rest is unpacking, which takes as long as a fast download
UNPACKED_TIMES = 4.0  # unpacked size / download: 1.12 GB of 310 MB, PyTorch alone 757 MB of 190 MB
MOST = 0.99  # until pip has finished


class PipProgress:
    """Computes progress from pip's lines and from the unpacked size, which pip does not report.

    ``expected_bytes`` is the approximate size to download, or to read from a folder (``downloads`` is false); ``steps``
    is the number of commands, each of which begins with its title. When the last one unpacks, everything is downloaded.
    """

    def __init__(self, expected_bytes: float, steps: int = 1, downloads: bool = True) -> None:
        self._expected = expected_bytes
        self._steps_left = steps
        self._share = DOWNLOAD_SHARE if downloads else 0.0
        self._before = 0.0  # bytes of files that are done
        self._file = 0.0  # bytes of the current file
        self._done = 0.0
        self._downloaded = 0.0  # downloaded share of the total
        self._unpacked = 0.0
        self.fraction = 0.0
        self.is_unpacking = False

    def read(self, line: str) -> bool:
        """Process a line; returns whether it is a progress line, which does not belong in the log."""
        is_progress = self._read_bytes(line)
        if line.startswith(TITLE_MARK):
            self._steps_left -= 1
        elif line.startswith("Installing collected packages"):
            self.is_unpacking = True
            if self._steps_left <= 0:
                self._downloaded = 1.0
        elif line.startswith("Successfully installed"):
            self._before += self._file
            self._file = self._done = 0.0
            self.is_unpacking = False
        self._move()
        return is_progress

    def unpacked(self, size: float) -> None:
        """Update the size of the packages on disk, in bytes."""
        self._unpacked = size / (UNPACKED_TIMES * max(self._expected, self._before + self._file, 1.0))
        self._move()

    def _move(self) -> None:
        """Update the progress, which never decreases."""
        whole = self._share * self._downloaded + (1 - self._share) * min(self._unpacked, 1.0)
        self.fraction = max(self.fraction, min(whole, MOST))

    def _read_bytes(self, line: str) -> bool:
        done, size = _BYTES.match(line), _SIZE.match(line)
        if done:
            self._done = float(done[1])
        elif size:
            self._before += self._file
            self._file, self._done = float(size[1]) * _SCALE[size[2]], 0.0
            if "Using cached" in line:
                self._done = self._file
        share = (self._before + self._done) / max(self._expected, self._before + self._file, 1.0)
        self._downloaded = max(self._downloaded, min(share, 1.0))
        return done is not None
