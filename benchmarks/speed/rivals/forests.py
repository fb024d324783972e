"""Trees on all values of a pixel: scikit-learn's forest and LightGBM, 100 trees each, one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from ..entries import MissingError
from ..stored import Stored, as_rows

TREES = 100
SEED = 1


@dataclass(frozen=True)
class Trees:
    """A fitted tree model."""

    model: Any

    def classes(self, values: Stored) -> NDArray[np.uint8]:
        """Class indices (pixel,) from stored values (…, row, col); nodata is a value like any other for these trees."""
        found: NDArray[Any] = self.model.predict(as_rows(values))
        return found.astype(np.uint8)


def forest(table: Stored, target: NDArray[Any]) -> Trees:
    """scikit-learn's random forest."""
    model = RandomForestClassifier(TREES, n_jobs=1, random_state=SEED)
    return Trees(model.fit(table, target))


def boosted(table: Stored, target: NDArray[Any]) -> Trees:
    """LightGBM.

    Raises:
        MissingError: it is not installed.
    """
    try:
        from lightgbm import LGBMClassifier
    except ImportError as error:
        raise MissingError("lightgbm is not installed (bench-requirements.txt)") from error
    model = LGBMClassifier(n_estimators=TREES, n_jobs=1, random_state=SEED, verbose=-1)
    return Trees(model.fit(table, target))
