"""What the second reader finds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Findings:
    """Lines for a person, and how many of them disagree."""

    wrong: int = 0
    lines: list[str] = field(default_factory=list)

    def note(self, agrees: bool, what: str) -> None:
        """Keep one check."""
        self.wrong += not agrees
        self.lines.append(f"{'agrees   ' if agrees else 'DISAGREES'}  {what}")
