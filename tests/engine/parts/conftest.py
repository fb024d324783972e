"""For tests of maps in parts."""

from pathlib import Path

import pytest
from colearn.engine.raster.output.stored import close_stored

from runs_in_parts import digests, finished, start


@pytest.fixture(autouse=True)
def _no_part_stays_open():
    yield
    close_stored()


@pytest.fixture
def outputs(tmp_path) -> Path:
    """A folder for outputs alone."""
    folder = tmp_path / "maps é"
    folder.mkdir()
    return folder


@pytest.fixture
def undisturbed(job, outputs, tmp_path) -> dict[str, str]:
    """What one process alone writes; ``job`` is the test module's."""
    finished(start(job, tmp_path))
    whole = digests(outputs)
    for path in outputs.iterdir():
        path.unlink()
    return whole
