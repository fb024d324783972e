"""``auto``: forests first, then networks one by one; at any time there is an average and an equally large control.

The co-learned average and its control grow together: each network of a method is matched by one trained alone from
another seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..contract import (
    CoLearnError,
    Effort,
    EngineError,
    Epoch,
    InputError,
    Interim,
    Level,
    Message,
    Method,
    Planned,
    about,
    score_text,
)
from ..learning.fit import Checkpoints
from ..learning.tasks import main_score_name
from ..predictors import AveragePredictor, FusedPredictor
from .methods import AVERAGED, Experiment, MethodResult
from .pace import MEASURED_EPOCHS, EndedEarly, Pace, Plan

Say = Callable[["Interim | Message | Planned"], None]


def unsaid(_event: Interim | Message | Planned) -> None:
    """Ignore an event, if there is no listener."""


@dataclass
class Averaging:
    """The state of one run of ``auto``.

    ``tried`` are the methods besides *alone* whose networks co-learn, ``failed`` those that could not be trained;
    ``with_fused``: whether the reference with all sensors at once is trained, too.
    ``plan`` is what is trained, once determined: the same in all runs of a training, so that all scores refer to the
    same. ``network`` is each sensor's first network alone, ``together`` and ``alone`` are the averages. ``ended``:
    not everything was trained.
    """

    experiment: Experiment
    pace: Pace
    say: Say = unsaid
    with_fused: bool = True
    plan: Plan | None = None
    tried: list[MethodResult] = field(default_factory=list)
    failed: dict[Method, CoLearnError] = field(default_factory=dict)
    network: MethodResult | None = None
    fused: FusedPredictor | None = None
    ended: bool = False
    together: MethodResult | None = field(init=False, default=None)
    alone: MethodResult = field(init=False)

    def run(self) -> None:
        """Train as much as the effort, the time budget and the user allow.

        Raises:
            CoLearnError: as :meth:`.methods.Experiment.train`; for methods other than *alone* only if all of them fail.
        """
        started = time.monotonic()
        self._average([], [])
        self._say_weak_teachers()
        self._say_features()
        if self.pace.effort is not Effort.QUICK:
            try:
                self.plan = self.plan or self._plan(time.monotonic() - started)
                self._say_plan(self.plan, finished=0)
                self._train(self.plan)
            except EndedEarly:
                self._end_early()
            finally:
                self.experiment.pool.abandon()
        self._calibrate()

    @property
    def _several(self) -> bool:
        return len(self.experiment.data.sensor_names()) > 1

    def _train(self, plan: Plan) -> None:
        if not plan.networks:
            return
        trained = self._with_epochs(plan.epochs)
        self._begin_all(trained, plan)
        self.network = trained.calibrated(trained.train(Method.ALONE))
        co_learned, control = [self.network], [self.network]
        self._average(co_learned, control)
        for number, method in self._co_learned(plan):
            self.pace.check()
            try:
                result = trained.train(method)
            except (InputError, EngineError) as error:
                self.failed[method] = error
                self._say_plan(plan, finished=len(co_learned))
                continue
            control.append(trained.calibrated(trained.train(Method.ALONE, number)))
            co_learned.append(trained.calibrated(result))
            self.tried.append(result)
            self._average(co_learned, control)
        if self.failed and not self.tried:
            raise next(iter(self.failed.values()))
        if self._trains_fused(plan):
            validation = self.experiment.data.samples.take(self.experiment.split.validation)
            self.fused = trained.train_fused().calibrated(validation)

    def _co_learned(self, plan: Plan) -> list[tuple[int, Method]]:
        """The methods besides *alone*, each with the number of its network in the average."""
        return list(enumerate(AVERAGED[: plan.networks - 1], 2)) if self._several else []

    def _begin_all(self, trained: Experiment, plan: Plan) -> None:
        """Begin every training side by side, in about the order in which :meth:`_train` waits for them.

        The reference with all sensors, the longest but MDiCo, begins once the first two networks have: begun last, it
        would be trained by one core while the others wait.
        """
        if trained.pool.workers == 1:
            return
        trained.begin(Method.ALONE)
        for number, method in self._co_learned(plan):
            with suppress(InputError, EngineError):  # found again where it is waited for
                trained.begin(method)
            trained.begin(Method.ALONE, number)
            if method is AVERAGED[0] and self._trains_fused(plan):
                trained.begin_fused()

    def _trains_fused(self, plan: Plan) -> bool:
        return plan.fused and self.with_fused and self._several

    def _say_plan(self, plan: Plan, finished: int) -> None:
        networks = plan.networks - len(self.failed)
        self.say(Planned(networks, plan.epochs, self._trains_fused(plan), plan.runs, finished))

    def _with_epochs(self, epochs: int) -> Experiment:
        """The experiment with these epochs; itself if unchanged, because it has cached its teachers."""
        settings = self.experiment.settings
        if epochs == settings.epochs:
            return self.experiment
        kept = self.experiment.checkpoints.within(f"{epochs} epochs")  # after a kill another number may be affordable
        return replace(self.experiment, settings=replace(settings, epochs=epochs), checkpoints=kept)

    def _say_weak_teachers(self) -> None:
        for name, predictor in (self.together.predictors if self.together else {}).items():
            if isinstance(predictor, AveragePredictor) and len(predictor.of_forests) == 1:
                sentence = (
                    f"{name}: all training samples belong to one group, so no teacher can predict samples that it "
                    f"was not fitted on; the forests learn from labels only. Add labels at more locations that it "
                    f"covers."
                )
                self.say(Message(Level.WARNING, "teacher_missing", sentence))
        for name, (every, own) in self.experiment.weak_teachers.items():
            sentence = (
                f"{name}: out of fold, a forest on all sensors scores lower ({self._score(every)}) than a "
                f"forest on {name} alone ({self._score(own)}), by more than one standard error. So the latter "
                f"is the teacher of {name}."
            )
            self.say(Message(Level.INFO, "teacher_weak", sentence))

    def _say_features(self) -> None:
        for name, (rich, usual) in self.experiment.rich_features.items():
            sentence = (
                f"{name}: out of fold, a forest that also uses differences between dates, harmonics and quartiles "
                f"scores higher ({self._score(rich)}) than without ({self._score(usual)}), by more than "
                f"one standard error. So the forests of {name} use these features."
            )
            self.say(Message(Level.INFO, "features_rich", sentence))

    def _score(self, value: float) -> str:
        """A main score as text."""
        return score_text(value, main_score_name(self.experiment.data.samples.task, self.experiment.settings.optimize))

    def _average(self, co_learned: list[MethodResult], control: list[MethodResult]) -> None:
        experiment = self.experiment
        alone = experiment.average(control, co_learned=False)
        together = experiment.average(co_learned, co_learned=True) if self._several else None
        self.together, self.alone = together, alone
        latest = together or alone
        for name, predictor in latest.predictors.items():
            self.say(Interim(predictor.describe(), name, latest.validation[name]))

    def _calibrate(self) -> None:
        """Calibrate the last averages: earlier ones are only scored."""
        self.alone = self.experiment.calibrated(self.alone)
        self.together = self.experiment.calibrated(self.together) if self.together else None

    def _plan(self, forests_s: float) -> Plan:
        """What is trained; with a time budget, as much as the first epochs show to be possible."""
        settings = self.experiment.settings
        whole = Plan(len(AVERAGED) + 1 if self._several else 1, settings.epochs, runs=self.pace.runs)
        if self.pace.minutes is None:
            return whole
        self.pace.check()
        epoch_s = _epoch_s(self.experiment, self.pace)
        all_labels = len(self.experiment.data.samples) / max(len(self.experiment.split.train), 1)
        plan = self.pace.affordable(epoch_s, whole.epochs, whole.networks, forests_s, all_labels)
        if plan != whole:
            self.say(Message(Level.WARNING, "time_budget", _budget_text(self.pace, epoch_s, plan, whole)))
        return plan

    def _end_early(self) -> None:
        self.ended = True
        finished = len(self.tried) + 1 if self.network else 0
        epochs = self.plan.epochs if self.plan else self.experiment.settings.epochs
        self.say(Planned(finished, epochs, finished=finished, is_last=True))
        asked = self.pace.finish_asked()
        why = (
            "Early finish was requested"
            if asked
            else (f"The time budget of {self.pace.minutes:g} minutes (TIME_BUDGET_MIN) is used up")
        )
        held = "; ".join(f"{name} {each.describe()}" for name, each in (self.together or self.alone).predictors.items())
        self.say(Message(Level.WARNING, "ended_early", f"{why}: the finished networks and forests are used ({held})."))


def _epoch_s(experiment: Experiment, pace: Pace) -> float:
    """Seconds per epoch of every sensor alone, without the first one, which is a warm-up."""
    total, last = 0.0, pace.clock()

    def on_epoch(epoch: Epoch) -> None:
        nonlocal total, last
        now = pace.clock()
        total += now - last if epoch.epoch > 1 else 0.0
        last = now
        pace.check()

    settings = replace(experiment.settings, epochs=MEASURED_EPOCHS)
    replace(experiment, settings=settings, on_epoch=on_epoch, checkpoints=Checkpoints()).train(Method.ALONE)
    return total / (MEASURED_EPOCHS - 1)


def _budget_text(pace: Pace, epoch_s: float, plan: Plan, whole: Plan) -> str:
    sentence = (
        f"One epoch of every sensor alone takes {about(epoch_s, 2)} s, and {max(pace.left_s, 0) / 60:.1f} of the "
        f"{pace.minutes:g} minutes of "
    )
    sentence += "TIME_BUDGET_MIN are left. "
    if not plan.networks:
        return f"{sentence}That is too short to train a network: the model consists of forests only."
    plural, verb = "s" if whole.networks > 1 else "", "are" if plan.networks > 1 else "is"
    networks = f"{plan.networks} of {whole.networks} network{plural} per sensor {verb}"
    left_out = "" if plan.fused or whole.networks == 1 else "; the fused reference network is skipped"
    left_out += f"; {plan.runs} of {whole.runs} runs are scored" if plan.runs < whole.runs else ""
    return (
        f"{sentence}Therefore {networks} trained, for {plan.epochs} of {whole.epochs} epochs{left_out}. This depends "
        f"on the speed of the computer."
    )
