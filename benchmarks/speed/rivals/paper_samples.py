"""Samples as served by the paper's public code, reimplemented: labelled arrays, one nested dictionary per sample.

Every sensor is an xarray from which one sample is selected at a time; its standardization statistics are looked up each
time, too. Written after the structure of https://github.com/fmenat/MDiCo, not copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ....engine.arrays import Floats
from ....engine.learning.standardization import Statistics
from ....engine.model import SensorInput
from ..entries import MissingError

BATCH = 128

Sample = dict[str, Any]


class OneByOne(Dataset[Sample]):
    """Series of several sensors, standardized on access; NaN is nodata."""

    def __init__(self, series: dict[str, Floats], logged: dict[str, Statistics], target: NDArray[Any]) -> None:
        """Use values (sample, date, band) by sensor, statistics by sensor, and class indices (sample,).

        Raises:
            MissingError: xarray is not installed.
        """
        xarray = labelled_arrays()
        self._target = target
        self._places = {number: number for number in range(len(target))}
        self._series = {
            name: xarray.DataArray(values, dims=["sample", "date", "band"], coords={"sample": np.arange(len(values))})
            for name, values in series.items()
        }
        self._statistics = xarray.Dataset(
            {
                f"{name}-{word}": (f"{name}-band", values)
                for name, each in logged.items()
                for word, values in (
                    ("mean", each.mean),
                    ("sd", each.scale),
                    ("low", each.minimum),
                    ("high", each.maximum),
                )
            }
        )

    def __len__(self) -> int:
        return len(self._target)

    def __getitem__(self, index: int) -> Sample:
        views = {}
        for name, values in self._series.items():
            single = values.isel(sample=self._places[index]).values
            mean, sd, _, _ = (self._statistics[f"{name}-{word}"].values for word in ("mean", "sd", "low", "high"))
            views[name] = ((single - mean) / sd).astype("float32")
        return {"identifier": index, "views": views, "target": self._target[index]}


def labelled_arrays() -> Any:
    """The xarray module.

    Raises:
        MissingError: it is not installed.
    """
    try:
        import xarray
    except ImportError as error:
        raise MissingError("xarray is not installed (bench-requirements.txt)") from error
    return xarray


def batches(samples: OneByOne, shuffled: bool = False) -> DataLoader[Sample]:
    """Batches of 128, collated from single samples in this process."""
    return DataLoader(samples, batch_size=BATCH, shuffle=shuffled, drop_last=shuffled)


def network_inputs(batch: Sample) -> list[SensorInput]:
    """The network's input of a batch: values with 0 for nodata, and validity."""
    return [_input(view) for view in batch["views"].values()]


def _input(view: Tensor) -> SensorInput:
    series = view.transpose(1, 2)
    valid = series.isfinite().all(dim=1, keepdim=True)
    return torch.where(valid, series, 0.0), valid
