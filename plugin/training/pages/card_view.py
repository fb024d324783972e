"""The cards of a model, one per sensor, with the effect of co-learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ....engine.contract import (
    REFERENCE,
    THIN_SPACE,
    Estimate,
    Interim,
    Manifest,
    Verdict,
    about_m,
    estimate_text,
    metric_text,
    score_text,
    shown_text,
)
from ...messages import tr
from ..form.progress.cards import Card, cards_of

_COLORS = {
    Verdict.HELPED: "#1e8449",
    Verdict.NO_DIFFERENCE: "#7f8c8d",
    Verdict.HARMED: "#c0392b",
    Verdict.NOT_MEASURED: "#7f8c8d",
}


class CardView(QScrollArea):
    """The cards side by side, in a scroll area."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.texts: list[str] = []

    def show_model(self, manifest: Manifest) -> None:
        """Show a model's cards."""
        self._show([(_COLORS[card.verdict], card_lines_html(card)) for card in cards_of(manifest)])

    def show_interims(self, interims: Mapping[str, Interim]) -> None:
        """Show what is trained so far, by sensor."""
        self._show([(_COLORS[Verdict.NOT_MEASURED], interim_lines_html(each)) for each in interims.values()])

    def _show(self, cards: Sequence[tuple[str, list[str]]]) -> None:
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        self.texts = [text for _color, lines in cards for text in lines]
        for color, lines in cards:
            row.addWidget(_frame(color, lines))
        row.addStretch()
        self.setWidget(inside)
        self.setMinimumHeight(inside.sizeHint().height() + 4)


def _frame(color: str, lines: Sequence[str]) -> QFrame:
    frame = QFrame()
    frame.setObjectName("card")
    frame.setStyleSheet(
        f"#card {{ border: 1px solid palette(mid); border-left: 5px solid {color};"
        " border-radius: 4px; background: palette(base); }"
    )
    frame.setMinimumWidth(300)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.setSpacing(3)
    for text in lines:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        layout.addWidget(label)
    layout.addStretch()
    return frame


def interim_lines_html(interim: Interim) -> list[str]:
    """The text of a card during a training; scores of validation samples are optimistic."""
    score = escape(score_text(interim.score, interim.metric)).replace(" ", "&nbsp;")
    return [
        f"<b>{escape(shown_text(interim.sensor))}</b>",
        escape(shown_text(interim.predictor)),
        tr("validation score {score} (tested at the end)").format(score=f"<b>{score}</b>"),
    ]


def card_lines_html(card: Card) -> list[str]:
    """The text of a card, line by line."""
    color = _COLORS[card.verdict]
    rows = [(tr("with the others"), card.score)] if card.alone else []
    rows.append((tr("alone"), card.alone or card.score))
    if card.reference is not None:
        rows.append((tr(REFERENCE), card.reference))
    table = "".join(
        f"<tr><td>{name}&nbsp;&nbsp;</td><td>{_score(score, card.metric)}</td></tr>" for name, score in rows
    )
    lines = [
        _title(card),
        f'<span style="color:{color}"><b>{verdict_words(card.verdict)}</b></span>',
        f"{escape(metric_text(card.metric))}:<table>{table}</table>",
    ]
    if card.shipped_alone:
        lines.append(tr("The model maps with the network trained alone."))
    return lines


def _title(card: Card) -> str:
    """The sensor with its pixel size, unless its name already contains it."""
    size, name = f"{about_m(card.pixel_m)} m", f"<b>{escape(card.sensor)}</b>"
    return name if size.replace(THIN_SPACE, "") in card.sensor else f"{name} · {size}"


def verdict_words(verdict: Verdict) -> str:
    """The effect of co-learning with the other sensors."""
    return {
        Verdict.HELPED: tr("The other sensors helped"),
        Verdict.NO_DIFFERENCE: tr("No clear difference"),
        Verdict.HARMED: tr("The other sensors reduced the score"),
        Verdict.NOT_MEASURED: tr("Trained alone"),
    }[verdict]


def _score(estimate: Estimate, metric: str) -> str:
    """The value in bold, then its interval."""
    value, bracket, interval = escape(estimate_text(estimate, metric)).replace(" [", "[").partition("[")
    value, interval = value.replace(" ", "&nbsp;"), interval.replace(" ", "&nbsp;")
    return f"<b>{value}</b>" + (f" [{interval}" if bracket else "")
