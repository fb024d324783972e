"""The signs of a failure in the training window: a message, and a mark on the page on which it can be fixed."""

from __future__ import annotations

from collections.abc import Callable

from ..messages import tr
from ..widgets.message_line import MessageLine
from .form.form import TrainingForm
from .form.problems import Page
from .step_list import StepList


class FailureSigns:
    """Shows why a training or a preview of the split failed."""

    def __init__(self, steps: StepList, messages: MessageLine, show_page: Callable[[Page], None]) -> None:
        self._steps, self._messages, self._show_page = steps, messages, show_page
        self._of_split = ""  # the error of the last preview, if it failed

    def show(self, wrong: str, form: TrainingForm, of_split: bool = False) -> None:
        """Show an error, and mark the page on which it can be fixed, if there is one."""
        self._of_split = wrong if of_split else ""
        page = self._steps.mark_failure(wrong, form)
        if page is None:
            self._messages.show(wrong)
            return
        title = self._steps.item(page.value).text()
        self._messages.show(
            wrong, action=tr("Go to {page}").format(page=title), on_action=lambda: self._show_page(page)
        )

    def forget_split(self) -> None:
        """Remove the signs of the preview that failed, because another one has succeeded."""
        if self._of_split:
            self._steps.forget_failure(self._of_split)
            if self._messages.text() == self._of_split:
                self._messages.clear()
            self._of_split = ""
