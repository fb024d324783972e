"""The features that trees use: groups of features, and the description of each feature."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Optional

LARGEST_PLAIN = 64  # bands; images with more have only the pixel's values and their means over the patch as features


@dataclass(frozen=True)
class FeatureDesign:
    """The groups of features beside the band values themselves.

    ``indices``: spectral indices that the band names allow, treated as bands. ``context``: mean, variance and squared
    gradient around an image pixel. ``season``: statistics of a series over its dates; ``steps``: differences between
    consecutive dates; ``harmonics``: the first two annual harmonics; ``order``: quartiles over the dates.
    """

    indices: bool = True
    context: bool = True
    season: bool = True
    steps: bool = False
    harmonics: bool = False
    order: bool = False


USUAL = FeatureDesign()
RICH = FeatureDesign(steps=True, harmonics=True, order=True)


@dataclass(frozen=True)
class Feature:
    """One feature: a ``measure`` of a band or index, at one date, or over a window of ``window_px``.

    ``band`` is empty if the feature does not refer to a band; ``date`` is the index of a date, None if the feature
    refers to all dates or to none.
    """

    measure: str
    band: str = ""
    date: Optional[int] = None
    window_px: int = 1

    @property
    def name(self) -> str:
        """The display name."""
        where = f" in {self.window_px} px" if self.window_px > 1 else ""
        when = "" if self.date is None else f" at date {self.date + 1}"
        return f"{self.measure} of {self.band}{where}{when}" if self.band else f"{self.measure}{where}{when}"

    def kind(self, indices: Collection[str]) -> str:
        """The kind of feature, by which importance is summarized.

        Args:
            indices: names of the spectral indices.
        """
        if self.band in indices:
            return "indices"
        if self.date is not None:
            return "values by date" if self.measure == "value" else "steps between dates"
        if self.window_px > 1:
            return f"{self.measure} in {self.window_px} px"
        return self._kind_of_all_dates() if self.band else "dates with data"

    def _kind_of_all_dates(self) -> str:
        """The kind of a band's statistic over all dates, or of the pixel value of an image."""
        if " of wave " in self.measure:
            return "harmonics"
        if self.measure.startswith("quartile"):
            return "quartiles"
        return "value of the pixel" if self.measure == "value" else f"{self.measure} over dates"
