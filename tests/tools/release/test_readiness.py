"""What a version lacks before it can be released."""

import subprocess
from pathlib import Path

import pytest
from colearn.engine.contract.manifest.manifest_text import MANIFEST_SCHEMA

from release.readiness import SCHEMA_FILE, lacking, newest_schema

METADATA = """[general]
name=CoLearn
description=d
about=a
version=1.2.3
qgisMinimumVersion=3.22
author=Ann
email=ann@colearn.earth
homepage=https://colearn.earth
tracker=https://colearn.earth/issues
repository=https://colearn.earth/code
license=GPL
icon=i.svg
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout that lacks nothing."""

    def git(*arguments):
        who = ["-c", "user.name=Ann", "-c", "user.email=ann@colearn.earth"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "metadata.txt").write_text(METADATA, encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# C\n\n## 1.2.3 (2026-03-04)\n\n- One.\n", encoding="utf-8")
    (tmp_path / SCHEMA_FILE).parent.mkdir(parents=True)
    (tmp_path / SCHEMA_FILE).write_text("MANIFEST_SCHEMA = 2\n", encoding="utf-8")
    (tmp_path / "tests" / "models").mkdir(parents=True)
    for schema in (1, 2):
        (tmp_path / "tests" / "models" / f"schema_{schema}.colearn").touch()
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "All")
    return tmp_path, git


def change(checkout, name, old, new):
    folder, git = checkout
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    git("commit", "-qam", "Change")


def asked(checkout, answers=lambda _address: True):
    return lacking(checkout[0], answers)


def test_nothing_is_missing_where_nothing_is(checkout):
    assert asked(checkout) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ann@colearn.earth", "colearn@example.org", "email colearn@example.org is an example"),
        (
            "https://colearn.earth/code",
            "https://example.org/colearn",
            "repository https://example.org/colearn is",
        ),
        (
            "https://colearn.earth/issues",
            "https://www.example.com/i",
            "tracker https://www.example.com/i is an",
        ),
        ("homepage=https://colearn.earth", "homepage=http://colearn.earth", "is no https address"),
        ("version=1.2.3", "version=1.2", "not of the form 1.2.3"),
        ("about=a", "about=", "about is empty"),
        ("name=CoLearn", "name=Co Learn", "identifier"),
    ],
)
def test_settings_of_the_maintainer_that_are_not_made(checkout, old, new, words):
    change(checkout, "metadata.txt", old, new)
    assert any(words in line for line in asked(checkout)), asked(checkout)


def test_addresses_must_answer(checkout):
    (line,) = asked(checkout, lambda address: not address.endswith("issues"))
    assert line == "metadata.txt: tracker https://colearn.earth/issues does not answer"


def test_an_example_is_never_asked(checkout):
    change(checkout, "metadata.txt", "https://colearn.earth/code", "https://example.org/colearn")
    called = []
    asked(checkout, lambda address: called.append(address) or True)
    assert called == ["https://colearn.earth", "https://colearn.earth/issues"]


def test_the_changelog_must_say_when(checkout):
    change(checkout, "CHANGELOG.md", "2026-03-04", "unreleased")
    assert asked(checkout) == ["CHANGELOG.md: version 1.2.3 is “unreleased”; put the day of the release, as 2026-03-04"]
    change(checkout, "CHANGELOG.md", "## 1.2.3", "## 1.2.2")
    assert asked(checkout) == ["CHANGELOG.md: has no heading for version 1.2.3"]


def test_a_model_of_every_schema_must_be_kept(checkout):
    _folder, git = checkout
    git("rm", "-q", "tests/models/schema_2.colearn")
    git("commit", "-qm", "Lost")
    (line,) = asked(checkout)
    assert line.startswith("tests/models/schema_2.colearn: is not there")


def test_what_is_not_committed_and_a_version_that_is_out_already(checkout):
    folder, git = checkout
    git("tag", "v1.2.3")
    assert asked(checkout) == []
    (folder / "new.py").touch()
    assert asked(checkout) == ["Git: 1 files are changed or not added; commit them"]
    git("add", "-A")
    git("commit", "-qm", "More")
    assert asked(checkout) == [
        "Git: v1.2.3 is tagged, and not here; a released version is never changed: raise version"
    ]


def test_the_schema_is_found_where_this_version_has_it():
    assert newest_schema(Path(__file__).resolve().parents[3]) == MANIFEST_SCHEMA
