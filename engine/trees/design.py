"""What trees are shown of a sensor: the groups of features, and what each feature is called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Optional

LARGEST_PLAIN = 64  # bands of images: of more, only the pixel and the mean around it are shown


@dataclass(frozen=True)
class FeatureDesign:
    """Groups of features beside the values themselves.

    ``indices``: those that the bands' names allow, treated as bands. ``context``: mean, spread and slope around a
    pixel of an image. ``season``: summaries of a series over its dates; ``steps``: differences of neighbouring dates;
    ``harmonics``: its first two waves of a year; ``order``: quartiles of its values.
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
    """One number that trees are shown: of a band (or index), by what ``measure``, at a date or over ``window_px``.

    ``band`` is empty for what is of all bands; ``date`` is the position of a date, None for what is of all dates.
    """

    measure: str
    band: str = ""
    date: Optional[int] = None
    window_px: int = 1

    @property
    def name(self) -> str:
        """What a person calls it."""
        where = f" in {self.window_px} px" if self.window_px > 1 else ""
        when = "" if self.date is None else f" at date {self.date + 1}"
        return f"{self.measure} of {self.band}{where}{when}" if self.band else f"{self.measure}{where}{when}"

    def kind(self, indices: Collection[str]) -> str:
        """What kind of feature it is, for people who ask which kinds matter; ``indices`` are the names of indices."""
        if self.band in indices:
            return "indices"
        if self.date is not None:
            return "values by date" if self.measure == "value" else "steps between dates"
        if self.window_px > 1:
            return f"{self.measure} in {self.window_px} px"
        return self._kind_of_all_dates() if self.band else "dates with data"

    def _kind_of_all_dates(self) -> str:
        """Of what sums a band's dates up; of an image, which has none, the pixel itself."""
        if " of wave " in self.measure:
            return "harmonics"
        if self.measure.startswith("quartile"):
            return "quartiles"
        return "value of the pixel" if self.measure == "value" else f"{self.measure} over dates"
