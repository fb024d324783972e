"""What the log of a run shows of the engine's events."""

from colearn.engine.contract.wire.events import Level, Message, Planned, Progress
from colearn.plugin.process.listener import FeedbackListener
from qgis.core import QgsProcessingFeedback


def test_the_log_says_what_is_planned_and_leaves_the_early_end_to_its_warning():
    lines = []

    class Feedback(QgsProcessingFeedback):
        def pushInfo(self, info):  # noqa: N802
            lines.append(info)

    listener = FeedbackListener(Feedback())
    for plan in (
        Planned(3, 40, fused=True, runs=5),
        Planned(2, 8),
        Planned(0, 40),
        Planned(1, 40, finished=1, is_last=True),
    ):
        listener.on_event(plan)
    assert lines == [
        "Planned networks per sensor: 3, of 40 epochs each; a network on all sensors; 5 runs.",
        "Planned networks per sensor: 2, of 8 epochs each.",
        "Planned: forests only.",
    ]


def test_stages_that_take_turns_are_logged_once():
    """Random samples are read in rounds, sensor by sensor: a dozen rounds were two dozen lines."""
    lines = []

    class Feedback(QgsProcessingFeedback):
        def pushInfo(self, info):  # noqa: N802
            lines.append(info)

        def setProgressText(self, text):  # noqa: N802
            lines.append(text)

    listener = FeedbackListener(Feedback())
    for stage in ("Reading a", "Reading b", "Reading a", "Reading b"):
        listener.on_event(Progress(0.1, stage))
    listener.on_event(Message(Level.INFO, "found", "Samples found."))
    for stage in ("Reading b", "Reading a", "Training"):
        listener.on_event(Progress(0.2, stage))
    assert lines == ["Reading a", "Reading b", "Samples found.", "Reading a", "Training"]
