"""The content of a report: results, findings, tables, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .evidence import Degrees, EvaluationEvidence, PartCounts, Scores, SensorEvidence, Target, TrainingEvidence
    from .key_findings import findings, shipped_words, summary, untested_classes
    from .numbers import (
        MINUS,
        NONE,
        FormattedEstimate,
        Style,
        brief,
        capital,
        count,
        decimals_for,
        fixed,
        interval,
        joined_by_and,
        number_of,
        share,
        style_of,
    )
    from .reliance import reliance_advice
    from .results import Score, ScoreRow, SensorResult, chance, scores, sensor_results
    from .task_words import commonest, words_of
    from .wording import spread_text, uncertainty_remark
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "MINUS",
    "NONE",
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
    "findings",
    "fixed",
    "interval",
    "joined_by_and",
    "number_of",
    "reliance_advice",
    "scores",
    "sensor_results",
    "share",
    "shipped_words",
    "spread_text",
    "style_of",
    "summary",
    "uncertainty_remark",
    "untested_classes",
    "words_of",
]
