"""The 8-bit graph as made by training; the only module here that calls the engine's quantization."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.contract import Estimate, Quantized
from ...engine.export import gains_from_int8, quantize_graph
from ...engine.learning.fit import TrainedNetwork
from ...engine.samples import SampleSet, Split


@dataclass(frozen=True)
class Eight:
    """An 8-bit graph and its manifest entry; its loss of accuracy is measured elsewhere."""

    graph: bytes
    logged: Quantized


def in_eight_bits(fp32: bytes, network: TrainedNetwork, samples: SampleSet, split: Split) -> Eight | None:
    """The 8-bit graph of a network's only sensor, calibrated on training samples; None if the product makes none."""
    if not gains_from_int8(network.network.sensor_network(0)):
        return None
    sensor, covered = network.sensors[0], samples.present[split.train, 0]
    graph = quantize_graph(fp32, sensor.shape, samples.sensors[0].values[split.train[covered]])
    nothing = Estimate(0.0)
    return Eight(graph, Quantized("sensors/1.int8.onnx", 1.0, nothing, nothing, 1))
