"""What a person reads speaks the field's language: private words stay out of sentences, help pages and reports."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = sorted(path for room in ("engine", "plugin") for path in (ROOT / room).rglob("*.py"))
TEXTS = [ROOT / "README.md", ROOT / "metadata.txt", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = sorted(path for end in ("*.html", "*.j2") for path in (ROOT / "resources").rglob(end))

# What to write instead: the standard term, or the plain sentence.
BANNED = {
    r"(?<! )\(s\)": "one thing, two things (engine.process.counted)",
    r"\b(is|are|was|were|not) told\b": "logged, reported, stated",
    r"\bspeaks? of\b": "refers to",
    r"\b(opinion|heard)\b": "predictions, message",
    r"\bwhole numbers?\b": "integers",
    r"\bbytes with a scale\b": "8-bit integers",
    r"\b(labelled|unlabelled) positions?\b": "locations, samples",
    r"\bpositions without labels\b": "unlabelled samples",
    r"\b(test|training|more|other|labelled|several) places?\b": "locations, areas",
    r"\bof one place\b": "of one area",
    r"\bon (more|less) ground\b": "over-mapped, under-mapped",
    r"\bsquares of (the )?ground\b": "spatial blocks",
    r"\b(grown again|learn(ed|s|t)? anew|train(ed)? (it )?anew)\b": "retrained, refitted",
    r"\banew\b": "again",
    r"\bas asked\b": "as requested",
    r"\b(mends?|mended)\b": "fix",
    r"\bflatter": "optimistic",
    r"\bon a par with\b": "ties with",
    r"\bwhat is there\b": "what is finished",
    r"\bby hand\b": "manually",
    r"\bleft out\b": "excluded",
    r"\bleave (it|them|this|these) out\b": "exclude, remove",
    r"\b(the )?rims?\b": "edge",
    r"\bnames? .{1,30} right for\b": "accuracy",
    r"\btoo timid\b": "under-confident",
    r"\bbeside\b(?! \))": "next to, in addition to",
    r"\bits makers?\b": "vendor",
    r"\bto mean what they say\b": "calibrated",
    r"\bfor want of\b": "because there is no",
    r"\b(strangers?|stranger's)\b": "untrusted",
}
PERCENT = re.compile(r":\.\d%}")  # “50%” would stand among “50 %”
FRACTION = re.compile(r"score\.value:\.\df|\{score:\.\df\}")  # scores go through contract's score_text


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of more than one word in a module, without docstrings; of f-strings what stands between values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in texts:
            continue
        if " " in node.value.strip():
            yield node.lineno, node.value


def of_page(path: Path) -> Iterator[tuple[int, str]]:
    """What stands between the tags of a page, line by line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield number, re.sub(r"<[^>]*>|\{[%{#].*?[%}#]\}", " ", line)


def of_text(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text without code."""
    is_code = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        is_fence = line.lstrip().startswith("```")
        is_code ^= is_fence
        if not (is_code or is_fence or line.startswith("    ")):
            yield number, re.sub(r"`[^`]*`", " ", line)


def found(path: Path, lines: Iterator[tuple[int, str]]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: “{match[0]}” in {text.strip()[:90]!r}; write: {instead}"
        for number, text in lines
        for pattern, instead in BANNED.items()
        if (match := re.search(pattern, text))
    ]


@pytest.mark.parametrize("room", ["engine", "plugin"])
def test_no_sentence_of_the_program_has_a_private_word(room: str) -> None:
    inside = [path for path in SENTENCES if path.is_relative_to(ROOT / room)]
    assert len(inside) > 50
    assert [line for path in inside for line in found(path, literals(path))] == []


def test_no_page_has_a_private_word() -> None:
    assert len(PAGES) >= 15  # help and report
    assert [line for path in PAGES for line in found(path, of_page(path))] == []


def test_no_text_for_users_has_a_private_word() -> None:
    """README, the plugin's description, and the pages of docs/ with those that are written by benchmarks."""
    assert len(TEXTS) >= 10
    assert [line for path in TEXTS for line in found(path, of_text(path))] == []


def test_scores_and_shares_have_one_form() -> None:
    """``57.4 %``, by one function: not 0.574 here and 57.4% there."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SENTENCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PERCENT.search(line) or FRACTION.search(line)
    ]
    assert wrong == []


def test_the_words_are_found_where_they_are() -> None:
    module = ROOT / "tests" / "test_words.py"
    assert found(module, iter([(1, "What is left out is told: 3 labelled positions")]))[0].startswith(
        "tests/test_words.py:1:"
    )
    assert len(found(module, iter([(1, "2 samples are left out; the user is told; 3 labelled positions")]))) == 3
    assert found(module, iter([(1, "2 samples are excluded, as the log states.")])) == []
