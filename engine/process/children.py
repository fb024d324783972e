"""The environment of processes that the engine starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ..contract import clean_environment


@contextmanager
def isolated_children() -> Iterator[None]:
    """Processes started inside (also by libraries) inherit a clean environment and import nothing from the folder.

    A worker is started as ``python -c …``, which looks for modules in the working folder first unless told not
    to. The environment of this process is changed: start no other work meanwhile that needs the variables.
    """
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(clean_environment(before), PYTHONSAFEPATH="1")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
