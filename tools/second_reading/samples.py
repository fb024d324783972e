"""The samples written by a training: parts, groups, classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal

from .findings import Findings

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Samples:
    """The samples' layer: columns by name, positions in degrees."""

    longitude: np.ndarray
    latitude: np.ndarray
    columns: dict[str, list]

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array(self.columns[name], dtype=object)


def read_samples(path: Path) -> Samples:
    """The points and their attributes."""
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)  # keep the reference: layers depend on it
    rows = [(feature.GetGeometryRef().GetPoint_2D(), feature.items()) for feature in dataset.GetLayer(0)]
    points = np.array([point for point, _ in rows])
    columns = {name: [items[name] for _, items in rows] for name in rows[0][1]}
    return Samples(points[:, 0], points[:, 1], columns)


def check_groups(samples: Samples, findings: Findings) -> None:
    """Check that no group is in two parts."""
    groups = {part: set(samples["group"][samples["part"] == part]) for part in PARTS}
    shared = sum(len(groups[one] & groups[other]) for one, other in (PARTS[:2], PARTS[1:], PARTS[::2]))
    counts = ", ".join(f"{part} {int((samples['part'] == part).sum())}" for part in (*PARTS, "excluded"))
    findings.note(shared == 0, f"groups in two parts: {shared} ({counts} samples)")


def check_classes(manifest: dict, samples: Samples, findings: Findings) -> None:
    """Check that codes are unique, in range, and equal to integer labels."""
    codes = [label["code"] for label in manifest["classes"]]
    nodata = int(manifest["nodata"])
    fit = len(set(codes)) == len(codes) and nodata not in codes and min(codes) >= 0 and max(codes) <= 65535
    findings.note(fit, f"codes {codes} are unique, within 16 bits and not nodata ({nodata})")
    values = [label.get("value") or label["name"] for label in manifest["classes"]]
    if all(value.isdigit() and str(int(value)) == value for value in values):
        findings.note([int(value) for value in values] == codes, "codes are the labels' own integers")
    names = {label["name"] for label in manifest["classes"]}
    findings.note(set(samples["class"]) <= names, f"classes of the samples are those of the model: {sorted(names)}")
