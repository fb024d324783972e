"""The choice of the device."""

import pytest
import torch
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.wire.errors import DeviceError, ErrorCode
from colearn.engine.learning.fit import device
from colearn.engine.learning.fit.device import choose_device, memory_errors, trainings_at_once
from colearn.engine.model.network_design import NetworkDesign

from synthetic_samples import make_samples, settings_for


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the number of threads as the other tests have it."""
    monkeypatch.setattr(torch, "set_num_threads", lambda count: None)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def test_auto_takes_the_cpu_where_there_is_no_gpu(no_gpu: None) -> None:
    found, note = choose_device(Device.AUTO)
    assert found == "cpu"
    assert "CPU" in note


def test_a_gpu_that_is_not_there_is_an_error(no_gpu: None) -> None:
    with pytest.raises(DeviceError) as error:
        choose_device(Device.CUDA)
    assert error.value.code is ErrorCode.DEVICE_MISSING


@pytest.mark.parametrize("wanted", [Device.AUTO, Device.CUDA])
def test_a_gpu_that_is_there_is_taken_and_named(monkeypatch: pytest.MonkeyPatch, wanted: Device) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some GPU")
    assert choose_device(wanted) == ("cuda", "Device: GPU Some GPU.")


def test_the_cpu_is_taken_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device(Device.CPU)[0] == "cpu"


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")])
def test_too_little_memory_is_reported(error: Exception) -> None:
    with pytest.raises(DeviceError) as caught, memory_errors():
        raise error
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY


def test_memory_that_no_machine_has() -> None:
    with pytest.raises(DeviceError), memory_errors():
        torch.empty(2**60, dtype=torch.uint8)


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="shape"), memory_errors():
        raise RuntimeError("wrong shape")


@pytest.mark.parametrize(
    ("cores", "batch_size", "expected"),
    [
        (1, 256, 1),
        (6, 256, 6),
        (64, 256, 8),  # the most, whatever there is
        (64, 2048, 2),
        (6, 8192, 1),  # one is always trained
    ],
)
def test_as_many_trainings_go_on_at_a_time_as_cores_and_memory_allow(monkeypatch, cores, batch_size, expected) -> None:
    """121 pixels of 4 bands and 64 channels, and 6 dates of 2 bands and 64 channels, are 8,624 values.

    With 16 kept numbers of 4 bytes for each, a batch of 2,048 samples needs 1.05 GiB and one of 8,192 4.2 GiB, of 3.
    """
    samples = make_samples(context_px=11)
    monkeypatch.setattr(device, "usable_cores", lambda: cores)
    settings = settings_for(samples, batch_size=batch_size, design=NetworkDesign(hidden=64))
    assert trainings_at_once(samples, settings) == expected
