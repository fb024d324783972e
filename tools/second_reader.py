"""A second reader: recomputes what a model file states about itself, without any of the engine's code.

    python tools/second_reader.py MODEL.colearn SAMPLES.gpkg

MODEL and SAMPLES are `OUTPUT_MODEL` and `OUTPUT_SAMPLES` of one training. It uses only the standard library, numpy,
GDAL and ONNX Runtime. For a classification from images, it checks:

- the split: no group is in two parts; no labelled pixel of one part is inside a patch that another part reads;
- the classes: codes are unique, in the range of the map's type, not its nodata, and equal to integer labels;
- the predictions: for every test sample, read again from the rasters, the ONNX graph gives the class and probability
  in the samples' layer; the class follows OPTIMIZE. If the shipped predictor was refitted on all labels after scoring,
  its graph differs from the scored one: it must be correct there at least as often;
- the scores: accuracy (in the labels' population), balanced accuracy, expected calibration error.

It prints one line per check; the exit code is 1 if anything disagrees.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

from osgeo import gdal, ogr, osr

from second_reading.findings import Findings
from second_reading.predictions import check_predictions
from second_reading.samples import check_classes, check_groups, read_samples
from second_reading.scenes import check_split, scenes_of
from second_reading.scores import check_scores

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()


def main(arguments: list[str]) -> int:
    """Read both files and print the findings; returns the exit code."""
    model, samples_path = map(Path, arguments)
    findings = check(model, samples_path)
    sys.stdout.write("\n".join(findings.lines) + "\n")
    return 1 if findings.wrong else 0


def check(model: Path, samples_path: Path) -> Findings:
    """All checks of one training."""
    findings = Findings()
    with zipfile.ZipFile(model) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        graphs = {sensor["name"]: archive.read(sensor["graph"]) for sensor in manifest["sensors"]}
    samples = read_samples(samples_path)
    check_groups(samples, findings)
    check_classes(manifest, samples, findings)
    for sensor in manifest["sensors"]:
        scenes = scenes_of(sensor, manifest["job"])
        check_split(sensor, scenes, samples, findings)
        check_predictions(manifest, sensor, graphs[sensor["name"]], scenes, samples, findings)
        check_scores(manifest, sensor, samples, findings)
    return findings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
