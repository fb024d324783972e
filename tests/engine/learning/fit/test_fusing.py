"""Several sensors through one head: the mean of those that cover a sample."""

from collections import Counter

import pytest
import torch
from colearn.engine.learning.fit.fusing import _drawn, fused_logits
from colearn.engine.model.architecture import network_for
from colearn.engine.model.colearner import CoLearner
from colearn.engine.model.losses.objectives import SensorBatch
from torch import Tensor

from synthetic_samples import SMALL, make_samples

COUNT = 12


@pytest.fixture(scope="module")
def network() -> CoLearner:
    torch.manual_seed(0)
    return network_for(make_samples(), 3, SMALL, one_head=True).eval()


def views_of(network: CoLearner, *rows: list[int]) -> list[SensorBatch]:
    """One view per sensor, of the samples at ``rows``; sensors without any are left out."""
    samples = make_samples(count=COUNT)
    sensors = []
    for at, (sensor, own) in enumerate(zip(samples.sensors, rows, strict=True)):
        values = torch.nan_to_num(torch.from_numpy(sensor.values)) / 1000
        values = values.transpose(1, 2) if values.dim() == 3 else values
        index = torch.tensor(own, dtype=torch.long)
        inputs = [None, None]
        inputs[at] = (values[index], torch.ones_like(values[index][:, :1], dtype=torch.bool))
        if own:
            sensors.append(SensorBatch(at, index, network(inputs)[at]))
    return sensors


def head(network: CoLearner, representation: Tensor) -> Tensor:
    (only,) = network.main_head.values()
    return only(representation)


def test_it_is_the_head_on_the_mean_representation_of_the_sensors(network) -> None:
    everything = list(range(COUNT))
    first, second = views_of(network, everything, everything)
    logits, rows = fused_logits(network, [first, second], COUNT, drop=False)
    assert rows.tolist() == everything
    expected = head(network, (first.output.representation + second.output.representation) / 2)
    torch.testing.assert_close(logits, expected)


def test_a_sample_of_one_sensor_has_that_sensors_prediction(network) -> None:
    first, second = views_of(network, [0, 1, 2, 3], [2, 3, 7])
    logits, rows = fused_logits(network, [first, second], COUNT, drop=False)
    assert rows.tolist() == [0, 1, 2, 3, 7]
    torch.testing.assert_close(logits[:2], first.output.main[:2])
    torch.testing.assert_close(logits[4], second.output.main[2])
    both = (first.output.representation[2:4] + second.output.representation[:2]) / 2
    torch.testing.assert_close(logits[2:4], head(network, both))


def test_samples_in_any_order_find_their_place(network) -> None:
    (first,) = views_of(network, [5, 0, 3], [])
    logits, rows = fused_logits(network, [first], COUNT, drop=False)
    assert rows.tolist() == [0, 3, 5]
    torch.testing.assert_close(logits, first.output.main[[1, 2, 0]])


def test_one_sensor_is_never_dropped(network) -> None:
    first, second = views_of(network, [0, 1, 2], [2, 4])
    torch.manual_seed(1)
    for _ in range(20):
        logits, rows = fused_logits(network, [first, second], COUNT, drop=True)
        assert rows.tolist() == [0, 1, 2, 4]
        torch.testing.assert_close(logits[:2], first.output.main[:2])
        torch.testing.assert_close(logits[3], second.output.main[1])


def test_what_is_dropped_gets_no_gradient(network) -> None:
    first, second = views_of(network, [0], [0])
    torch.manual_seed(0)
    seen = set()
    for _ in range(20):
        parts = [each.output.representation.detach().requires_grad_() for each in (first, second)]
        outputs = [
            SensorBatch(at, first.rows, _with(each.output, part))
            for at, (each, part) in enumerate(zip((first, second), parts))
        ]
        fused_logits(network, outputs, 1, drop=True)[0].sum().backward()
        seen.add(tuple(bool(part.grad.any()) for part in parts))
    assert seen == {(True, False), (False, True), (True, True)}


def _with(output, representation: Tensor):
    return type(output)(**{**vars(output), "representation": representation})


class TestDraw:
    def subsets(self, present: list[float], draws: int = 6000) -> Counter:
        torch.manual_seed(0)
        drawn = _drawn(torch.tensor(present)[:, None].repeat(1, draws))
        return Counter("".join("ABC"[at] for at in range(len(present)) if column[at]) for column in drawn.T)

    def test_every_size_is_as_likely_and_every_subset_of_a_size(self) -> None:
        counts = self.subsets([1.0, 1.0, 1.0])
        assert set(counts) == {"A", "B", "C", "AB", "AC", "BC", "ABC"}
        assert counts["ABC"] == pytest.approx(2000, rel=0.1)
        for subset in ("A", "B", "C", "AB", "AC", "BC"):
            assert counts[subset] == pytest.approx(667, rel=0.15), subset

    def test_sensors_that_are_missing_are_never_drawn(self) -> None:
        counts = self.subsets([1.0, 0.0, 1.0])
        assert set(counts) == {"A", "C", "AC"}
        assert counts["AC"] == pytest.approx(3000, rel=0.1)

    def test_a_sensor_by_itself_always_is(self) -> None:
        assert self.subsets([0.0, 1.0, 0.0], draws=500) == {"B": 500}

    def test_where_there_is_none_none_is_drawn(self) -> None:
        assert self.subsets([0.0, 0.0, 0.0], draws=50) == {"": 50}
