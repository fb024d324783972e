"""The zip for the plugin repository."""

import zipfile
from pathlib import Path

import pytest

from release.archive import FILES, build, faults
from release.metadata import REQUIRED, metadata_of, read_metadata

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def make_zip(path, extra=(), without=(), folder="colearn"):
    """A zip that is taken, but for what is added and left out."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in FILES:
            if name not in without:
                archive.writestr(f"{folder}/{name}", "text")
        for name, data in extra:
            archive.writestr(name, data)
    return path


def test_the_zip_holds_one_folder_with_what_a_person_needs_and_no_tests(package):
    assert package.path.name == f"colearn-{metadata_of(ROOT)['version']}.zip"
    with zipfile.ZipFile(package.path) as archive:
        names = set(archive.namelist())
    assert {f"colearn/{name}" for name in FILES} <= names
    assert {"colearn/plugin/plugin.py", "colearn/engine/start.py", "colearn/resources/icons/colearn.svg"} <= names
    assert {name.split("/")[0] for name in names} == {"colearn"}
    assert not any(part in name.split("/") for name in names for part in ("tests", "tools", "benchmarks", "docs"))
    assert package.path.stat().st_size < 5_000_000


def test_its_metadata_has_every_field_and_the_changelog_of_its_version(package):
    with zipfile.ZipFile(package.path) as archive:
        metadata = read_metadata(archive.read("colearn/metadata.txt").decode("utf-8"))
    assert all(metadata[name].strip() for name in REQUIRED)
    assert metadata["changelog"].startswith(f"{metadata['version']}:\n- ")
    assert {name: metadata[name] for name in metadata if name != "changelog"} == metadata_of(ROOT)


def test_the_same_files_make_the_same_bytes(package, tmp_path):
    assert build(ROOT, tmp_path).path.read_bytes() == package.path.read_bytes()


def test_a_zip_that_would_be_taken_has_no_faults(tmp_path):
    assert faults(make_zip(tmp_path / "good.zip")) == []


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("colearn/tests/test_a.py", b"", "must not be in the zip"),
        ("colearn/plugin/__pycache__/a.py", b"", "must not be in the zip"),
        ("colearn/../outside.py", b"", "must not be in the zip"),
        ("colearn/plugin/a.pyc", b"text", "ending that is not known"),
        ("colearn/engine/fast.so", b"text", "ending that is not known"),
        ("colearn/resources/a.html", b"\xff\xfe", "is no text"),
        ("colearn/engine/a.py", b"a\0b", "zero bytes"),
        ("other/__init__.py", b"", "expected one"),
    ],
)
def test_each_file_that_would_be_refused_is_reported_by_name(tmp_path, name, data, words):
    found = faults(make_zip(tmp_path / "bad.zip", [(name, data)]))
    assert any(words in fault for fault in found), found
    assert any(name.split("/")[0] in fault for fault in found)


def test_a_missing_licence_and_a_folder_that_is_no_identifier_are_reported(tmp_path):
    assert faults(make_zip(tmp_path / "a.zip", without=("LICENSE",))) == ["LICENSE: is not there"]
    assert "identifier" in faults(make_zip(tmp_path / "b.zip", folder="co-learn"))[0]
