"""Choice of a sensor's predictor: the average of networks and trees, or the one network distilled from it."""

from __future__ import annotations

from ..contract import LEAST_AGREEMENT, FastCopy, Precision, Quality, SensorManifest, kinds_of_average
from ..process import Reporter
from .precision import cost_text

AVERAGE = "the average"


def choose_quality(sensor: SensorManifest, asked: Quality, precision: Precision, reporter: Reporter) -> Quality:
    """BEST or FAST, the one actually used; logged if there is a choice.

    ``auto`` uses the fast copy if the model's test shows no loss, and if int8 is requested, which
    only the fast copy has. If the model has only one graph for the sensor, that one is used.
    """
    if sensor.fast is None:
        if asked is Quality.FAST:
            reporter.info("quality", f"The model has a single graph for {sensor.name} and no fast copy.")
        return Quality.BEST
    cost = cost_text(sensor.fast, sensor.score.metric, AVERAGE)
    if asked is Quality.BEST:
        reporter.info("quality", f"Mapping with the average of {kinds_of_average()}, as requested.")
        return asked
    if asked is Quality.AUTO and precision is not Precision.INT8:
        return _unasked(sensor.fast, cost, reporter)
    why = "as requested" if asked is Quality.FAST else "because only the fast copy has the requested int8 graph"
    log = reporter.info if sensor.fast.costs_nothing else reporter.warning
    log("quality", f"Mapping with the fast copy, {why}: {cost}.")
    return Quality.FAST


def _unasked(fast: FastCopy, cost: str, reporter: Reporter) -> Quality:
    if fast.costs_nothing:
        reporter.info("quality", f"Mapping with the fast copy: {cost}.")
        return Quality.FAST
    lower = "agrees with it too rarely" if fast.agreement < LEAST_AGREEMENT else "scored lower"
    reporter.info(
        "quality",
        f"Mapping with the average of {kinds_of_average()}. The fast copy (QUALITY=fast) {lower}: {cost}.",
    )
    return Quality.BEST
