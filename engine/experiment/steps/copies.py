"""Fast copies of the shipped averages, if there is time for them.

They are also trained on unlabelled samples: each epoch draws at most as many of them as it has labelled samples.
"""

from __future__ import annotations

from dataclasses import replace

from ...contract import Effort, EngineError, InputError, Method, TrainJob, usual_copy_epochs
from ...process import Reporter, finish_asked
from .. import EndedEarly, Experiment, Pace, TrainingProgress, TrainingResults
from ..graphs import copies_of_all_labels, fast_copies, training_name, tuned_epochs
from .all_labels import RefitProgress
from .setup import TrainingSetup

_AS_SCORED = "the fast copies in the model file are those of the averages trained on the training part."
_SCORED_END = 0.7  # share of the progress: copies of all labels take fewer epochs


def with_copies(setup: TrainingSetup, results: TrainingResults, reporter: Reporter) -> TrainingResults:
    """The results with a (faster) network for every shipped average, if there is time."""
    if not results.first.averaged:
        return results
    why = _no_time_for_copies(setup.job, results)
    if why:
        reporter.info(
            "fast_copy", f"The model file contains no fast copy: {why}. Mapping takes as long as with the average."
        )
        return results
    data, plan = setup.data, setup.inputs.plan
    settings = replace(setup.settings, epochs=setup.job.epochs or usual_copy_epochs(len(plan.first.train)))
    checkpoints = setup.checkpoints.within(f"{settings.epochs} epochs")  # a job that asks for as many has the same
    scored = reporter.within(0.0, _SCORED_END)
    progress = TrainingProgress(Method.ALONE, 1, len(data.sensor_names()), scored, metric=setup.metric)
    on_epoch = Pace(finish_asked=finish_asked).checked(progress)
    kept = checkpoints.within("fast copies")
    experiment = Experiment(data, plan.first, settings, on_epoch, kept, pool=setup.pool)
    try:
        copies = fast_copies(results.first, experiment)
    except EndedEarly:
        reporter.warning("fast_copy", "Early finish was requested: the model file contains no fast copy.")
        return results
    except (InputError, EngineError) as error:  # hours of training must not be lost because of a copy
        reporter.warning("fast_copy", f"The model file contains no fast copy: found {error.found}. {error.remedy}")
        return results
    experiment = replace(experiment, checkpoints=checkpoints.within("fast copies of all labels"))
    return _of_all_labels(replace(results, copies=copies), experiment, reporter.within(_SCORED_END, 1.0))


def _of_all_labels(results: TrainingResults, experiment: Experiment, reporter: Reporter) -> TrainingResults:
    """The results with copies of the averages refitted on all labels, if there are any."""
    epochs = {training_name(name): tuned_epochs(copy) for name, copy in results.copies.items()}
    on_epoch = RefitProgress(epochs, 1, 0, reporter).checked(Pace(finish_asked=finish_asked))
    try:
        copies = copies_of_all_labels(results.copies, results.refitted, replace(experiment, on_epoch=on_epoch))
    except EndedEarly:
        reporter.warning("fast_copy", f"Early finish was requested: {_AS_SCORED}")
        return results
    except (InputError, EngineError) as error:
        reporter.warning("fast_copy", f"Found {error.found}. {error.remedy} Until then, {_AS_SCORED}")
        return results
    return replace(results, copies_refitted=copies)


def _no_time_for_copies(job: TrainJob, results: TrainingResults) -> str:
    """Why no copies of the shipped averages are trained; empty if they are."""
    if job.effort is Effort.QUICK:
        return "EFFORT=quick trains no network"
    if results.first.ended:
        return "the training was ended early"
    return "TIME_BUDGET_MIN leaves no time for it" if job.time_budget_min is not None else ""
