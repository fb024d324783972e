"""Comparisons of methods on made-up samples."""

import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Method
from colearn.engine.experiment.averaging import Say, unsaid
from colearn.engine.experiment.comparison import Comparison, train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled

from synthetic_samples import fifths, settings_for

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]


def unheard(epoch: object) -> None:
    """Epochs are of no interest here."""


def comparison_of(
    samples: SampleSet, method: Method, unlabelled: Unlabelled | None = None, say: Say = unsaid, **changes
) -> Comparison:
    torch.set_num_threads(1)
    settings = settings_for(samples, **{"batch_size": 32, **changes})
    experiment = Experiment(TrainingData(samples, unlabelled), fifths(samples), settings, unheard)
    return train_all(experiment, method, say=say)
