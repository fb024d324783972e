"""Test samples run through the graph again: classes and probabilities must equal those in their layer."""

from __future__ import annotations

import numpy as np
import onnxruntime

from .findings import Findings
from .samples import Samples
from .scenes import Raster, patch_of

PROBABILITY_TOLERANCE = 1e-4


def check_predictions(
    manifest: dict, sensor: dict, graph: bytes, scenes: list[Raster], samples: Samples, findings: Findings
) -> None:
    """Check that each test sample, read again and run through the graph, has the class and probability of the layer."""
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
    """The weight of each class's probability: 1, or 1 / share if balanced accuracy is optimized."""
    shares = np.array([label.get("share") or np.nan for label in manifest["classes"]], dtype=np.float64)
    return np.ones(len(shares)) if manifest["optimize"] == "accuracy" or np.isnan(shares).any() else 1 / shares
