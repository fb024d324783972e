"""The targets: the bound, the result, by how much it is missed, and what limits it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter

from ...engine.contract import Precision
from . import names
from .measured import Measured
from .size import FULL
from .spread import Spread

Found = Callable[[Measured], "Spread | None"]


class Kind(Enum):
    """How a figure is formatted."""

    TIMES = "{:.2f}×"
    SHARE = "{:.3f}"
    PERCENT = "{:.2%}"
    SMALL = "{:.1e}"
    GIGABYTES = "{:.2f} GB"
    CHANGE = "{:+.4f}"
    SECONDS = "{:.0f} s"


class Verdict(Enum):
    """The result of a target."""

    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Target:
    """``bound`` is the minimum or, with ``at_most``, the maximum; ``limit`` explains what prevents more.

    ``judged`` selects the figure that is compared with the bound; the median by default.
    """

    text: str
    bound: float
    found: Found
    kind: Kind = Kind.TIMES
    at_most: bool = False
    limit: str = ""
    judged: Callable[[Spread], float] = attrgetter("middle")

    def verdict(self, found: Spread | None) -> Verdict:
        """Met, missed, or neither if nothing was measured."""
        if found is None:
            return Verdict.NOT_MEASURED
        met = self.judged(found) <= self.bound if self.at_most else self.judged(found) >= self.bound
        return Verdict.MET if met else Verdict.MISSED

    def missed_by(self, found: Spread) -> float:
        """The shortfall or excess relative to the bound; absolute if the bound is 0."""
        return abs(self.judged(found) - self.bound) / (abs(self.bound) or 1.0)

    def wanted(self) -> str:
        """The bound as text."""
        return f"{'≤' if self.at_most else '≥'} {self.kind.value.format(self.bound)}"


FP32, INT8 = (names.own(precision, 128) for precision in (Precision.FP32, Precision.INT8))
INT8_64 = names.own(Precision.INT8, 64)
LEAST_AGREEMENT = 0.995
MOST_DIFFERENCE = 1e-5


def _times(subject: str, ours: str, theirs: str) -> Found:
    return lambda measured: measured.times(subject, ours, theirs)


def _worst(subject: str, logged: tuple[str, ...], worst: Callable[..., float]) -> Found:
    """The worst of some facts, if all are available."""

    def found(measured: Measured) -> Spread | None:
        values = [value for name in logged if (value := measured.fact(subject, name)) is not None]
        return Spread.exactly(worst(values)) if len(values) == len(logged) else None

    return found


def _share(measured: Measured) -> Spread | None:
    flops = measured.fact("series", names.SERIES_FLOPS.format(128))
    return measured.share_of("series", FP32, flops, names.SGEMM)


def _accuracy(measured: Measured) -> Spread | None:
    """The change of the score, with its interval, for the set with the lowest upper end: below 0, a loss is proven."""
    logged = []
    for each in names.ACCURACY_SETS:
        change, low, high = (
            measured.fact("accuracy", name.format(each)) for name in (names.CHANGE, names.LOW, names.HIGH)
        )
        if change is None:
            return None
        logged.append(Spread(change, change if low is None else low, change if high is None else high))
    return min(logged, key=attrgetter("high"))


def _growth(name: str, sides_px: tuple[int, ...]) -> Found:
    """Peak memory of the largest raster relative to that of the smallest."""

    def found(measured: Measured) -> Spread | None:
        least, most = (
            measured.fact("memory", names.PEAK.format(name, side_px)) for side_px in (sides_px[0], sides_px[-1])
        )
        return Spread.exactly(most / least) if least and most else None

    return found


def _most_memory(measured: Measured) -> Spread | None:
    result = measured.results.get("memory")
    return Spread.exactly(max(result.facts.values()) / 1e9) if result and result.facts else None


def _effort(name: str) -> Found:
    def found(measured: Measured) -> Spread | None:
        seconds = measured.fact("efforts", names.EFFORT_WALL.format(name))
        return None if seconds is None else Spread.exactly(seconds)

    return found


def _end_to_end(name: str) -> Found:
    return _times("journey", names.END_TO_END.format(name), names.PURE.format(name))


def _two_cores(name: str) -> Found:
    two, one = names.TWO_CORES.format(name), names.END_TO_END.format(name)
    return lambda measured: measured.times_by_wall("journey", two, one)


def _dense(context_px: int) -> Found:
    return _times("dense", names.DENSE.format(context_px), names.PATCHES.format(context_px))


_THREE_LAYERS = (
    "The bound was set on encoders of two convolutions; the method's have three, which makes 10.9 MFLOP a pixel of "
    "7.3. Trees cost the same, whatever the network."
)
_PYTHON = (
    "What is slow there is Python, sample by sample, and not the network: the faster a processor is at Python, "
    "compared with its matrix products, the smaller the ratio."
)
_HALOS = (
    "Where the squares that a block is run in meet, halos of 15 px are computed twice; larger squares leave the cache."
)
_READING = "Reading and decompressing, which one core does here in addition to inferring; a second core hides it."

_ONE_HAS_BOTH = (
    "A thread in addition to the inferring ones reads, unpacks and writes. With one inferring thread it has the second "
    "core to itself; with two it takes its share of both, and so the most is twice the share end to end."
)

_TREES = (
    "Most of the time of both is a chain of questions whose answers no processor foresees, and waiting for the memory "
    "that they lead to."
)
_CHEAP = "An image's network costs so little that a hundred trees cost as much again."

TARGETS = (
    Target("Series, fp32: share of the fastest sgemm of the same run", 0.95, _share, Kind.SHARE),
    Target("Series, fp32, against naive ONNX Runtime", 1.4, _times("series", FP32, names.NAIVE)),
    Target("Series, fp32, against the paper's way", 10, _times("series", FP32, names.PAPER_PREDICTION), limit=_PYTHON),
    Target("Series, int8 against fp32", 3, _times("series", INT8, FP32)),
    Target(
        "Series, int8, against a forest of 100 trees", 0.7, _times("series", INT8, names.FOREST), limit=_THREE_LAYERS
    ),
    Target("The same at hidden 64", 2.5, _times("series", INT8_64, names.FOREST), limit=_THREE_LAYERS),
    Target(
        "int8: classes as in fp32, on the real set where they are fewest",
        LEAST_AGREEMENT,
        _worst("accuracy", tuple(names.AGREEMENT.format(each) for each in names.CLASS_SETS), min),
        Kind.PERCENT,
    ),
    Target(
        "int8: no loss of score shown (upper end of the interval), on the real set where it is likeliest",
        0.0,
        _accuracy,
        Kind.CHANGE,
        judged=attrgetter("high"),
    ),
    Target("Image, dense against patch by patch, 15 px", 20, _dense(15)),
    Target("Image, dense against patch by patch, 31 px", 200, _dense(31), limit=_HALOS),
    Target(
        "The same probabilities",
        MOST_DIFFERENCE,
        _worst("dense", tuple(names.DENSE_DIFFERENCE.format(each) for each in names.CONTEXTS_PX), max),
        Kind.SMALL,
        at_most=True,
    ),
    *(
        Target(
            f"Trees, {kind}: a forest in the graph against the same trees and features by scikit-learn",
            1.5,
            _times("trees", names.FOREST_IN_GRAPH.format(kind), names.SAME_TREES.format(kind)),
            limit=_TREES,
        )
        for kind in names.TREES_OF
    ),
    *(
        Target(
            f"Trees, {name.format(kind)} against the network",
            0.7,
            _times("trees", name.format(kind), names.NETWORK.format(kind)),
            limit=_CHEAP,
        )
        for name in (names.AVERAGE, names.SHIPPED)
        for kind in names.TREES_OF
    ),
    *(
        Target(
            f"Trees, {kind}: their fast copy, of half the width and in int8, against the network",
            2.0,
            _times("trees", names.FAST_INT8.format(kind), names.NETWORK.format(kind)),
        )
        for kind in names.TREES_OF
    ),
    Target("Image, end to end against inference alone", 0.95, _end_to_end(names.IMAGE), Kind.SHARE, limit=_READING),
    Target("Series, end to end against inference alone", 0.95, _end_to_end(names.SERIES), Kind.SHARE, limit=_READING),
    Target("Image, two cores against one", 1.9, _two_cores(names.IMAGE), limit=_ONE_HAS_BOTH),
    Target("Series, two cores against one", 1.9, _two_cores(names.SERIES), limit=_ONE_HAS_BOTH),
    Target("Image: peak memory at 16 times the pixels", 1.1, _growth(names.IMAGE, FULL.memory_sides_px), at_most=True),
    Target(
        "Series: peak memory at 16 times the pixels",
        1.1,
        _growth(names.SERIES, FULL.memory_series_sides_px),
        at_most=True,
    ),
    Target("The largest peak of all", 1.0, _most_memory, Kind.GIGABYTES, at_most=True),
    Target("Training against the paper's loop", 8, _times("training", names.OWN_TRAINING, names.PAPER_TRAINING)),
    *(
        Target(f"Two sensors, 6,000 samples, two cores: {name}", most_s, _effort(name), Kind.SECONDS, at_most=True)
        for name, most_s in ((names.QUICK, 60), (names.STANDARD, 300))
    ),
    Target(
        "The same losses", MOST_DIFFERENCE, _worst("training", (names.LOSS_DIFFERENCE,), max), Kind.SMALL, at_most=True
    ),
)
