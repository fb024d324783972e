"""Which of a sensor's predictors maps: the average of networks and trees, or the one network that learned from it."""

from __future__ import annotations

from ..contract import LEAST_AGREEMENT, FastCopy, Precision, Quality, SensorManifest, kinds_of_average
from ..process import Reporter
from .precision import cost_text

AVERAGE = "the average"


def choose_quality(sensor: SensorManifest, asked: Quality, precision: Precision, reporter: Reporter) -> Quality:
    """BEST or FAST, the one really used; it is logged wherever there is a choice.

    ``auto`` takes the fast copy where the model's own test shows no loss by it, and where int8 is asked for, which
    only the fast copy has. A model with one graph of the sensor has that one only, whatever is asked.
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
