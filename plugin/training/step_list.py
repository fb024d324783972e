"""The steps of the training window, each with a status mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ..messages import tr
from ..widgets import icons
from .form.failures import page_of_failure, part_of_page
from .form.form import TrainingForm
from .form.problems import Page
from .form.verdict import Verdict
from .pages import words


@dataclass(frozen=True)
class _Failure:
    page: Page
    part: object  # of the form, when it failed
    wrong: str


class StepList(QListWidget):
    """One row per page, in the order of :class:`Page`."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._failure: Optional[_Failure] = None
        self.setFixedWidth(130)
        self.setIconSize(QSize(18, 18))
        titles = {
            Page.SENSORS: tr("Sensors"),
            Page.LABELS: tr("Labels"),
            Page.TRAINING: tr("Training"),
            Page.RUN: tr("Run"),
        }
        for page in Page:
            self.addItem(QListWidgetItem(titles[page]))

    def show_verdict(self, verdict: Verdict, form: TrainingForm, has_model: bool, is_running: bool) -> None:
        """Mark each page that has problems, and the last one if a training succeeded.

        The mark of a failure stays until its page is edited, or a training begins.
        """
        failure = self._failure
        if failure is not None and (is_running or part_of_page(form, failure.page) != failure.part):
            self._failure = None
        for page in Page:
            issues = verdict.of_page(page)
            icon = icons.warning() if issues else icons.done()
            if page is Page.RUN:
                icon = icons.done() if has_model else icons.blank()
            self.item(page.value).setIcon(icon)
            self.item(page.value).setToolTip("\n".join(words.issue_sentence(issue) for issue in issues))
        self._show_failure()

    def mark_failure(self, wrong: str, form: TrainingForm) -> Optional[Page]:
        """Mark and return the page on which the cause of a failed training can be fixed; None if there is none."""
        page = page_of_failure(wrong)
        if page is not None:
            self._failure = _Failure(page, part_of_page(form, page), wrong)
            self._show_failure()
        return page

    def forget_failure(self, wrong: str) -> None:
        """Let the next verdict remove the mark of this failure."""
        if self._failure is not None and self._failure.wrong == wrong:
            self._failure = None

    def _show_failure(self) -> None:
        if self._failure is not None:
            item = self.item(self._failure.page.value)
            item.setIcon(icons.warning())
            item.setToolTip(self._failure.wrong)
