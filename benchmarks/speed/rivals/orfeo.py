"""Orfeo ToolBox's ImageClassifier with a forest of 100 trees: a separate program, file to file, on one thread."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, ogr

from ..entries import MissingError
from ..rasters import write_array
from ..stored import Stored
from .forests import TREES

TRAINER, CLASSIFIER = "otbcli_TrainVectorClassifier", "otbcli_ImageClassifier"
MOST_DEPTH = 25  # the program's default of 5 gives worse and faster forests than the others'
LIMIT_S = 300


@dataclass(frozen=True)
class Orfeo:
    """A trained classifier: the image it maps, the model, the map it writes."""

    image: Path
    model: Path
    output: Path

    @classmethod
    def trained(cls, folder: Path, table: Stored, target: NDArray[Any], values: Stored) -> Orfeo:
        """Train on a table (sample, value), to map stored ``values`` (…, row, col).

        Raises:
            MissingError: Orfeo ToolBox is not installed, or fails.
        """
        if not shutil.which(TRAINER) or not shutil.which(CLASSIFIER):
            raise MissingError("Orfeo ToolBox is not installed (Debian's otb-bin)")
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(write_array(folder / "image.tif", values), folder / "forest.rf", folder / "map.tif")
        names = [f"v{at}" for at in range(table.shape[1])]
        samples = _write_samples(folder / "samples.gpkg", names, table, target)
        _run(
            [
                *(TRAINER, "-io.vd", str(samples), "-io.out", str(made.model)),
                *("-feat", *names, "-cfield", "label"),
                *("-classifier", "rf", "-classifier.rf.nbtrees", str(TREES), "-classifier.rf.max", str(MOST_DEPTH)),
            ]
        )
        return made

    def map(self) -> None:
        """Map the image, file to file."""
        wanted = [f"{self.output}?&gdal:co:COMPRESS=DEFLATE", "uint8"]
        _run([CLASSIFIER, "-in", str(self.image), "-model", str(self.model), "-out", *wanted])

    def classes(self) -> NDArray[np.uint8]:
        """The resulting class indices (row, col)."""
        found: NDArray[np.uint8] = gdal.Open(str(self.output)).ReadAsArray()
        return found


def _write_samples(path: Path, names: list[str], table: Stored, target: NDArray[Any]) -> Path:
    path.unlink(missing_ok=True)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("samples", None, ogr.wkbPoint)
    for name in names:
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal))
    layer.CreateField(ogr.FieldDefn("label", ogr.OFTInteger))
    layer.StartTransaction()
    for row, label in zip(table.tolist(), target.tolist(), strict=True):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (0 0)"))
        for at, value in enumerate(row):
            feature.SetField(at, float(value))
        feature.SetField("label", label)
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    del layer, dataset
    return path


def _run(command: list[str]) -> None:
    logged = {"OTB_LOGGER_LEVEL": "WARNING", "OTB_MAX_RAM_HINT": "512"}
    one_thread = {"ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
    environment = {**os.environ, **logged, **one_thread}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    if done.returncode:
        raise MissingError(f"{command[0]} ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}")
