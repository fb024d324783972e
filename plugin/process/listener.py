"""Engine events as Processing feedback."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Union

from qgis.core import QgsProcessingFeedback

from ...engine.contract import (
    Epoch,
    Event,
    Interim,
    Level,
    Message,
    Planned,
    Progress,
    Started,
    metric_text,
    score_text,
    shown_text,
)
from ..messages import tr

_MOST_MESSAGE = 4000  # characters
_COUNT = re.compile(r"\W*(?:\b(?:block|part|sensor|fold|run) )?\d+ of \d+$", re.IGNORECASE)


class FeedbackListener:
    """Shows the engine's events through a Processing feedback."""

    def __init__(self, feedback: QgsProcessingFeedback, words: Callable[[str], str] = str) -> None:
        """``words`` rewrites a message in the terms of the form."""
        self._feedback = feedback
        self._words = words
        self.epochs = 0  # epochs logged: after the second, the checkpoint of the first is on disk
        self._stage = ""
        self._stages: set[str] = set()  # logged since the last line between stages

    def is_cancelled(self) -> bool:
        """Whether the person has pressed Cancel."""
        return self._feedback.isCanceled()

    def is_finish_wanted(self) -> bool:
        """Whether the user wants to end with a model of what is finished; only CoLearn's own window offers that."""
        wanted = getattr(self._feedback, "is_finish_wanted", None)
        return bool(wanted is not None and wanted())

    def on_event(self, event: Event) -> None:
        """Show one event; CoLearn's own windows also receive the event itself."""
        receive = getattr(self._feedback, "on_event", None)
        if receive is not None:
            receive(event)
        if isinstance(event, Progress):
            self._show_progress(event)
        elif isinstance(event, Message):
            self._show_message(event)
        elif isinstance(event, Epoch):
            self.epochs += 1
            self._feedback.pushInfo(epoch_line(event))
        elif isinstance(event, Interim):
            line = tr("{sensor}: {predictor} finished, validation {metric} {score}")
            predictor, sensor = shown_text(event.predictor), shown_text(event.sensor)
            self._feedback.pushInfo(line.format(sensor=sensor, predictor=predictor, **_validation(event)))
        elif isinstance(event, Planned):
            line = planned_line(event)
            if line:
                self._feedback.pushInfo(line)
        elif isinstance(event, Started):
            self._feedback.pushDebugInfo(f"CoLearn engine {event.version}: {event.journey}")

    def on_noise(self, line: str) -> None:
        """Log output that is not an event as debug information."""
        self._feedback.pushDebugInfo(shown_text(line, _MOST_MESSAGE))

    def _show_progress(self, progress: Progress) -> None:
        self._feedback.setProgress(100.0 * progress.fraction)
        stage = shown_text(_COUNT.sub("", progress.stage))
        is_new = stage not in self._stages | {self._stage}
        self._stage = stage or self._stage
        if is_new and stage:  # dialogs keep these texts in their log: each stage once, not per block or round
            self._stages.add(stage)
            self._feedback.setProgressText(stage)

    def _show_message(self, message: Message) -> None:
        self._stages.clear()
        if message.level is Level.WARNING:
            self._feedback.pushWarning(shown_text(self._words(message.text), _MOST_MESSAGE))
        else:
            self._feedback.pushInfo(shown_text(self._words(message.text), _MOST_MESSAGE))


def epoch_line(epoch: Epoch) -> str:
    """One epoch as a line of text."""
    return tr(
        "{training}, epoch {epoch}/{epochs}: training loss {train:.3f}, validation loss {validation:.3f}, "
        "validation {metric} {score}"
    ).format(
        training=shown_text(epoch.training),
        epoch=epoch.epoch,
        epochs=epoch.epochs,
        train=epoch.train_loss,
        validation=epoch.validation_loss,
        **_validation(epoch),
    )


def planned_line(planned: Planned) -> str:
    """What is going to be trained as one line of text; empty where the training ends early, which is logged itself."""
    if planned.is_last:
        return ""
    if not planned.networks:
        return tr("Planned: forests only.")
    every = tr("; a network on all sensors") if planned.fused else ""
    runs = tr("; {runs} runs").format(runs=planned.runs) if planned.runs > 1 else ""
    line = tr("Planned networks per sensor: {networks}, of {epochs} epochs each{every}{runs}.")
    return line.format(networks=planned.networks, epochs=planned.epochs, every=every, runs=runs)


def _validation(event: Union[Epoch, Interim]) -> dict[str, str]:
    """The validation score of an event, with the name of its metric."""
    metric = metric_text(shown_text(event.metric)) or tr("score")
    return {"metric": metric, "score": score_text(event.score, event.metric)}
