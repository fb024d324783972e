"""The runs of a training: everything that is compared, on every split."""

from __future__ import annotations

from dataclasses import replace

from ...contract import Effort, Method, TrainJob
from ...learning.fit import (
    Checkpoints,
    Settings,
    TrainedNetwork,
    TrainingData,
    trainings_at_once,
    use_one_core,
    with_recipe,
)
from ...learning.tasks import main_score_name
from ...model import NetworkDesign, averaged
from ...process import Reporter, TaskPool, finish_asked
from ...samples.labels import LabelSpace
from .. import (
    Chosen,
    Comparison,
    Experiment,
    Pace,
    TrainingProgress,
    TrainingResults,
    predict_test,
    train_all,
)
from .samples import TrainingInputs

RESUMED = "Resuming an interrupted training of the same job from its last checkpoint; its epochs are logged again."


def settings_of(job: TrainJob, space: LabelSpace, device: str) -> Settings:
    """The training settings of a job's networks."""
    design = NetworkDesign(job.series_encoder, job.image_encoder, job.spectral)
    settings = Settings(
        epochs=job.epochs,
        batch_size=job.batch_size,
        learning_rate=job.learning_rate,
        class_weight=job.class_weight,
        seed=job.seed,
        device=device,
        outputs=space.outputs,
        design=averaged(design) if job.method is Method.AUTO and job.effort is not Effort.THOROUGH else design,
        weights=job.loss,
        optimize=job.optimize,
        unlabelled_use=job.unlabelled_use,
        shares=space.shares,
    )
    return with_recipe(settings)


def pace_of(job: TrainJob, runs: int) -> Pace:
    """The time available for a job's training of ``runs`` runs, from now on."""
    return Pace(job.effort, job.time_budget_min, finish_asked, refits=job.use_all_labels, runs=runs)


def pool_of(job: TrainJob, data: TrainingData, settings: Settings) -> TaskPool[TrainedNetwork]:
    """Where the networks of a job are trained.

    The many of ``auto`` side by side, each by one core, so that the number of cores changes no result. Few trainings,
    and those on a GPU, one after the other; under a time budget, too: it is planned by what an epoch takes then.
    """
    many = job.method is Method.AUTO and job.effort is not Effort.QUICK and len(data.sensor_names()) > 1
    if not many or settings.device != "cpu" or job.time_budget_min is not None:
        return TaskPool()
    use_one_core()
    return TaskPool(trainings_at_once(data.samples, settings), use_one_core)


def train_on_splits(
    job: TrainJob,
    inputs: TrainingInputs,
    settings: Settings,
    pace: Pace,
    checkpoints: Checkpoints,
    pool: TaskPool[TrainedNetwork],
    reporter: Reporter,
) -> TrainingResults:
    """Train everything that is compared, on every split; keep the first run's networks and all test predictions."""
    data, splits = inputs.data, inputs.plan.splits
    sensors, metric = len(data.sensor_names()), main_score_name(data.samples.task, job.optimize)
    progress = TrainingProgress.of(job, metric, sensors, len(splits), bool(data.unlabelled), reporter)
    trees_only = job.method is Method.AUTO and job.unlabelled_samples is None
    first: Comparison | None = None
    held_out, chosen = [], []
    if checkpoints.found():
        reporter.info("resumed", RESUMED)
    for number, (seed, split) in enumerate(splits):
        if first and first.plan and number >= first.plan.runs:
            _log_runs_left_out(number, len(splits), "there is no time for the others", reporter)
            break
        if len(splits) > 1:
            reporter.info("run", f"Run {number + 1} of {len(splits)}, with the seed {seed}.")
        kept, seeded = checkpoints.within(str(number)), replace(settings, seed=seed)
        experiment = Experiment(data, split, seeded, progress, kept, trees_only, on_fitted=progress.fitted, pool=pool)
        say, plan = progress.replan if first else progress.say, first.plan if first else None
        comparison = train_all(experiment, job.method, pace, say, plan)
        if first and comparison.ended:
            _log_runs_left_out(number, len(splits), "the others were ended early", reporter)
            break
        first = first or comparison
        _log_failed(comparison, reporter)
        held_out.append(predict_test(comparison, data.samples, split, seed))
        chosen.append(Chosen.by(comparison, data.samples, split, settings))
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
