"""Journeys on a machine that takes itself for one with a GPU: torch on the processor stands for torch on the card."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Device, EvaluateJob
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.wire.events import Level
from colearn.engine.inference import session_choice as opened
from colearn.engine.inference import torch_session
from colearn.engine.inference.devices.gpu import Driver
from colearn.engine.inference.session import GPU_CAPACITY, GraphOutput, short_memory
from colearn.engine.inference.torch_session import TorchSession

from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, source


class Card:
    """A GPU with memory for so many pixels at once."""

    device, precision, capacity = Device.CUDA, Precision.FP32, GPU_CAPACITY
    most_px = 10**9

    def __init__(self, graph: bytes, device: Device) -> None:
        assert device is Device.CUDA
        self.session = TorchSession(graph, Device.CPU)

    def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
        output = self.session.run(values, scores)
        if np.prod(output.scores.shape[2:]) > self.most_px:
            raise short_memory(RuntimeError("CUDA out of memory"))
        return output


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> type[Card]:
    monkeypatch.setattr(opened, "ask_driver", lambda: Driver(("NVIDIA H100",)))
    monkeypatch.setattr(opened, "has_cuda", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch_session, "TorchSession", Card)
    return Card


@pytest.fixture
def maps(world, tmp_path):
    """Classes and probabilities of the camera, by a device, and the log."""

    def run(model, device: Device, **changes):
        wishes = {"output_probabilities": str(tmp_path / f"{device.value} p.tif"), "precision": Precision.FP32}
        job = predict_job(model, world.camera, tmp_path / f"{device.value}.tif", device=device, **wishes | changes)
        _, sink = run_predict(job)
        return read(tmp_path / f"{device.value}.tif"), read(tmp_path / f"{device.value} p.tif"), sink

    return run


def assert_same(found: tuple, expected: tuple) -> None:
    np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=1e-5)
    first, second = np.sort(expected[1], axis=0)[-2:][::-1]
    decided = (first - second > 1e-5) | (expected[0][0] == 255)
    assert decided.mean() > 0.99
    np.testing.assert_array_equal(found[0][0][decided], expected[0][0][decided])


@pytest.mark.parametrize("device", [Device.AUTO, Device.CUDA])
def test_a_map_by_the_gpu_is_the_map_by_the_processor(card, maps, small_model, device) -> None:
    found = maps(small_model, device)
    assert "Device: GPU (torch, NVIDIA H100)." in found[2].texts(Level.INFO)
    assert_same(found, maps(small_model, Device.CPU))


def test_a_gpu_with_too_little_memory_maps_the_same(card, maps, small_model, monkeypatch) -> None:
    monkeypatch.setattr(card, "most_px", 1500)
    found = maps(small_model, Device.CUDA, threads=3)
    assert found[2].texts(Level.WARNING).count("too little memory") == 1
    assert_same(found, maps(small_model, Device.CPU))


def test_a_gpu_that_only_the_driver_finds_causes_a_warning(card, maps, small_model, monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = maps(small_model, Device.AUTO)
    assert "The GPU is not used" in found[2].texts(Level.WARNING)
    assert "Device: CPU." in found[2].texts(Level.INFO)
    np.testing.assert_array_equal(found[0], maps(small_model, Device.CPU)[0])


def test_evaluating_by_the_gpu(card, world, small_model) -> None:
    def run(device: Device):
        return run_evaluate(
            EvaluateJob(str(small_model), (source(world.camera),), polygon_labels(world), device=device)
        )

    finished, sink = run(Device.CUDA)
    assert "Device: GPU (torch, NVIDIA H100)." in sink.texts(Level.INFO)
    assert finished.numbers == pytest.approx(run(Device.CPU)[0].numbers, abs=0.01)
