"""What a version still lacks before its release, one line each."""

from __future__ import annotations

import re
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from release.metadata import REQUIRED, folder_name, metadata_of, released_on

ADDRESSES = ("homepage", "tracker", "repository")
ANSWER_S = 10
_EXAMPLE = re.compile(r"(^|[.@])example\.(org|com|net)$")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
SCHEMA_FILE = Path("engine/contract/manifest/manifest_text.py")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def lacking(root: Path, answers: Callable[[str], bool]) -> list[str]:
    """All missing items, the most important first; ``answers`` tells whether an address responds."""
    metadata = metadata_of(root)
    return [
        *_fields(metadata),
        *_addresses(metadata, answers),
        *_changelog(root, metadata["version"]),
        *_models(root),
        *_repository(root, metadata["version"]),
    ]


def does_answer(address: str) -> bool:
    """Whether the address responds as required by the plugin repository: within ten seconds, and without an error."""
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310  (https was asked for before)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
            return bool(answer.status < 400)
    except (OSError, ValueError):
        return False


def _fields(metadata: dict[str, str]) -> Iterator[str]:
    for name in (*REQUIRED, "homepage", "license", "icon"):
        if not metadata.get(name, "").strip():
            yield f"metadata.txt: {name} is empty"
    try:
        folder_name(metadata)
    except ValueError as error:
        yield f"metadata.txt: {error}"
    if not _VERSION.fullmatch(metadata["version"]):
        yield f"metadata.txt: version {metadata['version']} is not of the form 1.2.3"
    if _EXAMPLE.search(metadata["email"]) or "@" not in metadata["email"]:
        yield f"metadata.txt: email {metadata['email']} is an example; put the maintainer's"


def _addresses(metadata: dict[str, str], answers: Callable[[str], bool]) -> Iterator[str]:
    for name in ADDRESSES:
        address = metadata.get(name, "")
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            yield f"metadata.txt: {name} {address} is no https address"
        elif _EXAMPLE.search(parts.hostname):
            yield f"metadata.txt: {name} {address} is an example; put the real one"
        elif not answers(address):
            yield f"metadata.txt: {name} {address} does not answer"


def _changelog(root: Path, version: str) -> Iterator[str]:
    day = released_on((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    if day is None:
        yield f"CHANGELOG.md: has no heading for version {version}"
    elif not _DAY.fullmatch(day):
        yield f"CHANGELOG.md: version {version} is “{day}”; put the day of the release, as 2026-03-04"


def newest_schema(root: Path) -> int:
    """The schema of the models that a checkout writes; 0 if it is not found."""
    text = (root / SCHEMA_FILE).read_text(encoding="utf-8")
    found = re.search(r"^MANIFEST_SCHEMA = (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _models(root: Path) -> Iterator[str]:
    for schema in range(1, newest_schema(root) + 1):
        kept = f"tests/models/schema_{schema}.colearn"
        if not (root / kept).is_file():
            yield f"{kept}: is not there; tools/model_fixture.py makes the one of this version's schema"


def _repository(root: Path, version: str) -> Iterator[str]:
    changed = _git(root, "status", "--porcelain")
    if changed:
        yield f"Git: {len(changed.splitlines())} files are changed or not added; commit them"
    if _git(root, "tag", "--list", f"v{version}"):
        here = _git(root, "rev-parse", "HEAD")
        if _git(root, "rev-list", "-n", "1", f"v{version}") != here:
            yield f"Git: v{version} is tagged, and not here; a released version is never changed: raise version"


def _git(root: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.strip()
