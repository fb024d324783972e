"""The amount of training: the effort, or a time budget in minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract import Effort, ErrorCode, JobError, Method, TrainJob
from ..messages import tr
from .types import definitions
from .types.definitions import DOUBLE, Option

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .types.values import ParameterValues


def add_effort(algorithm: EngineAlgorithm) -> None:
    """Declare both parameters."""
    algorithm.add(
        definitions.choice(
            "EFFORT",
            tr("Effort"),
            TrainJob,
            "effort",
            (
                Option(tr("Quick"), tr("forests only; a minute or two")),
                Option(tr("Standard"), tr("forests and half-width networks; minutes")),
                Option(
                    tr("Thorough"),
                    tr("forests and networks of the full width, in five folds: about five times as long"),
                ),
            ),
            tr("Training effort of the method “Automatic”. The other methods train a single full-width network."),
        )
    )
    algorithm.add(
        definitions.number(
            "TIME_BUDGET_MIN",
            tr("Time budget (minutes)"),
            TrainJob,
            "time_budget_min",
            kind=DOUBLE,
            minimum=0.1,
            decimals=1,
        ),
        tr(
            "For the method “Automatic”: networks and epochs are skipped if the first epochs show that they would "
            "exceed the budget; the log lists them. The result then depends on the speed of the computer. Not set: "
            "no limit."
        ),
        advanced=True,
    )


def check_effort(values: ParameterValues) -> None:
    """Refuse an effort, or a time budget, that the method does not support.

    Raises:
        JobError: names the parameter.
    """
    method, quick = values.choice("METHOD", Method), values.choice("EFFORT", Effort) is Effort.QUICK
    if method is Method.AUTO or not (quick or values.is_given("TIME_BUDGET_MIN")):
        return
    raise JobError(
        ErrorCode.JOB_INVALID,
        subject="EFFORT" if quick else "TIME_BUDGET_MIN",
        found=(tr("quick") if quick else tr("minutes")) + f", METHOD={method.value}",
        expected=tr("the method “Automatic” (METHOD=auto), the only one with an adjustable effort"),
        remedy=tr("Choose METHOD=auto, or leave EFFORT at standard and TIME_BUDGET_MIN empty."),
    )
