"""A sandbox for hostile files: everything read-only except one folder, no network, an unprivileged user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSIDE = "COLEARN_SANDBOX"  # environment variable with the only writable folder
_SMALL_BYTES = 3 * 2**20  # size of the drive that is filled up
_NOBODY = 65534


def run_inside(script: Path, arguments: list[str], bring: tuple[str, Path] | None = None) -> int:
    """Run a script of this folder in the sandbox; its output is shown here.

    Args:
        bring: a file in the sandbox's folder, and the path it is copied to at the end.
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        sys.stderr.write("bubblewrap is not there: tools/setup.sh installs it\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="colearn-sandbox-") as folder:
        work, small = Path(folder) / "work", Path(folder) / "small"
        for made in (work, small):
            made.mkdir()
        is_root = os.geteuid() == 0
        if is_root:
            os.chmod(folder, 0o755)  # noqa: S103  (nobody has to get through)
            os.chown(work, _NOBODY, _NOBODY)
        command = [
            *(bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/"),
            *("--dev", "/dev", "--proc", "/proc", "--bind", str(work), str(work)),
            *("--size", str(_SMALL_BYTES), "--tmpfs", str(small), "--setenv", INSIDE, str(work)),
            *("--setenv", "COLEARN_SMALL", str(small), "--setenv", "HOME", str(work), "--setenv", "TMPDIR", str(work)),
            *(
                "--setenv",
                "COLEARN_CACHE",
                str(work / "cache"),
                "--setenv",
                "OMP_NUM_THREADS",
                "1",
                "--chdir",
                str(ROOT),
            ),
            *("--", sys.executable, str(script), *arguments),
        ]
        user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if is_root else {}
        code: int = subprocess.run(command, check=False, **user).returncode  # type: ignore[call-overload]
        if bring and (work / bring[0]).is_file():
            shutil.copyfile(work / bring[0], bring[1], follow_symlinks=False)
        return code


def work_folder() -> Path | None:
    """The sandbox's folder; None outside a sandbox."""
    named = os.environ.get(INSIDE)
    return Path(named) if named else None
