"""Steps of an installation: one after the other, shown, ended by a failure or a person."""

import sys
import time

from colearn.plugin.process import installation
from colearn.plugin.process.installation import Step
from colearn.plugin.setup.step_runner import StepRunner
from qgis.core import QgsApplication

from deadlines import on_this_machine


def say(text, exit_code=0):
    code = f"import sys; print({text!r}); sys.exit({exit_code})"
    return Step(text, (sys.executable, "-c", code))


class Outcome:
    def __init__(self, runner):
        self.lines = []
        self.ends = []
        runner.line.connect(self.lines.append)
        runner.finished.connect(lambda succeeded, message: self.ends.append((succeeded, message)))

    def wait(self):
        deadline = time.monotonic() + 60
        while not self.ends and time.monotonic() < deadline:
            QgsApplication.processEvents()
            time.sleep(0.01)
        return self


def run_steps(*steps):
    runner = StepRunner(steps, installation.installation_environment())
    outcome = Outcome(runner)
    runner.start()
    return runner, outcome


def test_steps_run_in_order_and_show_their_output(provider):
    _runner, outcome = run_steps(say("one"), say("zwei ü"))
    assert outcome.wait().ends == [(True, "Done.")]
    assert outcome.lines == ["▶ one", "one", "▶ zwei ü", "zwei ü"]


def test_failed_step_ends_it(provider):
    _runner, outcome = run_steps(say("one", 3), say("never"))
    assert not outcome.wait().ends[0][0]
    assert "exit code 3" in outcome.ends[0][1]
    assert "never" not in outcome.lines


def test_step_that_does_not_start_ends_it(provider):
    _runner, outcome = run_steps(Step("gone", ("/nowhere/python",)))
    assert [succeeded for succeeded, _message in outcome.wait().ends] == [False]


def test_cancel_ends_the_running_step(provider):
    sleep = Step("sleep", (sys.executable, "-c", "import time; print('asleep', flush=True); time.sleep(60)"))
    runner, outcome = run_steps(sleep, say("never"))
    deadline = time.monotonic() + 60
    while "asleep" not in outcome.lines and time.monotonic() < deadline:
        QgsApplication.processEvents()
    cancelled_at = time.monotonic()
    runner.cancel()
    assert outcome.wait().ends == [(False, "Cancelled.")]
    assert time.monotonic() - cancelled_at < on_this_machine(1)
