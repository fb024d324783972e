"""The graph in 8-bit numbers, as training makes it: the one place that knows how the product is asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.contract import Estimate, Quantized
from ...engine.export import gains_from_int8, quantize_graph
from ...engine.learning.fit import TrainedNetwork
from ...engine.samples import SampleSet, Split


@dataclass(frozen=True)
class Eight:
    """A graph in 8-bit numbers, and what the manifest says of it; what it costs is another measurement."""

    graph: bytes
    logged: Quantized


def in_eight_bits(fp32: bytes, network: TrainedNetwork, samples: SampleSet, split: Split) -> Eight | None:
    """The 8-bit graph of a network's one sensor, calibrated on training samples; None where the product makes none."""
    if not gains_from_int8(network.network.sensor_network(0)):
        return None
    sensor, covered = network.sensors[0], samples.present[split.train, 0]
    graph = quantize_graph(fp32, sensor.shape, samples.sensors[0].values[split.train[covered]])
    nothing = Estimate(0.0)
    return Eight(graph, Quantized("sensors/1.int8.onnx", 1.0, nothing, nothing, 1))
