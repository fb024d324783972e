"""What the steps of a training share: its job and data, settings, time, checkpoints, and where networks are trained."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Effort, Method, TrainJob, usual_epochs
from ...learning.fit import (
    Checkpoints,
    Settings,
    TrainedNetwork,
    TrainingData,
    checkpoints_of,
    identity_of,
    trainings_at_once,
    use_one_core,
    with_recipe,
)
from ...learning.tasks import main_score_name
from ...model import NetworkDesign, averaged
from ...process import TaskPool, finish_asked
from ...samples.labels import LabelSpace
from .. import Pace
from .samples import TrainingInputs


@dataclass(frozen=True)
class TrainingSetup:
    """What every step of a training is given; its pace counts from when this is made."""

    job: TrainJob
    inputs: TrainingInputs
    settings: Settings
    pace: Pace
    checkpoints: Checkpoints
    pool: TaskPool[TrainedNetwork]

    @classmethod
    def of(cls, job: TrainJob, inputs: TrainingInputs, device: str) -> TrainingSetup:
        """The setup of a job's training on its inputs, from now on."""
        settings = settings_of(job, inputs.points.space, device, len(inputs.plan.first.train))
        checkpoints = checkpoints_of(identity_of(inputs.data, inputs.plan.splits, settings))
        pace = Pace(
            job.effort, job.time_budget_min, finish_asked, refits=job.use_all_labels, runs=len(inputs.plan.splits)
        )
        return cls(job, inputs, settings, pace, checkpoints, pool_of(job, inputs.data, settings))

    @property
    def data(self) -> TrainingData:
        """The arrays of the inputs."""
        return self.inputs.data

    @property
    def metric(self) -> str:
        """The name of the score that the training is judged by."""
        return main_score_name(self.inputs.samples.task, self.job.optimize)


def settings_of(job: TrainJob, space: LabelSpace, device: str, training_samples: int) -> Settings:
    """The training settings of a job's networks, the same in all its runs."""
    design = NetworkDesign(job.series_encoder, job.image_encoder, job.spectral)
    settings = Settings(
        epochs=job.epochs or usual_epochs(training_samples),
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
