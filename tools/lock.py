"""`make lock`: all packages of the set-up, with versions and SHA-256 of their wheels, into resources/locks.

    python tools/lock.py

Run it after engine-requirements.txt changed. One lock serves all platforms (Linux, Windows, macOS) and Pythons; where
they need different versions, lines have markers. The index is the one that uv is configured for; its address is not
written to the locks. There are four files, so that users who only map need no PyTorch:

    pip.txt    pip itself
    map.txt    what mapping and evaluating need
    train.txt  what training needs in addition
    torch.txt  PyTorch and the dependencies of its CUDA build. The CPU-only build, which Linux gets from PyTorch's own
               index, is another file, with checksums that no other index has, and is not included.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "resources" / "locks"
BUILD = ROOT / "build" / "lock"
# numpy is QGIS's. Packages must be compatible with the oldest one for each Python (Debian 12, OSGeo4W, Debian 13).
OLDEST_NUMPY = """
numpy==1.24.2; python_version < '3.12'
numpy==1.26.4; python_version == '3.12'
numpy==2.1.3; python_version == '3.13'
numpy==2.3.2; python_version >= '3.14'
"""
_HEAD = "# Made by tools/lock.py from engine-requirements.txt; not to be changed by hand.\n"
_OF_TORCH = re.compile(r"torch|triton|nvidia-.*|cuda-.*")


def main() -> int:
    """Resolve, divide and write."""
    uv = _resolver()
    offers = _offers()
    requirements = (ROOT / "engine-requirements.txt").read_text(encoding="utf-8")
    lines = list(offers.pins(requirements).values())
    mapping = {name for name, line in offers.pins(requirements).items() if name in offers.MAPPING_PACKAGES}
    whole = resolved(uv, lines)
    only_map = resolved(uv, [line for line in lines if _name(line) in mapping], pinned=whole)
    parts = divided(whole, {_name(block) for block in only_map})
    parts["pip"] = resolved(uv, [offers.PIP])
    LOCKS.mkdir(parents=True, exist_ok=True)
    for part, blocks in parts.items():
        (LOCKS / f"{part}.txt").write_text(_HEAD + "".join(f"{block}\n" for block in blocks), encoding="utf-8")
        sys.stdout.write(f"{part}: {len(blocks)} packages\n")
    return 0


def resolved(uv: Path, lines: Iterable[str], pinned: Iterable[str] = ()) -> list[str]:
    """Requirements with all dependencies, one block per package and version: its pin, its marker, its hashes."""
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted, constraints, found = (BUILD / name for name in ("wanted.in", "constraints.txt", "found.txt"))
    wanted.write_text("\n".join(lines), encoding="utf-8")
    # Constraints have no hashes: these are in the resulting blocks.
    bare = [block.split("\\\n")[0].strip() for block in pinned]
    constraints.write_text(OLDEST_NUMPY + "\n".join(bare), encoding="utf-8")
    command = [str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    options = ["--only-binary", ":all:", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    files = ["--constraints", str(constraints), "--output-file", str(found), str(wanted)]
    found.unlink(missing_ok=True)
    subprocess.run([*command, *options, *files], cwd=BUILD, check=True)
    return blocks_of(found.read_text(encoding="utf-8"))


def blocks_of(text: str) -> list[str]:
    """The blocks of a lock: a pin and the lines of its hashes; without numpy, which is QGIS's."""
    found = re.findall(r"^[^\s#].*(?:\n[ \t]+.*)*", text, re.MULTILINE)
    return [block for block in found if _name(block) != "numpy"]


def divided(blocks: Iterable[str], mapping: set[str]) -> dict[str, list[str]]:
    """The blocks by lock."""
    parts: dict[str, list[str]] = {"map": [], "train": [], "torch": []}
    for block in blocks:
        name = _name(block)
        part = "torch" if _OF_TORCH.fullmatch(name) else "map" if name in mapping else "train"
        parts[part].append(block)
    return parts


def _name(block: str) -> str:
    return re.split(r"[=<>\[;! ]", block, maxsplit=1)[0].lower()


def _resolver() -> Path:
    """uv, in a separate environment."""
    home = BUILD / "environment"
    places = home / ("Scripts" if os.name == "nt" else "bin")
    if not (places / "uv").exists():
        venv.create(home, with_pip=True)
    python = places / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
    subprocess.run([*install, str(ROOT / "lock-requirements.txt")], check=True)
    return places / "uv"


def _offers():  # type: ignore[no-untyped-def]
    """The plugin's definition of what can be set up, imported without the plugin."""
    spec = importlib.util.spec_from_file_location("offers", ROOT / "plugin" / "process" / "offers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["offers"] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
