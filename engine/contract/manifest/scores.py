"""Scores in the manifest: of networks, of forests, and the loss by quantization."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

LEAST_AGREEMENT = 0.99  # of an 8-bit graph that is used by default


class Verdict(str, Enum):
    """The effect of training with the other sensors, by the paired interval on the test samples."""

    HELPED = "helped"  # the whole interval is above zero
    NO_DIFFERENCE = "no_difference"
    HARMED = "harmed"  # the whole interval is below zero
    NOT_MEASURED = "not_measured"  # trained alone only


@dataclass(frozen=True)
class Estimate:
    """A score with its 95 % interval (cluster bootstrap over groups).

    ``low`` and ``high`` are both None if the test samples come from too few groups for an interval.
    """

    value: float
    low: Optional[float] = None
    high: Optional[float] = None


class Variant(str, Enum):
    """One of a sensor's two networks: co-learned with the other sensors, or trained alone."""

    COLEARNED = "co-learned"
    ALONE = "alone"


@dataclass(frozen=True)
class Choice:
    """Validation scores of a sensor's two networks, by which one was chosen before the test part was used."""

    colearned: float
    alone: float


@dataclass(frozen=True)
class MetricScore:
    """Test scores of one sensor in one metric. ``forest`` is a random forest on the sensor alone.

    ``gain`` is co-learned minus alone, paired; None if there is only one network, and in older models.
    """

    metric: str
    colearned: Optional[Estimate]
    alone: Estimate
    forest: Optional[Estimate] = None
    gain: Optional[Estimate] = None

    @property
    def reference(self) -> Optional[Estimate]:
        """The score of the reference method."""
        return self.forest


@dataclass(frozen=True)
class CalibrationError:
    """Expected calibration error (Guo et al. 2017) of the shipped probabilities on the test samples.

    For the predicted class, in the population of the labels; ``classes`` are those of each class's probability (Kull et
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
    """Test scores of one sensor: trained with the others, trained alone, and their paired difference.

    ``shipped`` is the variant in the model file, ``choice`` the validation scores by which it was chosen; None if
    there was no choice. ``forest_gap`` is shipped minus ``forest``, paired. ``more`` contains the other metrics.
    If networks and forests are averaged (``average``), ``colearned`` and ``alone`` are averages, with the other
    sensors and without; ``network`` is then the sensor's single network alone, if one was trained, and ``network_gap``
    shipped minus that, paired.
    """

    metric: str  # "balanced accuracy" (or "accuracy", if that is optimized), "R²", "average precision"
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
        """The score of the reference method."""
        return self.forest

    @property
    def reference_gap(self) -> Optional[Estimate]:
        """Shipped minus :attr:`reference`, paired."""
        return self.forest_gap

    @property
    def averaged(self) -> bool:
        """Whether averages of several kinds of predictors are compared."""
        return self.average or self.network is not None  # for older models

    @property
    def of_shipped(self) -> Estimate:
        """The score of the network in the model file."""
        return self.alone if self.colearned is None or self.shipped is Variant.ALONE else self.colearned


@dataclass(frozen=True)
class QuantizedTest:
    """The loss by another graph on test samples, fields as in :class:`Substitute`; not used for any choice."""

    agreement: float
    score: Estimate
    change: Estimate
    samples: int


@dataclass(frozen=True)
class Substitute:
    """A faster graph of a sensor that may replace another one, and its loss.

    Measured on the ``samples`` of the first run's ``part`` that the sensor covers: validation, as it is used for a
    choice; test in older models. ``tested`` is the same on the test part, None if the sensor covers none of it.
    ``graph`` is the ZIP entry. ``agreement`` with the other graph is the share of samples with the same class; for
    labels, of equal decisions; for values, 1 − mean squared difference / variance of the target, the minimum over
    targets. ``score`` is this graph's in the sensor's metric, ``change`` that minus the other graph's, paired.
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

        Its score must not be significantly lower (the change's interval includes zero; if the samples come from
        too few groups for one, the score itself must not be lower), and it must agree almost everywhere: with few
        samples even a large change of the score is not significant, and a map is inspected pixel by pixel.
        """
        best = self.change.value if self.change.high is None else self.change.high
        return best >= 0 and self.agreement >= LEAST_AGREEMENT


@dataclass(frozen=True)
class Quantized(Substitute):
    """The 8-bit graph, compared with the fp32 one."""


@dataclass(frozen=True)
class FastCopy(Substitute):
    """The graph of one network distilled from an average of networks and forests, compared with the average's.

    ``refit``: the shipped one was then trained further on the average trained on all labels; the loss was measured
    before, when it had been distilled from the average that was scored.
    """

    refit: bool = False


class ImportancePart(str, Enum):
    """What is permuted among the samples to measure its importance."""

    SENSOR = "sensor"
    BAND = "band"
    DATE = "date"
    FEATURE = "feature"


@dataclass(frozen=True)
class Importance:
    """The mean decrease of the score, and its standard deviation over permutations; below 0: harmful or irrelevant.

    ``name`` is a band's or a date's; if there are many, the first and last of neighbours permuted together. For
    features it is that of a kind of tree features, all of which were permuted together.
    """

    part: ImportancePart
    name: str
    fall: float
    sd: float


@dataclass(frozen=True)
class Importances:
    """Permutation importance for a sensor's shipped predictor, in its metric, on ``samples`` of a ``part``.

    Features are those of its forests; for them, only the forests' mean was scored.
    """

    part: str
    samples: int
    found: tuple[Importance, ...]


@dataclass(frozen=True)
class FusedScore:
    """Test score with all sensors at prediction: an approximate upper limit for a single sensor."""

    metric: str
    network: Estimate
    forest: Optional[Estimate] = None

    @property
    def reference(self) -> Optional[Estimate]:
        """The score of the reference method."""
        return self.forest
