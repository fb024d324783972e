"""The state of the code that produced a result."""

from colearn.benchmarks.method.code import code_digest, statements

SOURCE = '''"""A module."""

class Box:
    """A box."""

    def side(self) -> int:
        """In metres."""
        return 2  # always
'''


def test_docstrings_comments_and_layout_do_not_count() -> None:
    changed = SOURCE.replace("In metres.", "The side.").replace("  # always", "").replace("A module.", "One module.")
    assert statements(changed) == statements(SOURCE)
    laid_out = SOURCE.replace("side(self)", "side(\n  self,\n)").replace("self,", "self").replace("    ", "  ")
    assert laid_out != SOURCE and statements(laid_out) == statements(SOURCE)


def test_what_it_does_counts() -> None:
    assert statements(SOURCE.replace("2", "3")) != statements(SOURCE)
    assert statements(SOURCE.replace("side", "edge")) != statements(SOURCE)
    loop = "for each in all:\n    begin(each)\n    end(each)\n"
    assert statements(loop.replace("    end", "end")) != statements(loop)


def test_it_is_short_and_the_same_again() -> None:
    found = code_digest()
    code_digest.cache_clear()
    assert found == code_digest()
    assert len(found) == 8
