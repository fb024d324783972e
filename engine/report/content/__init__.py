"""What a report says: results, findings, tables, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .evidence import Degrees, EvaluationEvidence, PartCounts, Scores, SensorEvidence, Target, TrainingEvidence
    from .key_findings import explanation, findings, shipped_words, summary, untested_classes
    from .numbers import (
        MINUS,
        NONE,
        THIN_SPACE,
        FormattedEstimate,
        Style,
        brief,
        capital,
        count,
        decimals_for,
        fixed,
        interval,
        number_of,
        share,
        style_of,
    )
    from .reliance import reliance_advice
    from .results import Score, ScoreRow, SensorResult, chance, scores, sensor_results
    from .wording import PLAIN_SCORE, commonest, how_good, joined_by_and, phrasing, uncertainty_remark
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "MINUS",
    "NONE",
    "PLAIN_SCORE",
    "THIN_SPACE",
    "Degrees",
    "EvaluationEvidence",
    "FormattedEstimate",
    "PartCounts",
    "Score",
    "ScoreRow",
    "Scores",
    "SensorEvidence",
    "SensorResult",
    "Style",
    "Target",
    "TrainingEvidence",
    "brief",
    "capital",
    "chance",
    "commonest",
    "count",
    "decimals_for",
    "explanation",
    "findings",
    "fixed",
    "how_good",
    "interval",
    "joined_by_and",
    "number_of",
    "phrasing",
    "reliance_advice",
    "scores",
    "sensor_results",
    "share",
    "shipped_words",
    "style_of",
    "summary",
    "uncertainty_remark",
    "untested_classes",
]
