"""What stands in for sessions: graphs that say what they are given, and a device with little memory."""

from __future__ import annotations

from collections import Counter

import numpy as np
from colearn.engine.contract.job.job import Device
from colearn.engine.inference.onnx_session import Session
from colearn.engine.inference.session import CPU_CAPACITY, GPU_CAPACITY, GraphOutput, short_memory, without_scores
from colearn.engine.mapping.block_map import LEAST_PX


class Echo:
    """A graph that says of each pixel what it is given, and keeps how it was run."""

    device, capacity = Device.CPU, CPU_CAPACITY

    def __init__(self) -> None:
        self.runs: list[tuple[tuple[int, ...], bool]] = []

    def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
        self.runs.append((values.shape, scores))
        label = np.nan_to_num(values[:, 0, 0] if values.ndim == 4 else values[:, 0]).astype(np.uint8)
        return GraphOutput(label, values[:, :, 0]) if scores else without_scores(label, 1)


class Full:
    """A session with memory for so many pixels at once."""

    def __init__(self, session: Session, most_px: int) -> None:
        self.session = session
        self.most_px = most_px
        self.device, self.precision, self.capacity = Device.CUDA, session.precision, GPU_CAPACITY

    def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
        output = self.session.run(values, scores)
        if np.prod(output.scores.shape[2:]) > self.most_px:
            raise short_memory(RuntimeError("CUDA out of memory"))
        return output


class Windows:
    """A graph of images that gives each pixel its own values, and counts the sizes it was run on."""

    device, capacity = Device.CPU, CPU_CAPACITY

    def __init__(self, halo_px: int) -> None:
        self.inner = slice(halo_px, -halo_px or None)
        self.runs: Counter[tuple[int, int]] = Counter()

    def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
        found = values[:, :, self.inner, self.inner]
        size = (found.shape[2], found.shape[3] - (LEAST_PX if np.isnan(values).any() else 0))
        self.runs[size] += 1
        return GraphOutput(np.nan_to_num(found[:, 0]).astype(np.uint8), found)
