"""Models to measure: short trainings on real samples, in the form of model files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...engine.arrays import Floats
from ...engine.contract import (
    Band,
    ClassWeight,
    Estimate,
    LabelClass,
    Layout,
    Manifest,
    Precision,
    SampleCounts,
    SensorManifest,
    SensorScore,
    Task,
    Verdict,
)
from ...engine.export import export_graph
from ...engine.inference import Session
from ...engine.learning.fit import Settings, TrainedNetwork, TrainingData, train_network, with_recipe
from ...engine.mapping import map_block
from ...engine.model import NetworkDesign
from ...engine.model_file import write_model
from ...engine.samples import SampleSet, Split
from ...engine.samples.split import split_by_group
from .entries import MissingError
from .quantization import Eight, in_eight_bits

SEED = 1
NODATA = 255


@dataclass(frozen=True)
class Model:
    """A trained network of one sensor, its graphs and their manifest; ``int8`` if there is one."""

    network: TrainedNetwork
    manifest: Manifest
    fp32: bytes
    int8: bytes | None

    @property
    def sensor(self) -> SensorManifest:
        """The model's only sensor."""
        return self.manifest.sensors[0]

    def session(self, precision: Precision = Precision.FP32) -> Session:
        """A session with one thread, opened as in prediction.

        Raises:
            MissingError: there is no graph of this precision.
        """
        graph = self.int8 if precision is Precision.INT8 else self.fp32
        if graph is None:
            raise MissingError(f"the product made no graph in {precision.value} of this network")
        return Session(graph)

    def map(self, session: Session, values: Floats) -> NDArray[Any]:
        """Codes (1, row, col) of a block, as in prediction."""
        return map_block(session, self.sensor, self.manifest, values).main

    def write(self, path: Path) -> Path:
        """Write it as a model file."""
        graphs = {self.sensor.graph: self.fp32}
        if self.int8 is not None and self.sensor.quantized is not None:
            graphs[self.sensor.quantized.graph] = self.int8
        path.parent.mkdir(parents=True, exist_ok=True)
        write_model(path, self.manifest, graphs, "")
        return path


def trained(
    samples: SampleSet, outputs: int, design: NetworkDesign, epochs: int, seed: int = SEED
) -> tuple[TrainedNetwork, Split]:
    """A network of all sensors of the samples, trained briefly with the product's recipe, and its data."""
    split = split_by_group(samples, SEED, "the benchmark")
    settings = with_recipe(Settings(epochs, 128, 1e-3, ClassWeight.AUTO, seed, outputs, design=design))
    return train_network(TrainingData(samples), split, settings, "benchmark", lambda epoch: None), split


def model_of(
    samples: SampleSet,
    classes: Sequence[str],
    bands: Sequence[str],
    design: NetworkDesign,
    epochs: int,
    int8: bool = True,
) -> Model:
    """A model of the samples' only sensor, in fp32 and, if requested and supported, in int8."""
    network, split = trained(samples, len(classes), design, epochs)
    codes = list(range(1, len(classes) + 1))
    name = network.sensors[0].name
    fp32 = export_graph(network, name, codes, NODATA)
    eight = in_eight_bits(fp32, network, samples, split) if int8 else None
    return Model(network, _manifest(network, classes, bands, eight), fp32, eight.graph if eight else None)


def _manifest(network: TrainedNetwork, classes: Sequence[str], bands: Sequence[str], eight: Eight | None) -> Manifest:
    """The network's manifest, as far as prediction needs it."""
    labels = tuple(LabelClass(at, name, f"#{40 * at % 256:02x}8040") for at, name in enumerate(classes, start=1))
    return Manifest(
        task=Task.CLASSIFICATION,
        method="alone",
        label_fields=("class",),
        sensors=(_sensor(network, bands, eight),),
        classes=labels,
        targets=(),
        nodata=NODATA,
        samples=SampleCounts(train=1, validation=1, test=0, groups=2, left_out=0),
        area=None,
        split="squares",
        seed=SEED,
        created="",
        versions={},
        job={},
    )


def _sensor(network: TrainedNetwork, bands: Sequence[str], eight: Eight | None) -> SensorManifest:
    sensor, logged = network.sensors[0], network.sensors[0].statistics
    columns = zip(bands, logged.mean, logged.sd, logged.minimum, logged.maximum, strict=True)
    return SensorManifest(
        name=sensor.name,
        kind=sensor.shape.kind,
        layout=Layout.STACK if sensor.shape.has_dates else Layout.SCENES,
        bands=tuple(Band(name, *(float(value) for value in values)) for name, *values in columns),
        bands_named=True,
        dates=tuple(str(at + 1) for at in range(sensor.shape.dates)),
        dates_known=False,
        pixel_m=10.0,
        context_px=sensor.shape.side_px,
        dtype="uint16",
        graph="sensors/1.onnx",
        score=SensorScore("balanced accuracy", None, Estimate(0.0), None, Verdict.NOT_MEASURED),
        quantized=eight.logged if eight else None,
    )
