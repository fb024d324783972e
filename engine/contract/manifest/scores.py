"""Scores as the manifest keeps them: of networks, of forests, of what a network costs in fewer bits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

LEAST_AGREEMENT = 0.99  # of a graph in 8-bit numbers that is used unasked


class Verdict(str, Enum):
    """What training with the other sensors brought, by the paired interval on the test samples."""

    HELPED = "helped"  # the whole interval is above zero
    NO_DIFFERENCE = "no_difference"
    HARMED = "harmed"  # the whole interval is below zero
    NOT_MEASURED = "not_measured"  # trained alone only


@dataclass(frozen=True)
class Estimate:
    """A score with its 95 % interval (cluster bootstrap over groups).

    ``low`` and ``high`` are None together: the test samples come from too few groups for an interval.
    """

    value: float
    low: Optional[float] = None
    high: Optional[float] = None


class Variant(str, Enum):
    """Which of a sensor's two networks: the one that learned from the other sensors, or the one trained alone."""

    COLEARNED = "co-learned"
    ALONE = "alone"


@dataclass(frozen=True)
class Choice:
    """Validation scores of a sensor's two networks: what was chosen between, before the test part was looked at."""

    colearned: float
    alone: float


@dataclass(frozen=True)
class MetricScore:
    """Test scores of one sensor in one metric. ``forest`` is a random forest on the sensor alone.

    ``gain`` is co-learned minus alone, paired; None where there is one network, and in older models.
    """

    metric: str
    colearned: Optional[Estimate]
    alone: Estimate
    forest: Optional[Estimate] = None
    gain: Optional[Estimate] = None

    @property
    def reference(self) -> Optional[Estimate]:
        """Of what a network has to beat, whatever that is."""
        return self.forest


@dataclass(frozen=True)
class CalibrationError:
    """Expected calibration error (Guo et al. 2017) of the shipped probabilities on the test samples.

    Of the class given, in the population of the labels; ``classes`` are those of every class's own probability (Kull et
    al. 2019), empty in older models.
    """

    before: float
    after: float
    classes: tuple[float, ...] = ()

    @property
    def classwise(self) -> Optional[float]:
        """The mean over classes."""
        return sum(self.classes) / len(self.classes) if self.classes else None


@dataclass(frozen=True)
class SensorScore:
    """Test scores of one sensor: trained with the others, trained alone, the paired difference.

    ``shipped`` says whose graph the model file holds, ``choice`` by which validation scores it was chosen; None where
    there was nothing to choose. ``forest_gap`` is shipped minus ``forest``, paired. ``more`` holds the other metrics.
    Where networks and forests are averaged (``average``), ``colearned`` and ``alone`` are averages, with the other
    sensors and without; ``network`` is then the sensor's single network alone, if one was trained, and ``network_gap``
    shipped minus that, paired.
    """

    metric: str  # "balanced accuracy" (or "accuracy", where that is optimized), "R²", "average precision"
    colearned: Optional[Estimate]
    alone: Estimate
    gain: Optional[Estimate]
    verdict: Verdict
    shipped: Variant = Variant.COLEARNED
    choice: Optional[Choice] = None
    forest: Optional[Estimate] = None
    forest_gap: Optional[Estimate] = None
    calibration: Optional[CalibrationError] = None
    more: tuple[MetricScore, ...] = ()
    network: Optional[Estimate] = None
    network_gap: Optional[Estimate] = None
    average: bool = False

    @property
    def reference(self) -> Optional[Estimate]:
        """Of what a network has to beat, whatever that is."""
        return self.forest

    @property
    def reference_gap(self) -> Optional[Estimate]:
        """Shipped minus :attr:`reference`, paired."""
        return self.forest_gap

    @property
    def averaged(self) -> bool:
        """Whether what is compared are averages of several kinds of predictors."""
        return self.average or self.network is not None  # as older models have it

    @property
    def of_shipped(self) -> Estimate:
        """The score of the network in the model file."""
        return self.alone if self.colearned is None or self.shipped is Variant.ALONE else self.colearned


@dataclass(frozen=True)
class QuantizedTest:
    """What another graph costs on test samples, fields as those of :class:`Substitute`; nothing is chosen by it."""

    agreement: float
    score: Estimate
    change: Estimate
    samples: int


@dataclass(frozen=True)
class Substitute:
    """A quicker graph of a sensor beside another one that it may stand for, and what it costs.

    Measured on the ``samples`` of the first run's ``part`` that the sensor covers: validation, since it is chosen by;
    in older models test. ``tested`` is the same on the test part, None where no sample of it lies in the sensor.
    ``graph`` is the ZIP entry. ``agreement`` with the other graph is the share of samples given the same class; of
    labels, of equal answers; of values, 1 − mean squared difference / variance of the target, of the target where it is
    least. ``score`` is this graph's in the sensor's metric, ``change`` that minus the other graph's, paired.
    """

    graph: str
    agreement: float
    score: Estimate
    change: Estimate
    samples: int
    part: str = "test"
    tested: Optional[QuantizedTest] = None

    @property
    def costs_nothing(self) -> bool:
        """Whether it may stand for the other graph unasked.

        Its score must not be shown to be lower (the change's interval reaches zero; where the samples come from
        too few groups for one, the score itself must not be lower), and it must agree almost everywhere, because few
        samples show no change of a score however large it is, and a map is looked at pixel by pixel.
        """
        best = self.change.value if self.change.high is None else self.change.high
        return best >= 0 and self.agreement >= LEAST_AGREEMENT


@dataclass(frozen=True)
class Quantized(Substitute):
    """The graph in 8-bit numbers, beside the same in 32-bit numbers."""


@dataclass(frozen=True)
class FastCopy(Substitute):
    """The graph of one network that learned what an average of networks and forests predicts, beside the average's.

    ``refit``: the one in the file learned from the average of all labels; what it costs was measured of another one,
    which learned from the average that was scored.
    """

    refit: bool = False


class ImportancePart(str, Enum):
    """What is shuffled among the samples to see what a predictor misses without it."""

    SENSOR = "sensor"
    BAND = "band"
    DATE = "date"
    FEATURE = "feature"


@dataclass(frozen=True)
class Importance:
    """The mean fall of the score, and its standard deviation over shuffles; below 0 the part did harm, or nothing.

    ``name`` is a band's or a date's; of many, the first and the last of neighbours that were shuffled together. Of
    features it is that of a kind of what trees are shown, all of which were shuffled together.
    """

    part: ImportancePart
    name: str
    fall: float
    sd: float


@dataclass(frozen=True)
class Importances:
    """Permutation importance of what is shipped of a sensor, in its metric, on ``samples`` of a ``part``.

    Features are those of its forests, whose mean alone was scored for them.
    """

    part: str
    samples: int
    found: tuple[Importance, ...]


@dataclass(frozen=True)
class FusedScore:
    """Test score of all sensors together at prediction: what a single sensor could at best come near to."""

    metric: str
    network: Estimate
    forest: Optional[Estimate] = None

    @property
    def reference(self) -> Optional[Estimate]:
        """Of what a network has to beat, whatever that is."""
        return self.forest
