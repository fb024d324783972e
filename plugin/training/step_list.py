"""The steps of the training window, each with a status mark."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ..messages import tr
from ..widgets import icons
from .form.failures import page_of_failure
from .form.problems import Page
from .form.verdict import Verdict
from .pages import words


class StepList(QListWidget):
    """One row per page, in the order of :class:`Page`."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
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

    def show_verdict(self, verdict: Verdict, has_model: bool) -> None:
        """Mark each page that has problems, and the last one if a training succeeded."""
        for page in Page:
            issues = verdict.of_page(page)
            icon = icons.warning() if issues else icons.done()
            if page is Page.RUN:
                icon = icons.done() if has_model else icons.blank()
            self.item(page.value).setIcon(icon)
            self.item(page.value).setToolTip("\n".join(words.issue_sentence(issue) for issue in issues))

    def mark_failure(self, wrong: str) -> Optional[Page]:
        """Mark and return the page on which the cause of a failed training can be fixed; None if there is none."""
        page = page_of_failure(wrong)
        if page is not None:
            self.item(page.value).setIcon(icons.warning())
            self.item(page.value).setToolTip(wrong)
        return page
