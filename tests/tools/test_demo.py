"""What `make demo` and `make real-data` take from the engine by name is there."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = "import demo; parts = demo.load_engine(); print(parts.model_reader.read_manifest, parts.overview.draw_overview)"


def test_parts_of_the_engine_that_the_demo_uses_are_where_it_looks():
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT / "tools", capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
