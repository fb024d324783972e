"""A small model file."""

from pathlib import Path

import pytest
from colearn.engine.model_file.archive import write_model

from model_entries import GRAPHS, MANIFEST, REPORT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "mein modèle.colearn"
    write_model(target, MANIFEST, GRAPHS, REPORT)
    return target
