"""MDiCo's network: several sensors in training, any one of them at prediction (Mena et al. 2025)."""

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
    """The name a sensor's modules have inside the network: A, B, … by position, whatever the sensor is called."""
    round_, letter = divmod(position, 26)
    return chr(ord("A") + letter) + (str(round_) if round_ else "")


@dataclass(frozen=True)
class SensorOutput:
    """The network's output for one sensor's samples; every tensor is (sample, …).

    ``main`` predicts. ``auxiliary_specific`` and ``auxiliary_shared`` are the auxiliary head on either part,
    ``modality_specific`` and ``modality_unused`` guess the sensor, ``shared`` is z_sha itself, ``representation``
    [z_spe ; z_sha] is what the main head reads.
    """

    main: Tensor
    auxiliary_specific: Tensor
    auxiliary_shared: Tensor
    modality_specific: Tensor
    modality_unused: Tensor
    shared: Tensor
    representation: Tensor

    def take(self, rows: Tensor) -> SensorOutput:
        """The outputs for some of the samples: positions, or a mask (sample,)."""
        return SensorOutput(*(getattr(self, field.name)[rows] for field in fields(self)))


class CoLearner(nn.Module):
    """Two encoders, a shared projection and a main head per sensor; three more heads that only training uses.

    With one sensor it is the baseline *alone*: the same encoders and heads, of the same capacity.

    Args:
        encoders: one per sensor, all of one width E; the common encoders start as their copies.
        outputs: classes, labels or targets.
        one_head: one main head for all sensors, which reads the mean of any sensors' representations as well.
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

        Every sensor may have its own samples; None for a sensor, and back, where it has none.
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
        """Logits (sample, output) from several sensors at once, for a network of one head.

        Args:
            representations: [z_spe ; z_sha] (sensor, sample, 2 · half width), any finite value where a sensor is out.
            weights: (sensor, sample), 0 for a sensor that is out; every sample has one that is in.
        """
        mean = (representations * weights[:, :, None]).sum(dim=0) / weights.sum(dim=0)[:, None]
        logits: Tensor = self._head(self.slots[0])(mean)
        return logits

    def _head(self, name: str) -> nn.Module:
        return self.main_head[self.slots[0] if self.one_head else name]

    def sensor_network(self, position: int) -> SensorNetwork:
        """What of the network predicts from the sensor at ``position``; its weights are the network's own."""
        name = self.slots[position]
        return SensorNetwork(
            cast(Encoder, self.specific_encoder[name]),
            cast(Encoder, self.common_encoder[name]),
            cast(SharedProjection, self.shared_projection[name]),
            cast(nn.Linear, self._head(name)),
        )
