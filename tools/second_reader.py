"""A second reader: recomputes what a model file says of itself, without any of the engine's code.

    python tools/second_reader.py MODEL.colearn SAMPLES.gpkg

MODEL and SAMPLES are `OUTPUT_MODEL` and `OUTPUT_SAMPLES` of one training. Only the standard library, numpy, GDAL and
ONNX Runtime are used. Checked are, for a classification from images:

- the split: no group in two parts; no labelled pixel of one part inside a patch that another part reads;
- the classes: codes that are unique, in the range of the map's type and not its nodata, and the labels' own where those
  are integers;
- the predictions: every test sample read again from the rasters, through the ONNX graph, gives the class and the
  probability that the samples' layer has; the class follows OPTIMIZE. Where it was learned again from the labels of
  all parts after scoring, the graph is another than the scored one: it must be right at least as often there;
- the scores: accuracy (of the labels' population), balanced accuracy, expected calibration error.

Prints a line for each and ends with 1 where something disagrees.
"""

from __future__ import annotations

import json
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()

PARTS = ("train", "validation", "test")
PROBABILITY_TOLERANCE = 1e-4
SCORE_TOLERANCE = 1e-6
BINS = 10


@dataclass
class Findings:
    """Lines for a person, and how many of them disagree."""

    wrong: int = 0
    lines: list[str] = field(default_factory=list)

    def note(self, agrees: bool, what: str) -> None:
        """Keep one check."""
        self.wrong += not agrees
        self.lines.append(f"{'agrees   ' if agrees else 'DISAGREES'}  {what}")


@dataclass(frozen=True)
class Samples:
    """The samples' layer: columns by name, positions in degrees."""

    longitude: np.ndarray
    latitude: np.ndarray
    columns: dict[str, list]

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array(self.columns[name], dtype=object)


def main(arguments: list[str]) -> int:
    """Read both files, print the findings; returns the exit code."""
    model, samples_path = map(Path, arguments)
    findings = check(model, samples_path)
    sys.stdout.write("\n".join(findings.lines) + "\n")
    return 1 if findings.wrong else 0


def check(model: Path, samples_path: Path) -> Findings:
    """All checks on one training."""
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


def read_samples(path: Path) -> Samples:
    """The points and their attributes."""
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)  # layers and geometries live as long as it does
    rows = [(feature.GetGeometryRef().GetPoint_2D(), feature.items()) for feature in dataset.GetLayer(0)]
    points = np.array([point for point, _ in rows])
    columns = {name: [items[name] for _, items in rows] for name in rows[0][1]}
    return Samples(points[:, 0], points[:, 1], columns)


# The split -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Raster:
    """One scene: all its used bands as float64 (band, row, col) with NaN for nodata, and how to find pixels in it."""

    values: np.ndarray
    inverse: tuple[float, ...]
    crs: osr.SpatialReference

    def pixels(self, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
        """Row and col (position, 2), may lie outside."""
        degrees = osr.SpatialReference()
        degrees.ImportFromEPSG(4326)
        for crs in (degrees, self.crs):
            crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        moved = osr.CoordinateTransformation(degrees, self.crs).TransformPoints(
            np.column_stack([longitude, latitude]).tolist()
        )
        x, y = np.array(moved)[:, :2].T
        a, b, c, d, e, f = self.inverse
        return np.column_stack([np.floor(d + e * x + f * y), np.floor(a + b * x + c * y)]).astype(int)

    def inside(self, pixels: np.ndarray) -> np.ndarray:
        """Which pixels lie inside."""
        rows, cols = self.values.shape[1:]
        return (pixels[:, 0] >= 0) & (pixels[:, 0] < rows) & (pixels[:, 1] >= 0) & (pixels[:, 1] < cols)


def scenes_of(sensor: dict, job: dict) -> list[Raster]:
    """The rasters of a sensor, its bands in the model's order."""
    spec = next(each for each in job["sensors"] if each["name"] == sensor["name"])
    names = [band["name"] for band in sensor["bands"]]
    paths = [raster["path"] for raster in spec["rasters"]]
    if sensor["kind"] != "image":
        raise SystemExit(f"{sensor['name']} is a time series: this reader reads images only")
    if sensor["layout"] == "bands":
        files = [next(path for path in paths if Path(path).stem.endswith(name)) for name in names]
        return [opened([(path, 1) for path in files])]
    return [opened([(path, _band(path, name, at)) for at, name in enumerate(names)]) for path in paths]


def _band(path: str, name: str, at: int) -> int:
    """The number of the band called so; its place where bands have no names."""
    dataset = gdal.Open(path)
    found = [dataset.GetRasterBand(number + 1).GetDescription() for number in range(dataset.RasterCount)]
    return found.index(name) + 1 if name in found else at + 1


def opened(bands: list[tuple[str, int]]) -> Raster:
    """One band after the other, all on the first one's grid."""
    layers = []
    for path, number in bands:
        dataset = gdal.Open(path)
        band = dataset.GetRasterBand(number)
        values = band.ReadAsArray().astype(np.float64)
        values[band.GetMaskBand().ReadAsArray() == 0] = np.nan
        layers.append(values)
    first = gdal.Open(bands[0][0])
    crs = osr.SpatialReference(first.GetProjection())
    return Raster(np.array(layers), gdal.InvGeoTransform(first.GetGeoTransform()), crs)


def check_groups(samples: Samples, findings: Findings) -> None:
    """No group stands in two parts."""
    groups = {part: set(samples["group"][samples["part"] == part]) for part in PARTS}
    shared = sum(len(groups[one] & groups[other]) for one, other in (PARTS[:2], PARTS[1:], PARTS[::2]))
    counts = ", ".join(f"{part} {int((samples['part'] == part).sum())}" for part in (*PARTS, "left out"))
    findings.note(shared == 0, f"groups in two parts: {shared} ({counts} samples)")


def check_split(sensor: dict, scenes: list[Raster], samples: Samples, findings: Findings) -> None:
    """No labelled pixel of one part lies inside a patch that another part reads, counted pixel by pixel."""
    halo, part = sensor["context_px"] // 2, samples["part"]
    covered = samples[f"{sensor['name']} covers"] == 1
    broken = 0
    for scene in scenes:
        pixels = scene.pixels(samples.longitude, samples.latitude)
        there = scene.inside(pixels)
        for one in PARTS:
            labelled = np.zeros(scene.values.shape[1:], dtype=bool)
            others = there & np.isin(part, [other for other in PARTS if other != one])
            labelled[tuple(pixels[others].T)] = True
            for row, col in pixels[there & covered & (part == one)]:
                window = labelled[max(row - halo, 0) : row + halo + 1, max(col - halo, 0) : col + halo + 1]
                broken += bool(window.any())
    findings.note(broken == 0, f"{sensor['name']}: patches that hold a labelled pixel of another part: {broken}")


# The classes ---------------------------------------------------------------------------------------------------------


def check_classes(manifest: dict, samples: Samples, findings: Findings) -> None:
    """Codes are unique, in range, and the labels' own where those are integers."""
    codes = [label["code"] for label in manifest["classes"]]
    nodata = int(manifest["nodata"])
    fit = len(set(codes)) == len(codes) and nodata not in codes and min(codes) >= 0 and max(codes) <= 65535
    findings.note(fit, f"codes {codes} are unique, within 16 bits and not nodata ({nodata})")
    values = [label.get("value") or label["name"] for label in manifest["classes"]]
    if all(value.isdigit() and str(int(value)) == value for value in values):
        findings.note([int(value) for value in values] == codes, "codes are the labels' own integers")
    names = {label["name"] for label in manifest["classes"]}
    findings.note(set(samples["class"]) <= names, f"classes of the samples are those of the model: {sorted(names)}")


# Predictions ---------------------------------------------------------------------------------------------------------


def check_predictions(
    manifest: dict, sensor: dict, graph: bytes, scenes: list[Raster], samples: Samples, findings: Findings
) -> None:
    """Each test sample, read again and put through the graph, gets the class and the probability of the layer."""
    name = sensor["name"]
    rows = np.flatnonzero((samples["part"] == "test") & (samples[f"{name} covers"] == 1))
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    weights = decision_weights(manifest)
    codes, classes = [label["code"] for label in manifest["classes"]], [label["name"] for label in manifest["classes"]]
    other_class = other_rule = other_probability = right = scored = 0
    for row in rows:
        patch = patch_of(scenes, samples.longitude[row], samples.latitude[row], sensor["context_px"] // 2)
        probabilities, label = session.run(["probabilities", "label"], {"input": patch[np.newaxis]})
        found = probabilities[0, :, 0, 0]
        given = codes.index(int(label[0, 0, 0]))
        stored = classes.index(samples[f"{name} class"][row])
        other_class += given != stored
        right += classes[given] == samples["class"][row]
        scored += classes[stored] == samples["class"][row]
        other_rule += given != int((found * weights).argmax())
        other_probability += abs(found[stored] - samples[f"{name} probability"][row]) > PROBABILITY_TOLERANCE
    findings.note(other_rule == 0, f"{name}: class not as OPTIMIZE={manifest['optimize']} has it: {other_rule}")
    if manifest["samples"].get("refit"):
        again = f"{name}: learned again from all labels, another class at {other_class} of {len(rows)} test samples"
        findings.note(right >= scored, f"{again}; right at {right}, when scored at {scored}")
        return
    findings.note(other_class == 0, f"{name}: of {len(rows)} test samples another class from the graph: {other_class}")
    findings.note(other_probability == 0, f"{name}: another probability of the class given: {other_probability}")


def decision_weights(manifest: dict) -> np.ndarray:
    """What each probability is weighed by: 1, or 1 / share where every class counts the same."""
    shares = np.array([label.get("share") or np.nan for label in manifest["classes"]], dtype=np.float64)
    return np.ones(len(shares)) if manifest["optimize"] == "accuracy" or np.isnan(shares).any() else 1 / shares


def patch_of(scenes: list[Raster], longitude: float, latitude: float, halo: int) -> np.ndarray:
    """The patch (band, row, col) float32 around a position in the first scene that covers it; reflected at edges."""
    for scene in scenes:
        pixels = scene.pixels(np.array([longitude]), np.array([latitude]))
        if not scene.inside(pixels)[0]:
            continue
        row, col = pixels[0]
        if np.isnan(scene.values[:, row, col]).any():
            continue
        rows, cols = (reflected(at, halo, size) for at, size in zip((row, col), scene.values.shape[1:], strict=True))
        return scene.values[:, rows[:, np.newaxis], cols].astype(np.float32)
    raise SystemExit(f"no scene covers {longitude}, {latitude}")


def reflected(at: int, halo: int, size: int) -> np.ndarray:
    """The indices around ``at``, mirrored at both ends without repeating the edge."""
    index = np.arange(at - halo, at + halo + 1)
    if size == 1:
        return np.zeros_like(index)
    index = np.abs(index) % (2 * size - 2)
    return np.where(index >= size, 2 * size - 2 - index, index)


# Scores --------------------------------------------------------------------------------------------------------------


def check_scores(manifest: dict, sensor: dict, samples: Samples, findings: Findings) -> None:
    """Accuracy of the population, balanced accuracy, expected calibration error, from the layer's own columns."""
    name, score = sensor["name"], sensor["score"]
    if manifest.get("folds", 1) > 1 or manifest.get("repeats", 1) > 1:
        findings.note(True, f"{name}: scores are over several runs, the layer has the first one's; not compared")
        return
    rows = (samples["part"] == "test") & (samples[f"{name} covers"] == 1)
    truth, given = samples["class"][rows], samples[f"{name} class"][rows]
    sure = samples[f"{name} probability"][rows].astype(float)
    right = truth == given
    weights = population_weights(manifest, truth)
    found = {
        "accuracy": float((right * weights).sum() / weights.sum()),
        "balanced accuracy": float(np.mean([right[truth == one].mean() for one in set(truth)])),
    }
    shipped = "alone" if score["shipped"] == "alone" or score["colearned"] is None else "colearned"
    for each in [score, *score["more"]]:
        if each["metric"] in found:
            stored = each[shipped]["value"]
            close = abs(stored - found[each["metric"]]) <= SCORE_TOLERANCE
            findings.note(close, f"{name}: {each['metric']} {found[each['metric']]:.6f}, the model says {stored:.6f}")
    if score["calibration"]:
        error, stored = calibration_error(sure, right, weights), score["calibration"]["after"]
        close = abs(error - stored) <= 100 * SCORE_TOLERANCE
        findings.note(close, f"{name}: calibration error {error:.5f}, the model says {stored:.5f}")


def population_weights(manifest: dict, truth: np.ndarray) -> np.ndarray:
    """Weights that give each class its share in the labels' population, as far as it is among the samples."""
    shares = {label["name"]: label.get("share") for label in manifest["classes"]}
    if not all(shares.values()):
        return np.ones(len(truth))
    counts = {name: int((truth == name).sum()) for name in set(truth)}
    return np.array([shares[name] / counts[name] for name in truth])


def calibration_error(sure: np.ndarray, right: np.ndarray, weights: np.ndarray) -> float:
    """Expected calibration error (Guo et al. 2017) in ten bins of equal width, each with its upper edge."""
    bins = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)
    total = 0.0
    for each in np.unique(bins):
        there = bins == each
        mass = weights[there].sum()
        total += mass * abs(
            np.average(right[there], weights=weights[there]) - np.average(sure[there], weights=weights[there])
        )
    return float(total / weights.sum())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
