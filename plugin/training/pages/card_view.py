"""Cards of a model, one for each sensor, with what it brought to train it with the others."""

from __future__ import annotations

from html import escape
from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ....engine.contract import Estimate, Manifest, Verdict
from ...messages import tr
from ..form.progress.cards import Card, cards_of, in_percent

_COLORS = {
    Verdict.HELPED: "#1e8449",
    Verdict.NO_DIFFERENCE: "#7f8c8d",
    Verdict.HARMED: "#c0392b",
    Verdict.NOT_MEASURED: "#7f8c8d",
}


class CardView(QScrollArea):
    """The cards side by side; they scroll where there are many."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.texts: list[str] = []

    def show_model(self, manifest: Manifest) -> None:
        """Show a model's cards."""
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        self.texts = []
        for card in cards_of(manifest):
            row.addWidget(self._card(card, in_percent(manifest)))
        row.addStretch()
        self.setWidget(inside)
        self.setMinimumHeight(inside.sizeHint().height() + 4)

    def _card(self, card: Card, percent: bool) -> QFrame:
        frame = QFrame()
        frame.setObjectName("card")
        frame.setStyleSheet(
            f"#card {{ border: 1px solid palette(mid); border-left: 5px solid {_COLORS[card.verdict]};"
            " border-radius: 4px; background: palette(base); }"
        )
        frame.setMinimumWidth(300)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(3)
        for text in card_lines_html(card, percent):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setWordWrap(True)
            layout.addWidget(label)
            self.texts.append(text)
        layout.addStretch()
        return frame


def card_lines_html(card: Card, percent: bool) -> list[str]:
    """What a card says, line by line."""
    color = _COLORS[card.verdict]
    rows = [(tr("with the others"), card.score)] if card.alone else []
    rows.append((tr("alone"), card.alone or card.score))
    if card.forest is not None:
        rows.append((tr("random forest"), card.forest))
    table = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td>{_score(score, percent)}</td></tr>" for name, score in rows)
    lines = [
        f"<b>{escape(card.sensor)}</b> · {card.pixel_m:.3g} m",
        f'<span style="color:{color}"><b>{verdict_words(card.verdict)}</b></span>',
        f"{escape(card.metric)}:<table>{table}</table>",
    ]
    if card.shipped_alone:
        lines.append(tr("The model maps with the network trained alone."))
    return lines


def verdict_words(verdict: Verdict) -> str:
    """What training with the other sensors brought."""
    return {
        Verdict.HELPED: tr("The other sensors helped"),
        Verdict.NO_DIFFERENCE: tr("No clear difference"),
        Verdict.HARMED: tr("The other sensors reduced the score"),
        Verdict.NOT_MEASURED: tr("Trained alone"),
    }[verdict]


def _score(estimate: Estimate, percent: bool) -> str:
    def told(value: float) -> str:
        return f"{100 * value:.1f}" if percent else f"{value:.3f}"

    unit = "&nbsp;%" if percent else ""
    if estimate.low is None or estimate.high is None:
        return f"<b>{told(estimate.value)}{unit}</b>"
    return f"<b>{told(estimate.value)}{unit}</b> [{told(estimate.low)},&nbsp;{told(estimate.high)}]"
