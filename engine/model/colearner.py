"""MDiCo's network: several sensors in training, any one of them in prediction (Mena et al. 2025, arXiv 2510.19579)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import cast

import torch
from torch import Tensor, nn

from .encoders.layers import Encoder
from .sensor_network import SensorNetwork, SharedProjection

SensorInput = tuple[Tensor, Tensor]  # standardized values, validity


def slot(position: int) -> str:
    """The name of a sensor's modules in the network, by position (A, B, …), independent of the sensor's name."""
    round_, letter = divmod(position, 26)
    return chr(ord("A") + letter) + (str(round_) if round_ else "")


@dataclass(frozen=True)
class SensorOutput:
    """The network's outputs for one sensor's samples; all tensors are (sample, …).

    ``main`` is the prediction. ``auxiliary_specific`` and ``auxiliary_shared`` are the auxiliary head's outputs for
    z_spe and z_sha, ``modality_specific`` and ``modality_unused`` the modality heads' outputs for z_spe and z_unu.
    ``shared`` is z_sha, ``representation`` is [z_spe ; z_sha], the input of the main head.
    """

    main: Tensor
    auxiliary_specific: Tensor
    auxiliary_shared: Tensor
    modality_specific: Tensor
    modality_unused: Tensor
    shared: Tensor
    representation: Tensor

    def take(self, rows: Tensor) -> SensorOutput:
        """The outputs for some of the samples, given by position or by a mask (sample,)."""
        return SensorOutput(*(getattr(self, field.name)[rows] for field in fields(self)))


class CoLearner(nn.Module):
    """Two encoders, a shared projection and a main head per sensor, and three heads for training only.

    With a single sensor this is the baseline *alone*: the same encoders and heads with the same capacity.

    Args:
        encoders: one per sensor, all with the same width E; the common encoders are initialized as copies.
        outputs: number of classes, labels or targets.
        one_head: one main head for all sensors, which also accepts the mean of several sensors' representations.
        reference_compat: feed z_sha instead of z_unu to the unused modality head, as the authors' public code does.
    """

    def __init__(
        self, encoders: Sequence[Encoder], outputs: int, *, one_head: bool = False, reference_compat: bool = False
    ) -> None:
        super().__init__()
        width = encoders[0].width
        half, slots = width // 2, [slot(position) for position in range(len(encoders))]
        self.slots = tuple(slots)
        self.half_width = half
        self.one_head = one_head
        self.reference_compat = reference_compat
        self.specific_encoder = nn.ModuleDict(dict(zip(slots, encoders, strict=True)))
        self.common_encoder = copy.deepcopy(self.specific_encoder)
        self.shared_projection = nn.ModuleDict({name: SharedProjection(width) for name in slots})
        heads = slots[:1] if one_head else slots
        self.main_head = nn.ModuleDict({name: nn.Linear(2 * half, outputs) for name in heads})
        self.auxiliary_head = nn.Linear(half, outputs)
        self.modality_head_specific = nn.Linear(half, len(slots))
        self.modality_head_unused = nn.Linear(half, len(slots))

    def forward(self, inputs: Sequence[SensorInput | None]) -> tuple[SensorOutput | None, ...]:
        """Standardized values and validity per sensor, in the order of the encoders, to one output per sensor.

        Sensors may have different samples. None for a sensor without samples gives None.
        """
        return tuple(
            None if values is None else self._sensor(name, *values)
            for name, values in zip(self.slots, inputs, strict=True)
        )

    def _sensor(self, name: str, values: Tensor, valid: Tensor) -> SensorOutput:
        informative, unused = self.specific_encoder[name](values, valid).split(self.half_width, dim=1)  # z_spe, z_unu
        shared = self.shared_projection[name](self.common_encoder[name](values, valid))  # z_sha
        representation = torch.cat([informative, shared], dim=1)
        return SensorOutput(
            main=self._head(name)(representation),
            auxiliary_specific=self.auxiliary_head(informative),
            auxiliary_shared=self.auxiliary_head(shared),
            modality_specific=self.modality_head_specific(informative),
            modality_unused=self.modality_head_unused(shared if self.reference_compat else unused),
            shared=shared,
            representation=representation,
        )

    def fused(self, representations: Tensor, weights: Tensor) -> Tensor:
        """Logits (sample, output) from several sensors at once, for a network with one head.

        Args:
            representations: [z_spe ; z_sha] (sensor, sample, 2 · half width); any finite value for absent sensors.
            weights: (sensor, sample), 0 for absent sensors; at least one sensor is present for every sample.
        """
        mean = (representations * weights[:, :, None]).sum(dim=0) / weights.sum(dim=0)[:, None]
        logits: Tensor = self._head(self.slots[0])(mean)
        return logits

    def _head(self, name: str) -> nn.Module:
        return self.main_head[self.slots[0] if self.one_head else name]

    def sensor_network(self, position: int) -> SensorNetwork:
        """The part that predicts from the sensor at ``position``; it shares its weights with this network."""
        name = self.slots[position]
        return SensorNetwork(
            cast(Encoder, self.specific_encoder[name]),
            cast(Encoder, self.common_encoder[name]),
            cast(SharedProjection, self.shared_projection[name]),
            cast(nn.Linear, self._head(name)),
        )
