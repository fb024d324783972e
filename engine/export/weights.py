"""Weights as safetensors: what a training can go on from, without pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from ..contract import ErrorCode, ModelError
from ..learning.fit import TrainedNetwork

METADATA = "colearn"


def weights_bytes(networks: Mapping[str, TrainedNetwork]) -> bytes:
    """The weights of several trainings as one safetensors file.

    A tensor is called ``TRAINING/NAME``, NAME being what it is called inside the network; the metadata tells which
    sensors stand behind the letters A, B, … in the names.
    """
    tensors = {
        f"{training}/{name}": value.contiguous()
        for training, trained in networks.items()
        for name, value in trained.network.state_dict().items()
    }
    sensors = {training: [sensor.name for sensor in trained.sensors] for training, trained in networks.items()}
    return save(tensors, {METADATA: json.dumps(sensors, sort_keys=True)})


def read_weights(weights: bytes, training: str) -> dict[str, torch.Tensor]:
    """The state of one training's network, ready for ``load_state_dict``.

    Raises:
        ModelError: not safetensors, or no such training in it.
    """
    try:
        tensors = load(weights)
    except SafetensorError as error:
        raise _unusable(str(error)) from error
    prefix = f"{training}/"
    state = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    if not state:
        trainings = sorted({name.rpartition("/")[0] for name in tensors})
        raise _unusable(f"weights of {', '.join(trainings)}, none of {training!r}")
    return state


def _unusable(found: str) -> ModelError:
    return ModelError(
        ErrorCode.MODEL_DAMAGED,
        subject="weights.safetensors",
        found=found,
        expected="the weights of a training by CoLearn",
        remedy="Copy the model file again from where it was made, or train it anew.",
    )
