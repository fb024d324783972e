"""The weights of trained networks, to compare."""

import torch
from colearn.engine.learning.fit.loop import TrainedNetwork


def weights(network: TrainedNetwork) -> torch.Tensor:
    return torch.cat([value.flatten().double() for value in network.network.state_dict().values()])
