"""What a report says: results, findings, tables, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .areas import area_table
    from .evidence import Degrees, EvaluationEvidence, PartCounts, Scores, SensorEvidence, Target, TrainingEvidence
    from .key_findings import AVERAGES, NETWORKS, explanation, findings, summary, untested_classes
    from .methods import AVERAGE, method_rows, method_sentence
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
        number_of,
        style_of,
    )
    from .precisions import precision_rows
    from .region_scores import regions
    from .reliance import reliance_advice
    from .results import Score, ScoreRow, SensorResult, chance, scores, sensor_results
    from .sensor_coverage import coverage
    from .share_table import ShareRow, share_rows, share_sentence
    from .tables import ClassRow, Confusion, TargetRow, class_rows, confusion_of, target_rows
    from .wording import PLAIN_SCORE, commonest, how_good, joined_by_and, phrasing, uncertainty_remark
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AVERAGE",
    "AVERAGES",
    "MINUS",
    "NETWORKS",
    "NONE",
    "PLAIN_SCORE",
    "THIN_SPACE",
    "ClassRow",
    "Confusion",
    "Degrees",
    "EvaluationEvidence",
    "FormattedEstimate",
    "PartCounts",
    "Score",
    "ScoreRow",
    "Scores",
    "SensorEvidence",
    "SensorResult",
    "ShareRow",
    "Style",
    "Target",
    "TargetRow",
    "TrainingEvidence",
    "area_table",
    "brief",
    "capital",
    "chance",
    "class_rows",
    "commonest",
    "confusion_of",
    "count",
    "coverage",
    "decimals_for",
    "explanation",
    "findings",
    "fixed",
    "how_good",
    "joined_by_and",
    "method_rows",
    "method_sentence",
    "number_of",
    "phrasing",
    "precision_rows",
    "regions",
    "reliance_advice",
    "scores",
    "sensor_results",
    "share_rows",
    "share_sentence",
    "style_of",
    "summary",
    "target_rows",
    "uncertainty_remark",
    "untested_classes",
]
