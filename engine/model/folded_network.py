"""A sensor's network for prediction: consecutive linear layers are merged, outputs that no head uses are dropped.

An encoder's last linear layer is followed directly by that of the projection, or by the head. The product of the two is
one layer with the same function up to float32 rounding, which saves a third to half of an image network's operations.
In training they stay separate, because losses use the representations.
"""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .encoders.layers import Encoder, batchnorm_dense, linear_dense
from .sensor_network import SensorNetwork


def folded(network: SensorNetwork) -> SensorNetwork:
    """The same function with fewer operations, in evaluation mode; unchanged if an encoder ends in no linear layer."""
    specific, common = network.specific.last_linear, network.common.last_linear
    if specific is None or common is None or isinstance(network, FoldedNetwork):
        return network
    return FoldedNetwork(network, specific, common)


class FoldedNetwork(SensorNetwork):
    """A folded network: the common encoder ends in the input of z_sha's normalization, the specific one in logits.

    If the specific encoder's last layer has more inputs than the head, as in TempCNN, it ends in z_spe instead: 8-bit
    graphs keep the last product in floating point, and a merged layer would make that product too large.
    """

    def __init__(self, network: SensorNetwork, specific: nn.Linear, common: nn.Linear) -> None:
        shared_width = network.projection.linear.out_features
        of_specific, of_shared = _halves(network.head, shared_width)
        wide = specific.in_features > network.head.in_features
        informative = _first_rows(specific, shared_width)
        super().__init__(
            _ending_in(network.specific, informative if wide else composed(informative, of_specific)),
            _ending_in(network.common, composed(common, network.projection.linear)),
            deepcopy(network.projection),
            of_shared,
        )
        del self.projection.linear  # merged into the common encoder
        self.own_head = of_specific if wide else None
        self.eval()

    def forward(self, values: Tensor, valid: Tensor) -> Tensor:
        """Standardized samples and their validity to logits (sample, output)."""
        shared = F.relu(self.projection.batchnorm(self.common(values, valid)))
        own: Tensor = self.specific(values, valid)
        logits: Tensor = (own if self.own_head is None else self.own_head(own)) + self.head(shared)
        return logits

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """A standardized raster and its validity to logits (batch, output, row, col)."""
        shared = F.relu(batchnorm_dense(self.projection.batchnorm, self.common.forward_dense(raster, valid)))
        own = self.specific.forward_dense(raster, valid)
        return (own if self.own_head is None else linear_dense(self.own_head, own)) + linear_dense(self.head, shared)


def composed(first: nn.Linear, second: nn.Linear) -> nn.Linear:
    """One linear layer equal to ``first`` followed by ``second``; computed in float64 and rounded once."""
    weight, bias = second.weight.double(), second.bias.double()
    return _linear(weight @ first.weight.double(), weight @ first.bias.double() + bias)


def _first_rows(linear: nn.Linear, outputs: int) -> nn.Linear:
    return _linear(linear.weight[:outputs], linear.bias[:outputs])


def _halves(head: nn.Linear, shared_width: int) -> tuple[nn.Linear, nn.Linear]:
    """The head as two layers: for z_spe, with the bias, and for z_sha."""
    own = head.in_features - shared_width
    weight, bias = head.weight, head.bias
    return _linear(weight[:, :own], bias), _linear(weight[:, own:], torch.zeros_like(bias))


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    linear.load_state_dict({"weight": weight.detach().float(), "bias": bias.detach().float()})
    return linear


def _ending_in(encoder: Encoder, last: nn.Linear) -> Encoder:
    copied = deepcopy(encoder)
    copied.end_in(last)
    return copied
