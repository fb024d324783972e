"""For tests of maps in parts."""

from pathlib import Path

import pytest
from colearn.engine.raster.stored import close_stored


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
