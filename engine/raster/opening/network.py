"""Network access: blocked, unless the user named a remote source."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from typing import Any

from ...contract import RasterSource, VectorSource
from .. import gdal, osr
from .drivers import drop_other_drivers, services_are_added
from .references import is_remote

_NOWHERE = "http://127.0.0.1:9"  # an unused port: every request fails at once
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_EXCEPTIONS = ("no_proxy", "NO_PROXY")
# The initial settings: a process for several jobs may block the network for one and need it for the next.
_GIVEN = {name: os.environ.get(name) for name in (*_PROXIES, *_EXCEPTIONS)}
# Nothing that a file refers to is fetched, whatever the user named; no code in a file is run.
_NEVER = {
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_SQLITE_LIST_VIRTUAL_OGR": "NO",
    "GDAL_MEM_ENABLE_OPEN": "NO",
}


def guard_process(job: Any) -> None:
    """Configure this process for a job's inputs: few formats, no network access unless the job names remote sources.

    For the engine's own processes only, not QGIS's: these GDAL settings apply to the whole process. A
    process that has served another job clears its network cache.
    """
    for option, value in _NEVER.items():
        gdal.SetConfigOption(option, value)
    drop_other_drivers()
    if hasattr(osr, "SetPROJEnableNetwork"):
        osr.SetPROJEnableNetwork(False)
    shut = not services_are_added() and not any(is_remote(name) for name in names_in(job))
    gdal.SetConfigOption("GDAL_HTTP_PROXY", _NOWHERE if shut else None)
    gdal.VSICurlClearCache()
    for name, given in _GIVEN.items():
        wanted = given if not shut else _NOWHERE if name in _PROXIES else None
        if wanted is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = wanted


def names_in(job: Any) -> Iterator[str]:
    """All names of rasters and layers anywhere in a job."""
    if isinstance(job, RasterSource):
        yield from (job.path, job.shows)
    elif isinstance(job, VectorSource):
        yield job.path
    elif dataclasses.is_dataclass(job):
        for field in dataclasses.fields(job):
            yield from names_in(getattr(job, field.name))
    elif isinstance(job, tuple):
        for each in job:
            yield from names_in(each)
