"""The findings of the second reader."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Findings:
    """Lines of text, and the number of disagreements."""

    wrong: int = 0
    lines: list[str] = field(default_factory=list)

    def note(self, agrees: bool, what: str) -> None:
        """Record one check."""
        self.wrong += not agrees
        self.lines.append(f"{'agrees   ' if agrees else 'DISAGREES'}  {what}")
