"""Fast copies of the averages that a training ships, where there is time for them."""

from __future__ import annotations

from dataclasses import replace

from ...contract import Effort, Method, TrainJob
from ...learning.fit import Checkpoints, Settings
from ...learning.tasks import main_score_name
from ...process import Reporter, finish_asked
from .. import EndedEarly, Pace, TrainingProgress, TrainingResults
from ..graphs import fast_copies
from .samples import TrainingInputs


def with_copies(
    job: TrainJob,
    results: TrainingResults,
    inputs: TrainingInputs,
    settings: Settings,
    checkpoints: Checkpoints,
    reporter: Reporter,
) -> TrainingResults:
    """The results with a network for every average that is shipped, which maps in less time, where there is time."""
    if not results.first.averaged:
        return results
    why = _no_time_for_copies(job, results)
    if why:
        reporter.info(
            "fast_copy", f"The model file contains no fast copy: {why}. Mapping takes as long as with the average."
        )
        return results
    data, split = inputs.data, inputs.plan.first
    if job.unlabelled_samples is None:  # a copy of full width would take its time over them
        data = replace(data, unlabelled=None)
    metric = main_score_name(data.samples.task, settings.optimize)
    progress = TrainingProgress(Method.ALONE, 1, len(data.sensor_names()), reporter, metric=metric)
    on_epoch = Pace(finish_asked=finish_asked).checked(progress)
    try:
        copies = fast_copies(results.first, data, split, settings, on_epoch, checkpoints.within("fast copies"))
    except EndedEarly:
        reporter.warning("fast_copy", "Early finish was requested: the model file contains no fast copy.")
        return results
    return replace(results, copies=copies)


def _no_time_for_copies(job: TrainJob, results: TrainingResults) -> str:
    """Why no network learns from the averages that are shipped; empty where one does."""
    if job.effort is Effort.QUICK:
        return "EFFORT=quick trains no network"
    if results.first.ended:
        return "the training was ended early"
    return "TIME_BUDGET_MIN leaves no time for it" if job.time_budget_min is not None else ""
