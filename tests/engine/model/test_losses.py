"""Every loss against its formula, written by hand in numpy."""

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.method import LossWeights, weights_of_loss
from colearn.engine.model.colearner import SensorOutput
from colearn.engine.model.losses.auxiliary import auxiliary_term
from colearn.engine.model.losses.contrastive import nt_xent
from colearn.engine.model.losses.modality import modality_loss, modality_term
from colearn.engine.model.losses.objectives import (
    BatchLabels,
    SensorBatch,
    main_term,
    objective,
)
from colearn.engine.model.losses.registry import TERMS, teaches, without_labels
from colearn.engine.model.losses.task import binary_cross_entropy, cross_entropy, squared_error

from loss_formulas import RANDOM, log_softmax, tensor
from whole_batches import criteria_of, whole_batch


def test_cross_entropy_with_class_weights() -> None:
    logits, target, weights = tensor(6, 3), np.array([0, 1, 1, 2, 0, 1]), np.array([0.5, 1.0, 2.0])
    chosen = log_softmax(logits.numpy())[np.arange(6), target]
    expected = -(weights[target] * chosen).sum() / weights[target].sum()
    found = cross_entropy(torch.from_numpy(weights))(logits, torch.from_numpy(target))
    assert found.item() == pytest.approx(expected, rel=1e-12)


def test_cross_entropy_without_class_weights() -> None:
    logits, target = tensor(4, 3), np.array([0, 2, 1, 1])
    expected = -log_softmax(logits.numpy())[np.arange(4), target].mean()
    assert cross_entropy(None)(logits, torch.from_numpy(target)).item() == pytest.approx(expected, rel=1e-12)


def test_binary_cross_entropy() -> None:
    logits, target = tensor(5, 3), (RANDOM.random((5, 3)) > 0.5).astype(float)
    p = 1 / (1 + np.exp(-logits.numpy()))
    expected = -(target * np.log(p) + (1 - target) * np.log(1 - p)).mean()
    assert binary_cross_entropy()(logits, torch.from_numpy(target)).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sd", [1.0, 39.5])
def test_squared_error(sd: float) -> None:
    prediction, target = tensor(7, 2), tensor(7, 2)
    expected = np.mean(((prediction - target).numpy() / sd) ** 2)
    assert squared_error(sd)(prediction, target).item() == pytest.approx(expected, rel=1e-12)


def test_modality_loss() -> None:
    logits = tensor(5, 3)
    assert modality_loss(logits, 2).item() == pytest.approx(-log_softmax(logits.numpy())[:, 2].mean(), rel=1e-12)


def nt_xent_by_hand(first: np.ndarray, second: np.ndarray, temperature: float) -> float:
    sensors = [*first, *second]
    count, losses = len(first), []
    for i, anchor in enumerate(sensors):
        cosines = [anchor @ other / np.linalg.norm(anchor) / np.linalg.norm(other) for other in sensors]
        weights = [np.exp(cosine / temperature) for cosine in cosines]
        positive = (i + count) % (2 * count)
        losses.append(-np.log(weights[positive] / (sum(weights) - weights[i])))
    return float(np.mean(losses))


@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_nt_xent(count: int, temperature: float) -> None:
    first, second = tensor(count, 4), tensor(count, 4)
    expected = nt_xent_by_hand(first.numpy(), second.numpy(), temperature)
    assert nt_xent(first, second, temperature).item() == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_nt_xent_is_symmetric() -> None:
    first, second = tensor(5, 4), tensor(5, 4)
    assert nt_xent(first, second, 0.1).item() == pytest.approx(nt_xent(second, first, 0.1).item(), rel=1e-12)


def test_nt_xent_of_a_dead_representation_is_finite() -> None:
    """ReLU may leave a sample with zeros only."""
    first = torch.zeros(3, 4, requires_grad=True)
    loss = nt_xent(first, torch.ones(3, 4), 0.1)
    loss.backward()
    assert loss.isfinite()
    assert first.grad.isfinite().all()


def outputs_of(sensors: int, samples: int = 6, classes: int = 3) -> list[SensorOutput]:
    return [
        SensorOutput(
            main=tensor(samples, classes),
            auxiliary_specific=tensor(samples, classes),
            auxiliary_shared=tensor(samples, classes),
            modality_specific=tensor(samples, sensors),
            modality_unused=tensor(samples, sensors),
            shared=tensor(samples, 4),
            representation=tensor(samples, 8),
        )
        for _ in range(sensors)
    ]


@pytest.mark.parametrize("sensors", [2, 3])
def test_objective_is_the_sum_of_its_terms(sensors: int) -> None:
    outputs, target, task = outputs_of(sensors), torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    pairs = [(i, j) for i in range(sensors) for j in range(sensors) if i != j]
    main = np.mean([task(output.main, target).item() for output in outputs])
    auxiliary = np.mean([auxiliary_term(output, target, task).item() for output in outputs])
    modality = np.mean([modality_term(output, at).item() for at, output in enumerate(outputs)])
    contrastive = np.mean([nt_xent(outputs[i].shared, outputs[j].shared, 0.1).item() for i, j in pairs])
    terms = objective(*whole_batch(outputs, target, task), LossWeights())
    assert terms.total.item() == pytest.approx(main + auxiliary + modality + 2 * contrastive, rel=1e-12)


def test_contrastive_term_of_two_sensors_is_the_papers_sum_over_ordered_pairs() -> None:
    outputs = outputs_of(2)
    terms = objective(
        *whole_batch(outputs, torch.zeros(6, dtype=torch.long), cross_entropy(None)), LossWeights(0, 0, 0)
    )
    both = nt_xent(outputs[0].shared, outputs[1].shared, 0.1) + nt_xent(outputs[1].shared, outputs[0].shared, 0.1)
    assert terms.total.item() == pytest.approx(both.item(), rel=1e-12)


def test_terms_of_one_sensor() -> None:
    """Alone there is nothing to contrast and no sensor to guess."""
    (output,), target, task = outputs_of(1), torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    terms = objective(*whole_batch([output], target, task), LossWeights())
    expected = task(output.main, target) + auxiliary_term(output, target, task)
    assert terms.total.item() == pytest.approx(expected.item(), rel=1e-12)
    assert terms.of("modality").item() == terms.of("contrastive").item() == 0


def test_a_weight_of_zero_switches_a_term_off() -> None:
    outputs, target, task = outputs_of(2), torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    terms = objective(*whole_batch(outputs, target, task), LossWeights(auxiliary=0, modality=0, contrastive=0))
    assert terms.total.item() == pytest.approx(terms.main.item(), rel=1e-12)


def partial_views() -> tuple[list[SensorOutput], list[SensorBatch]]:
    """Two sensors in a batch of six: the first covers samples 0 to 3, the second 2 to 5."""
    rows = [torch.arange(4), torch.arange(2, 6)]
    outputs = outputs_of(2, samples=4)
    return outputs, [SensorBatch(at, rows[at], output) for at, output in enumerate(outputs)]


def test_every_term_takes_the_samples_its_sensors_cover() -> None:
    outputs, sensors = partial_views()
    target, task = torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    terms = objective(
        sensors, BatchLabels(target, torch.ones(6, dtype=torch.bool)), [criteria_of(task)] * len(sensors), LossWeights()
    )
    own = [target[:4], target[2:]]
    assert terms.main.item() == pytest.approx(np.mean([task(o.main, t).item() for o, t in zip(outputs, own)]))
    both = nt_xent(outputs[0].shared[2:], outputs[1].shared[:2], 0.1)  # samples 2 and 3 are seen by both
    assert terms.of("contrastive").item() == pytest.approx(both.item(), rel=1e-12)
    assert terms.of("modality").item() == pytest.approx(
        np.mean([modality_term(o, at).item() for at, o in enumerate(outputs)])
    )


def test_samples_without_label_take_part_in_what_needs_none() -> None:
    outputs, sensors = partial_views()
    target, task = torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    labelled = torch.tensor([True, True, False, False, True, True])
    terms = objective(sensors, BatchLabels(target, labelled), [criteria_of(task)] * len(sensors), LossWeights())
    parts = [task(outputs[0].main[:2], target[:2]), task(outputs[1].main[2:], target[4:])]
    assert terms.main.item() == pytest.approx(np.mean([loss.item() for loss in parts]))
    both = nt_xent(outputs[0].shared[2:], outputs[1].shared[:2], 0.1)
    assert terms.of("contrastive").item() == pytest.approx(both.item(), rel=1e-12)


def test_a_batch_without_any_label_has_no_task_loss_and_a_gradient() -> None:
    _, sensors = partial_views()
    weights = LossWeights(contrastive=0, modality=0)
    nothing = BatchLabels(torch.zeros(6, dtype=torch.long), torch.zeros(6, dtype=torch.bool))
    assert objective(sensors, nothing, [criteria_of(cross_entropy(None))] * len(sensors), weights).total.item() == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_teacher_has_its_share_of_the_main_term(share: float) -> None:
    logits, target = tensor(4, 3), torch.tensor([0, 1, 2, 0])
    soft_targets = tensor(4, 3).softmax(dim=1)
    soft_targets[1] = torch.nan
    labels = BatchLabels(target, torch.ones(4, dtype=torch.bool), soft_targets)
    found = main_term(logits, torch.arange(4), labels, criteria_of(cross_entropy(None)), share)
    labelled = [0, 2, 3]
    soft = -(soft_targets[labelled].numpy() * log_softmax(logits.numpy())[labelled]).sum(axis=1).mean()
    hard = -log_softmax(logits.numpy())[np.arange(4), target].mean()
    assert found.item() == pytest.approx((1 - share) * hard + share * soft, rel=1e-12)


def test_means_run_over_what_counts() -> None:
    """Three sensors in a batch of six: one has labels, of one only the teacher speaks, of one nobody does."""
    outputs, target = outputs_of(3, samples=4), np.array([0, 1, 2, 0, 1, 2])
    outputs[2] = outputs[2].take(torch.arange(2))
    rows = [[0, 1, 2, 3], [2, 3, 4, 5], [2, 3]]
    labelled = np.array([True, True, False, False, False, False])
    soft_targets = tensor(6, 3).softmax(dim=1).numpy()
    soft_targets[[0, 1, 2, 3]] = np.nan
    sensors = [SensorBatch(at, torch.tensor(rows[at]), output) for at, output in enumerate(outputs)]
    labels = BatchLabels(*map(torch.from_numpy, (target, labelled, soft_targets)))
    terms = objective(
        sensors,
        labels,
        [criteria_of(cross_entropy(None))] * len(sensors),
        LossWeights(distillation=0.5, label_contrast=1),
    )

    def hard(logits: torch.Tensor) -> float:  # of the first sensor's two labelled rows
        return float(-log_softmax(logits.numpy()[:2])[[0, 1], target[:2]].mean())

    soft = -(soft_targets[[4, 5]] * log_softmax(outputs[1].main.numpy()[2:])).sum(axis=1).mean()
    assert terms.main.item() == pytest.approx((hard(outputs[0].main) + soft) / 2, rel=1e-12)  # not a third
    auxiliary = (hard(outputs[0].auxiliary_specific) + hard(outputs[0].auxiliary_shared)) / 2
    assert terms.of("auxiliary").item() == pytest.approx(auxiliary, rel=1e-12)
    by_sensor = [
        (
            log_softmax(each.modality_specific.numpy())[:, at].mean()
            + log_softmax(each.modality_unused.numpy())[:, at].mean()
        )
        / -2
        for at, each in enumerate(outputs)
    ]
    assert terms.of("modality").item() == pytest.approx(np.mean(by_sensor), rel=1e-12)  # needs no label
    z = [output.shared.numpy() for output in outputs]
    pairs = [(z[0][2:], z[1][:2]), (z[0][2:], z[2]), (z[1][:2], z[2])]  # samples 2 and 3
    assert terms.of("contrastive").item() == pytest.approx(np.mean([nt_xent_by_hand(*pair, 0.1) for pair in pairs]))
    assert terms.of("label_contrast").item() == 0  # two labelled samples, of different classes
    assert [None if main is None else main.item() for main in terms.main_of_sensors] == [
        pytest.approx(hard(outputs[0].main)),
        pytest.approx(soft),
        None,
    ]


def test_a_view_without_labels_does_not_halve_the_main_loss() -> None:
    outputs, sensors = partial_views()
    target, task = torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    labelled = torch.tensor([True, True, False, False, False, False])  # the second sensor covers 2 to 5
    terms = objective(sensors, BatchLabels(target, labelled), [criteria_of(task)] * len(sensors), LossWeights())
    assert terms.main.item() == pytest.approx(task(outputs[0].main[:2], target[:2]).item(), rel=1e-12)


def test_a_pair_with_one_common_sample_does_not_dilute_the_contrast() -> None:
    outputs, target = outputs_of(3, samples=4), torch.tensor([0, 1, 2, 0, 1, 2])
    rows = [torch.arange(4), torch.arange(2, 6), torch.tensor([0, 3])]
    outputs[2] = outputs[2].take(torch.arange(2))
    sensors = [SensorBatch(at, rows[at], output) for at, output in enumerate(outputs)]
    labels = BatchLabels(target, torch.ones(6, dtype=torch.bool))
    terms = objective(sensors, labels, [criteria_of(cross_entropy(None))] * len(sensors), LossWeights())
    z = [output.shared.numpy() for output in outputs]
    pairs = [(z[0][2:], z[1][:2]), (z[0][[0, 3]], z[2])]  # the other two share sample 3 only
    assert terms.of("contrastive").item() == pytest.approx(np.mean([nt_xent_by_hand(*pair, 0.1) for pair in pairs]))


def test_every_weight_of_the_loss_is_of_a_term_or_of_the_main_one() -> None:
    """What is added to the main term counts by a field of its own; the temperature and δ belong to other terms."""
    names = [each.name for each in weights_of_loss()]
    assert sorted([*(term.weight for term in TERMS), "main", "temperature", "distillation"]) == sorted(names)


@pytest.mark.parametrize("has_teacher", [True, False])
def test_without_labels_only_other_sensors_and_a_teacher_are_left(has_teacher: bool) -> None:
    weights = without_labels(LossWeights(label_contrast=1.0), has_teacher)
    expected = LossWeights(
        main=float(has_teacher), auxiliary=0.0, modality=1.0, contrastive=2.0, distillation=1.0, label_contrast=0.0
    )
    assert weights == expected


def test_one_sensor_without_a_teacher_and_labels_learns_nothing() -> None:
    weights = without_labels(LossWeights(), has_teacher=False)
    assert teaches(weights, sensors=2)
    assert not teaches(weights, sensors=1)
    assert teaches(without_labels(LossWeights(), has_teacher=True), sensors=1)
