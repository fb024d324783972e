"""metadata.txt as read by the plugin repository, with the changelog of its version."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

REQUIRED = (
    "name",
    "description",
    "about",
    "version",
    "qgisMinimumVersion",
    "author",
    "email",
    "tracker",
    "repository",
)
_HEADING = re.compile(r"^## (?P<version>\S+)(?: \((?P<when>[^)]*)\))?\s*$", re.MULTILINE)


def read_metadata(text: str) -> dict[str, str]:
    """The fields by name, read as by the repository, with interpolation: a single % is an error.

    Raises:
        configparser.Error: it cannot be read.
    """
    parser = ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(text)
    return dict(parser["general"])


def metadata_of(root: Path) -> dict[str, str]:
    """The fields of a checkout's metadata.txt."""
    return read_metadata((root / "metadata.txt").read_text(encoding="utf-8"))


def folder_name(metadata: dict[str, str]) -> str:
    """The name of the plugin's folder: the plugin's name in lower case.

    Raises:
        ValueError: it is not a Python identifier of ASCII letters, as required by the repository.
    """
    name = metadata["name"].lower()
    if not (name.isascii() and name.isidentifier()):
        raise ValueError(f"the plugin's name {metadata['name']!r} makes no folder: it must be a Python identifier")
    return name


def released_on(changelog: str, version: str) -> str | None:
    """The text in brackets after a version's heading (a day, or unreleased); None if there is no such heading."""
    for heading in _HEADING.finditer(changelog):
        if heading["version"] == version:
            return heading["when"] or ""
    return None


def changes_of(changelog: str, version: str) -> list[str]:
    """The entries of a version as plain text, reduced to their first sentences."""
    parts = _HEADING.split(changelog)  # the text before, then version, brackets and text of each heading
    sections = {parts[at]: parts[at + 2] for at in range(1, len(parts), 3)}
    entries = re.split(r"^- ", sections.get(version, ""), flags=re.MULTILINE)[1:]
    return [_first_sentence(" ".join(entry.split())) for entry in entries]


def with_changelog(metadata: str, changelog: str) -> str:
    """The text of metadata.txt, with the entries of its version as ``changelog``."""
    version = read_metadata(metadata)["version"]
    lines = [f"{version}:", *(f"- {entry}" for entry in changes_of(changelog, version))]
    return f"{metadata.rstrip()}\nchangelog=" + "\n ".join(line.replace("%", "%%") for line in lines) + "\n"


def _first_sentence(entry: str) -> str:
    plain = re.sub(r"\*\*|`", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", entry))
    end = re.search(r"[.!?](?= [A-Z])", plain)
    return plain[: end.end()] if end else plain
