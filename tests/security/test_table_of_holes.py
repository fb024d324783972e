"""docs/reliability.md names the tests of every vulnerability: they exist, by file and by name."""

import re

from unprivileged import ROOT

TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
TABLE = TEXT[TEXT.index("## Vulnerabilities found") : TEXT.index("Found by these campaigns")]
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ")][1:]


def test_every_hole_has_tests_and_they_exist():
    assert len(ROWS) >= 20
    for row in ROWS:
        named = re.findall(r"`(tests/[\w/]+\.(?:py|json))(?:::(\w+))?`", row)
        assert named, row
        for path, _name in named:
            assert (ROOT / path).is_file(), path


def test_tests_that_are_named_exist():
    for row in ROWS:
        paths = re.findall(r"tests/[\w/]+\.py", row)
        code = "".join((ROOT / path).read_text(encoding="utf-8") for path in paths)
        for name in re.findall(r"\b(test_\w+)\b(?!\.py)", re.sub(r"tests/[\w/]+\.py", "", row)):
            assert f"def {name}(" in code, name
