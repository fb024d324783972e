"""Predictions as processes of their own, and what they leave on the disk."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from colearn.engine.contract.job.job_file import job_to_text

ROOT = Path(__file__).resolve().parents[1]
PART_PX = "32"  # of the world's 120 px: 16 parts


def digests(folder: Path) -> dict[str, str]:
    """Every file under a folder, hidden ones too, by its content."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def parts_folders(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*.colearn-parts-*"))


def start(job, folder: Path, *options: str) -> subprocess.Popen:
    """Start ``python -m engine predict`` on a job."""
    file = folder / f"job {hashlib.sha256(job_to_text(job).encode()).hexdigest()[:8]}.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, "-m", "engine", "predict", str(file), "--events", "--part-px", PART_PX, *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def events(process: subprocess.Popen) -> list[dict]:
    """All that a process still says, and how it ended."""
    output, errors = process.communicate(timeout=600)
    logged = [json.loads(line) for line in output.splitlines()]
    assert logged, errors
    return logged


def finished(process: subprocess.Popen) -> list[dict]:
    logged = events(process)
    assert logged[-1]["event"] == "finished", logged[-1]
    return logged


def texts(logged: list[dict]) -> str:
    return "\n".join(event["text"] for event in logged if event["event"] == "message")


def stages(process: subprocess.Popen) -> Iterator[str]:
    """What a process says of its progress, as it says it."""
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "progress":
            yield event["stage"]
