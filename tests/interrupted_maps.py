"""Maps that are interrupted when so many parts are done."""

from __future__ import annotations

from pathlib import Path

import pytest
from colearn.engine.contract.job.sources import Extent
from colearn.engine.contract.wire.events import Progress
from colearn.engine.parts.plan.execution import Execution
from colearn.engine.predict import predict
from colearn.engine.process.reporting import Reporter

from journeys import Listening
from runs_in_parts import PART_PX, parts_folders
from world import EPSG, NORTH, WEST

EXECUTION = Execution(part_px=int(PART_PX))


MIDDLE = Extent(WEST + 100, NORTH - 900, WEST + 900, NORTH - 100, f"EPSG:{EPSG}")


class Interrupted(BaseException):
    """The end of a process, as far as it can be had without one."""


class Interrupting(Listening):
    """A sink that ends the run when so many parts are done."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def send(self, event) -> None:
        super().send(event)
        if isinstance(event, Progress) and event.stage.startswith(f"Part {self.parts} "):
            raise Interrupted


def run(job, execution: Execution = EXECUTION) -> Listening:
    sink = Listening()
    predict(job, Reporter(sink), execution)
    return sink


def interrupt(job, parts: int) -> Path:
    """Run a job until so many parts are done; returns their folder."""
    with pytest.raises(Interrupted):
        predict(job, Reporter(Interrupting(parts)), EXECUTION)
    (folder,) = parts_folders(Path(job.output).parent)
    return folder
