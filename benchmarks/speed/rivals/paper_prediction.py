"""Prediction as in the paper's code, reimplemented: one dictionary per sample, eager torch, batch 128, all heads."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import torch
from numpy.typing import NDArray

from ....engine.learning.fit import TrainedNetwork
from ....engine.model import SensorOutput
from ..stored import Stored, as_read
from .paper_samples import OneByOne, batches, labelled_arrays, network_inputs


class PaperPrediction:
    """A network of one series sensor, run sample by sample as research code does."""

    def __init__(self, network: TrainedNetwork) -> None:
        """Use the given network.

        Raises:
            MissingError: xarray is not installed.
        """
        labelled_arrays()
        self._network, self._sensor = network.network.eval(), network.sensors[0]

    def classes(self, values: Stored) -> NDArray[np.uint8]:
        """Class indices (pixel,) from stored values (date, band, row, col)."""
        dates, bands = values.shape[:2]
        series = np.ascontiguousarray(as_read(values).reshape(dates, bands, -1).transpose(2, 0, 1))
        name, no_labels = self._sensor.name, np.zeros(len(series), np.int64)
        samples = OneByOne({name: series}, {name: self._sensor.statistics}, no_labels)
        found: dict[str, list[NDArray[np.float32]]] = {field.name: [] for field in fields(SensorOutput)}
        with torch.no_grad():
            for batch in batches(samples):
                (output,) = self._network(network_inputs(batch))
                for kind, parts in found.items():  # all outputs are kept, as in the original
                    parts.append(getattr(output, kind).numpy())
        joined = {kind: np.concatenate(parts) for kind, parts in found.items()}
        classes: NDArray[np.uint8] = joined["main"].argmax(axis=1).astype(np.uint8)
        return classes
