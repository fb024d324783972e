"""A sentence stands in one place: changed in one of two, the other would stay."""

import ast
from collections import defaultdict
from pathlib import Path

PLUGIN = Path(__file__).resolve().parents[2] / "plugin"
NAMES = 2  # words of a name, as of a button or a field, which stands where it is shown


def places_by_text():
    found = defaultdict(list)
    for path in sorted(PLUGIN.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_sentence = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args
            if is_sentence and isinstance(node.args[0], ast.Constant):
                found[node.args[0].value].append(f"{path.relative_to(PLUGIN)}:{node.lineno}")
    return found


def test_no_sentence_occurs_twice():
    found = places_by_text()
    assert len(found) > 300  # it does read them
    assert {text: places for text, places in found.items() if len(places) > 1 and len(text.split()) > NAMES} == {}
