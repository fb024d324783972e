"""metadata.txt with the changelog of its version, as the plugin repository reads it."""

import configparser

import pytest

from release.metadata import changes_of, folder_name, read_metadata, released_on, with_changelog

CHANGELOG = """# Changelog

## 0.2.0 (unreleased)

- **Maps in parts** (`KEEP_PARTS`): 200 km² of 10 m go on. Not shown.
- The [report](docs/report.md) is
  50 % shorter.

## 0.1.0 (2026-03-04)

- The first. E.g. this.
"""


def test_a_version_has_its_own_entries_each_its_first_sentence_in_plain_text():
    assert changes_of(CHANGELOG, "0.2.0") == [
        "Maps in parts (KEEP_PARTS): 200 km² of 10 m go on.",
        "The report is 50 % shorter.",
    ]
    assert changes_of(CHANGELOG, "0.1.0") == ["The first."]
    assert changes_of(CHANGELOG, "0.3.0") == []


def test_when_a_version_was_released_stands_in_its_heading():
    assert released_on(CHANGELOG, "0.2.0") == "unreleased"
    assert released_on(CHANGELOG, "0.1.0") == "2026-03-04"
    assert released_on(CHANGELOG, "0.1") is None


def test_the_changelog_is_read_back_by_what_reads_metadata_with_its_percent_signs():
    text = with_changelog("[general]\nname=CoLearn\nversion=0.2.0\n", CHANGELOG)
    assert read_metadata(text) == {
        "name": "CoLearn",
        "version": "0.2.0",
        "changelog": "0.2.0:\n- Maps in parts (KEEP_PARTS): 200 km² of 10 m go on.\n- The report is 50 % shorter.",
    }


def test_a_lone_percent_sign_is_an_error_here_because_it_is_one_in_the_repository():
    with pytest.raises(configparser.Error):
        read_metadata("[general]\nabout=100 % honest\n")


def test_the_folder_is_a_python_identifier():
    assert folder_name({"name": "CoLearn"}) == "colearn"
    for name in ("Co-Learn", "2Learn", "Co Learn", "Größe"):
        with pytest.raises(ValueError, match="identifier"):
            folder_name({"name": name})
