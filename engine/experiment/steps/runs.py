"""The runs of a training: everything that is compared, on every split."""

from __future__ import annotations

from dataclasses import replace

from ...contract import Method
from ...process import Reporter
from .. import Chosen, Comparison, Experiment, TrainingProgress, TrainingResults, predict_test, train_all
from .setup import TrainingSetup

RESUMED = "Resuming an interrupted training of the same job from its last checkpoint; its epochs are logged again."


def train_on_splits(setup: TrainingSetup, reporter: Reporter) -> TrainingResults:
    """Train everything that is compared, on every split; keep the first run's networks and all test predictions."""
    job, data, splits = setup.job, setup.data, setup.inputs.plan.splits
    sensors = len(data.sensor_names())
    progress = TrainingProgress.of(job, setup.metric, sensors, len(splits), bool(data.unlabelled), reporter)
    trees_only = job.method is Method.AUTO and job.unlabelled_samples is None
    first: Comparison | None = None
    held_out, chosen = [], []
    if setup.checkpoints.found():
        reporter.info("resumed", RESUMED)
    for number, (seed, split) in enumerate(splits):
        if first and first.plan and number >= first.plan.runs:
            _log_runs_left_out(number, len(splits), "there is no time for the others", reporter)
            break
        if len(splits) > 1:
            reporter.info("run", f"Run {number + 1} of {len(splits)}, with the seed {seed}.")
        kept, seeded = setup.checkpoints.within(str(number)), replace(setup.settings, seed=seed)
        experiment = Experiment(
            data, split, seeded, progress, kept, trees_only, on_fitted=progress.fitted, pool=setup.pool
        )
        say, plan = progress.replan if first else progress.say, first.plan if first else None
        comparison = train_all(experiment, job.method, setup.pace, say, plan)
        if first and comparison.ended:
            _log_runs_left_out(number, len(splits), "the others were ended early", reporter)
            break
        first = first or comparison
        _log_failed(comparison, reporter)
        held_out.append(predict_test(comparison, data.samples, split, seed))
        chosen.append(Chosen.by(comparison, data.samples, split, setup.settings))
        if comparison.ended:
            break
    if first is None:
        raise ValueError("no split to train on")
    return TrainingResults(first, tuple(held_out), chosen=Chosen.over(chosen))


def _log_failed(comparison: Comparison, reporter: Reporter) -> None:
    for method, error in comparison.failed.items():
        reporter.warning("method_failed", f"The method {method.value} failed: found {error.found}. {error.remedy}")


def _log_runs_left_out(number: int, runs: int, why: str, reporter: Reporter) -> None:
    reporter.warning("runs_left_out", f"Scores are of {number} of {runs} runs: {why}.")
