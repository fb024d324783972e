"""Raster files kept open between reads, by all threads together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from ...contract import RasterSource
from .changes import FileStamp
from .dataset import Dataset, open_dataset

try:
    import resource
except ImportError:  # Windows, where GDAL's files count against no limit
    resource = None  # type: ignore[assignment]

_ENOUGH = 512
# Share of the limit of open files: the rest is for virtual rasters (GDAL keeps 100 of their files open), sidecars,
# outputs and libraries.
_OUR_PART = 4

_Key = tuple[str, tuple[FileStamp, ...]]  # a replaced file has another key


class OpenDatasets:
    """A pool of open datasets; the least recently used are closed first.

    A dataset is lent to one thread at a time (GDAL forbids sharing), so a file is opened as many times as
    threads read from it at once. The limit of open files applies to the process, so the number is bounded for all
    threads together: idle and lent ones are at most :func:`most_open`, or as many as threads read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[_Key, Dataset]] = []  # least recently used first
        self._lent = 0

    @contextmanager
    def lent(self, source: RasterSource, stamps: tuple[FileStamp, ...] = ()) -> Iterator[Dataset]:
        """A dataset of the raster for the calling thread alone, opened when its files had these ``stamps``.

        Raises:
            InputError: it cannot be opened.
        """
        key = (source.path, stamps)
        dataset = self._take(key)
        try:
            if dataset is None:
                dataset = open_dataset(source)
            yield dataset
        finally:
            with self._lock:
                self._lent -= 1
                if dataset is not None:
                    self._idle.append((key, dataset))

    def close(self) -> None:
        """Close all datasets that no thread is reading."""
        with self._lock:
            self._idle.clear()

    def _take(self, key: _Key) -> Optional[Dataset]:
        """An idle dataset of the file; None if there is none, after making room for one more."""
        with self._lock:
            self._lent += 1
            for at in reversed(range(len(self._idle))):
                if self._idle[at][0] == key:
                    return self._idle.pop(at)[1]
            while self._idle and len(self._idle) + self._lent > most_open():
                self._idle.pop(0)
        return None


def most_open() -> int:
    """The number of datasets that all threads together may have open."""
    if resource is None:
        return _ENOUGH
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _ENOUGH if limit == resource.RLIM_INFINITY else max(1, min(_ENOUGH, limit // _OUR_PART))
