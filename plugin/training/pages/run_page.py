"""The page of the run: stage, remaining time, curves, log; at the end the cards and the next steps."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ....engine.contract import CoLearnError, Effort, Epoch, Interim, Progress, Task
from ...messages import sentence, tr
from ...model_card import read_manifest
from ..form.effort import effort_of
from ..form.progress.cards import in_percent
from ..form.progress.remaining import seconds_left
from ..session.session import Session
from . import words
from .card_view import CardView
from .curve_view import CurveView, stage_words

MOST_LINES = 5000


class RunPage(QWidget):
    """The run of a session."""

    map_wanted = pyqtSignal()
    report_wanted = pyqtSignal()
    errors_wanted = pyqtSignal()
    again_wanted = pyqtSignal()

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stage = ""
        self._warnings = 0  # in the log
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        self.stage_label = QLabel(tr("Not started. Press “Train” when everything is set."))
        self.stage_label.setWordWrap(True)
        self.stage_label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(self.stage_label)
        layout.addLayout(self._progress())
        self.cards = CardView()
        layout.addWidget(self.cards)
        layout.addWidget(self._next_steps())
        self.curves = CurveView()
        layout.addWidget(self.curves, 1)
        layout.addWidget(self._log())
        session.began.connect(self._on_began)
        session.progressed.connect(self._on_event)
        session.line.connect(self._on_line)
        session.ended.connect(self._on_ended)
        self._show_end(False)

    def log_text(self) -> str:
        """All lines of the log."""
        return self.log.toPlainText()

    # Building ------------------------------------------------------------------------------------------------------

    def _progress(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setFormat("%p %")  # as percentages are written elsewhere
        row.addWidget(self.bar, 1)
        self.finish_button = QPushButton(tr("Finish now"))
        self.finish_button.setAutoDefault(False)
        self.finish_button.setToolTip(
            tr("Ends the training early: the model is made from what is trained so far, and tested as usual")
        )
        self.finish_button.clicked.connect(lambda _checked=False: self._on_finish())
        row.addWidget(self.finish_button)
        return row

    def _next_steps(self) -> QWidget:
        self._next = QWidget()
        row = QHBoxLayout(self._next)
        row.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, QPushButton] = {}
        for name, text, signal in (
            ("map", tr("Make a map…"), self.map_wanted),
            ("report", tr("Open report"), self.report_wanted),
            ("errors", tr("Show test errors on the map"), self.errors_wanted),
            ("again", tr("Train longer"), self.again_wanted),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, signal=signal: signal.emit())
            row.addWidget(button)
            self.buttons[name] = button
        row.addStretch()
        return self._next

    def _log(self) -> QgsCollapsibleGroupBox:
        self.log_box = box = QgsCollapsibleGroupBox(words.log_title(0))
        box.setObjectName("log")  # QGIS remembers by it whether the box is folded, else by the title
        inside = QVBoxLayout(box)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(MOST_LINES)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setMinimumHeight(120)
        inside.addWidget(self.log)
        box.setCollapsed(True)
        return box

    # Events --------------------------------------------------------------------------------------------------------

    def _on_began(self) -> None:
        self._show_end(False)
        self.log.clear()
        self._count_warnings(0)
        self.curves.show_references({})
        self.curves.order_sensors([sensor.name for sensor in self._session.form.sensors])
        self.curves.expect_networks(effort_of(self._session.form.settings) is not Effort.QUICK)
        self.curves.show_curves(self._session.training.curves, self._percent())
        self._stage = tr("Starting the engine")
        self.bar.setRange(0, 0)  # busy, until the engine reports progress
        self._show_stage()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self._stage = stage_words(event.stage) or self._stage
            self._show_share(event.fraction)
        elif isinstance(event, Epoch):
            self.curves.show_curves(self._session.training.curves, self._percent())
        elif isinstance(event, Interim):
            self._on_interim()
        self._show_stage()

    def _show_share(self, fraction: float) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(int(1000 * fraction))

    def _on_interim(self) -> None:
        """Show the card of a finished predictor, and allow ending the training here."""
        interims = self._session.training.interims
        order = [sensor.name for sensor in self._session.form.sensors]
        self.cards.show_interims({name: interims[name] for name in order if name in interims})
        self.cards.setVisible(True)
        self.finish_button.setVisible(not self._session.training.is_finishing)

    def _on_finish(self) -> None:
        self._session.finish()
        self.finish_button.setVisible(False)
        self._show_stage()

    def _on_line(self, kind: str, text: str) -> None:
        prefix = {"warning": "⚠ ", "error": "✗ ", "stage": "▶ "}.get(kind, "")
        self.log.appendPlainText(prefix + text)
        self._count_warnings(self._warnings + (kind == "warning"))

    def _count_warnings(self, count: int) -> None:
        """Show in the title how many warnings a folded log hides."""
        self._warnings = count
        self.log_box.setTitle(words.log_title(count))

    def _on_ended(self, succeeded: bool, model: str, wrong: str) -> None:
        self._show_end(False)
        self._show_share(1.0 if succeeded else self._session.training.share)
        if not succeeded:
            cancelled = self._session.training.run is not None and self._session.training.run.is_cancelled
            self.stage_label.setText(
                tr("Cancelled.") if cancelled else tr("Failed: {why}").format(why=wrong.partition("\n\n")[0])
            )
            return
        took = self._session.training.run.elapsed_s() if self._session.training.run else 0.0
        self.stage_label.setText(tr("Trained in {time}: {model}").format(time=words.duration(took), model=model))
        try:
            manifest = read_manifest(model)
        except CoLearnError as error:
            self.stage_label.setText(sentence(error))
            return
        self.cards.show_model(manifest)
        references = {each.name: each.score.reference.value for each in manifest.sensors if each.score.reference}
        self.curves.show_references(references)
        self.curves.show_curves(self._session.training.curves, in_percent(manifest))
        self.buttons["report"].setEnabled("OUTPUT_REPORT" in self._session.training.outputs)
        self.buttons["errors"].setEnabled("OUTPUT_SAMPLES" in self._session.training.outputs)
        self._show_end(True)

    def _show_stage(self) -> None:
        run = self._session.training.run
        if run is None:
            return
        training = self._session.training
        left = seconds_left(training.share, training.reached_s, run.elapsed_s())
        remaining = tr(" – about {time} left").format(time=words.duration(left)) if left is not None else ""
        if self._session.training.is_finishing:
            remaining = tr(" – finishing")
        self.stage_label.setText(f"{self._stage}{remaining}")

    def _percent(self) -> bool:
        task, measured = self._session.form.settings.get("task"), self._session.reading.facts.measured
        return not measured and (task is Task.AUTO or bool(task.in_percent))

    def _show_end(self, shown: bool) -> None:
        self.cards.setVisible(shown)
        self.finish_button.setVisible(False)
        self._next.setVisible(shown)
