"""The scores of the test part, from the columns of the samples' layer."""

from __future__ import annotations

import numpy as np

from .findings import Findings
from .samples import Samples

SCORE_TOLERANCE = 1e-6
BINS = 10


def check_scores(manifest: dict, sensor: dict, samples: Samples, findings: Findings) -> None:
    """Check accuracy in the population, balanced accuracy and expected calibration error."""
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
    """Weights by which each class has its share in the labels' population, among the classes in the samples."""
    shares = {label["name"]: label.get("share") for label in manifest["classes"]}
    if not all(shares.values()):
        return np.ones(len(truth))
    counts = {name: int((truth == name).sum()) for name in set(truth)}
    return np.array([shares[name] / counts[name] for name in truth])


def calibration_error(sure: np.ndarray, right: np.ndarray, weights: np.ndarray) -> float:
    """Expected calibration error (Guo et al. 2017) with ten bins of equal width, each including its upper edge."""
    bins = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)
    total = 0.0
    for each in np.unique(bins):
        there = bins == each
        mass = weights[there].sum()
        total += mass * abs(
            np.average(right[there], weights=weights[there]) - np.average(sure[there], weights=weights[there])
        )
    return float(total / weights.sum())
