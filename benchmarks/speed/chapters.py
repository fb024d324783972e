"""The page's chapters, one per subject: an explanation of what is compared, and the table."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.contract import Precision
from . import names
from .markdown import NOTHING, gflops, per_second, table, times
from .measured import Measured
from .size import FULL
from .targets import FP32, INT8

SERIES = """\
## Series to a class map

TempCNN of the method (two encoders, three convolutions each), {flops:.1f} MFLOP a pixel at hidden 128, counted from
its layers without the products with padding; at hidden 64 {flops_64:.1f}. The floor is the product of two large
matrices, by whichever library is fastest here.
"""

RIVALS = """\
### Others on the same pixels

Trees learn ten kinds of land (k-means) with one label in five shuffled, since trees are the deeper and the slower the
less the labels are of one mind; the forest on two clean classes is reported as well. Orfeo ToolBox is a program
of its own, whose start and files are in its figure. The paper's way is written afresh after the structure of its public
code, but runs one sensor only, where that code runs all of a model's. All on one thread; naive ONNX Runtime has the
same weights as ours, and differs in probabilities by {difference} at most.
"""

IMAGES = """\
## Images

The product's network of images, dense over blocks of 256 px against the same network patch by patch. The strided form
is how CoLearn itself runs single patches in training. The loop over overlapping pieces of 512 px (15 % overlap) is what
plugins for a person's own networks do.
"""

TREES = """\
## Trees and networks

A forest of 50 trees in the graph against the same features by torch and the same trees by scikit-learn, on one thread;
what scikit-learn takes for features that it is given is listed as well. Averages are one graph: of the network (hidden
128) and two forests of 50 trees, and of what `auto` makes by default, three networks of half the width and two forests.
The fast copy of such an average is one network of half the width.
"""

END_TO_END = """\
## End to end

`predict` as users run it, from a compressed GeoTIFF to a checked one, against the same blocks inferred from memory.
One thread infers; what another thread reads and unpacks counts, too. Nothing of an earlier run is kept unpacked.
"""

MEMORY = """\
## Peak memory

Of `python -m engine predict`, a process of its own with two threads: an image of 12 bands and a series of 4 dates
× 12 bands, small networks. The smallest raster has more blocks than are ever in memory at once.
"""

ACCURACY = """\
## What int8 costs

On samples that were not trained on; the change of the score (balanced accuracy, R²) is that of the test part, with its
95 % interval (paired, by groups).
"""

TRAINING = """\
## Training

Two sensors, 12 dates, batches of 128, MDiCo with the paper's network. The paper's loop is written afresh after the
structure of its public code: a DataLoader of one-sample dictionaries, NT-Xent by pytorch-metric-learning once for each
order of the sensors, plain Adam. On the same outputs of the same network the two losses differ by {losses} (relative).
"""

EFFORTS = """\
## From rasters and labels to a model

`python -m engine train` on two cores, a process of its own: two series (radar and optical, twelve months) and 6,000
points of ten made-up kinds of land; samples, split, forests, networks, the refit on all labels, fast copies, 8 bits,
importance and report. Beside it one method of the full width, which trains each sensor alone, both together and all
sensors fused; and `thorough` on a tenth of the points, against `standard` on as many.
"""

GPU = """\
## GPU

Blocks of plain arrays through the session that prediction opens on the card, by the clock on the wall, in fp32 (TF32 is
off, so that a map is the same on every card), against the card's own matrix products.
"""


def _series(measured: Measured) -> str:
    flops = [measured.fact("series", names.SERIES_FLOPS.format(hidden)) for hidden in names.HIDDEN]
    if flops[0] is None or flops[1] is None:
        return ""
    floors = [(name, gflops(measured.rate("series", name))) for name in names.SGEMM[1]]
    rows = []
    for hidden, cost in zip(names.HIDDEN, flops, strict=True):
        for precision in (Precision.FP32, Precision.INT8):
            name = names.own(precision, hidden)
            share = measured.share_of("series", name, cost, names.SGEMM)
            over_fp32 = measured.times("series", name, names.own(Precision.FP32, hidden))
            rows.append((name, per_second(measured.rate("series", name)), times(share), times(over_fp32)))
    parts = [
        SERIES.format(flops=flops[0] / 1e6, flops_64=flops[1] / 1e6),
        table(("one core, large matrices", "GFLOP/s"), floors),
        table(("", "pixels/s", "share of sgemm", "over fp32"), rows),
        _rivals(measured),
    ]
    return "\n".join(parts)


def _rivals(measured: Measured) -> str:
    difference = measured.fact("series", names.NAIVE_DIFFERENCE)
    ours = (FP32, INT8, names.own(Precision.FP32, 64), names.own(Precision.INT8, 64))
    rows = []
    for name in names.RIVALS:
        if measured.runs("series", name) is None:
            rows.append((name, measured.why_missing("series", name), *[NOTHING] * len(ours)))
            continue
        ratios = [times(measured.times("series", own, name)) for own in ours]
        rows.append((name, per_second(measured.rate("series", name)), *ratios))
    logged = RIVALS.format(difference=NOTHING if difference is None else f"{difference:.0e}")
    return logged + "\n" + table(("", "pixels/s", *(f"{own} over it" for own in ours)), rows)


def _images(measured: Measured) -> str:
    if "dense" not in measured.results:
        return ""
    rows = []
    for context_px in names.CONTEXTS_PX:
        dense = names.DENSE.format(context_px)
        cost = measured.fact("dense", names.DENSE_FLOPS.format(context_px))
        share = measured.share_of("dense", dense, cost, names.SGEMM)
        rows.append((dense, per_second(measured.rate("dense", dense)), times(share), NOTHING))
        for name in (each.format(context_px) for each in (names.PATCHES, names.STRIDED)):
            over = measured.times("dense", dense, name)
            rows.append((name, per_second(measured.rate("dense", name)), NOTHING, times(over)))
    rows.append((names.WHOLE, per_second(measured.rate("dense", names.WHOLE)), NOTHING, NOTHING))
    over = measured.times("dense", names.WHOLE, names.PIECES)
    rows.append((names.PIECES, per_second(measured.rate("dense", names.PIECES)), NOTHING, times(over)))
    return IMAGES + "\n" + table(("", "pixels/s", "share of sgemm", "ours over it"), rows)


def _trees(measured: Measured) -> str:
    if "trees" not in measured.results:
        return ""
    rows = []
    for kind in names.TREES_OF:
        network, same = names.NETWORK.format(kind), names.SAME_TREES.format(kind)
        others = (names.GIVEN_FEATURES, names.FOREST_IN_GRAPH, names.AVERAGE, names.SHIPPED, names.FAST_INT8)
        contestants = (network, same, *(each.format(kind) for each in others))
        rows += [_of_trees(measured, name, network, same) for name in contestants]
    large = [f"{kind} {_fact(measured, names.FOREST_MEGABYTES.format(kind), '{:.1f} MB')}" for kind in names.TREES_OF]
    off = [f"{kind} {_fact(measured, names.FOREST_OFF.format(kind), '{:.0e}')}" for kind in names.TREES_OF]
    after = f"The forest's graph: {', '.join(large)}; largest difference to scikit-learn: {', '.join(off)}.\n"
    return TREES + "\n" + table(("", "pixels/s", "over the network", "over scikit-learn"), rows) + "\n" + after


def _of_trees(measured: Measured, name: str, network: str, same: str) -> Sequence[str]:
    over = (times(measured.times("trees", name, each)) if name != each else NOTHING for each in (network, same))
    return (name, per_second(measured.rate("trees", name)), *over)


def _fact(measured: Measured, name: str, form: str) -> str:
    value = measured.fact("trees", name)
    return NOTHING if value is None else form.format(value)


def _journey(measured: Measured) -> str:
    if "journey" not in measured.results:
        return ""
    rows = []
    for name in names.JOURNEYS:
        whole, pure, two = (each.format(name) for each in (names.END_TO_END, names.PURE, names.TWO_CORES))
        if measured.runs("journey", whole) is None:
            rows.append((name, measured.why_missing("journey", whole), *[NOTHING] * 3))
            continue
        share, faster = measured.times("journey", whole, pure), measured.times_by_wall("journey", two, whole)
        rates = (per_second(measured.rate("journey", each)) for each in (whole, pure))
        rows.append((name, *rates, times(share), times(faster)))
    heads = (
        "",
        "pixels/s, read, inferred, written",
        "inferred alone",
        "share",
        "two threads over one, by the wall clock",
    )
    return END_TO_END + "\n" + table(heads, rows)


def _memory(measured: Measured) -> str:
    if "memory" not in measured.results:
        return ""
    rows = []
    for name, sides_px in ((names.IMAGE, FULL.memory_sides_px), (names.SERIES, FULL.memory_series_sides_px)):
        for side_px in sides_px:
            peak = measured.fact("memory", names.PEAK.format(name, side_px))
            rows.append((name, f"{side_px} × {side_px} px", NOTHING if peak is None else f"{peak / 1e6:.0f} MB"))
    return MEMORY + "\n" + table(("", "raster", "peak"), rows)


def _accuracy(measured: Measured) -> str:
    if "accuracy" not in measured.results:
        return ""
    return (
        ACCURACY
        + "\n"
        + table(
            ("", "samples", "classes as in fp32", "score in fp32", "change by int8"),
            [_cost(measured, name) for name in names.ACCURACY_SETS],
        )
    )


def _cost(measured: Measured, name: str) -> Sequence[str]:
    samples, agreement, score, change, low, high = (
        measured.fact("accuracy", each.format(name))
        for each in (names.SAMPLES, names.AGREEMENT, names.SCORE, names.CHANGE, names.LOW, names.HIGH)
    )
    if samples is None or score is None or change is None:
        return (name, *[NOTHING] * 4)
    interval = f" [{low:+.4f}, {high:+.4f}]" if low is not None and high is not None else ""
    agreeing = NOTHING if agreement is None else f"{agreement:.2%}"
    return (name, f"{samples:.0f}", agreeing, f"{score:.3f}", f"{change:+.4f}{interval}")


def _training(measured: Measured) -> str:
    if "training" not in measured.results:
        return ""
    losses = measured.fact("training", names.LOSS_DIFFERENCE)
    rows = [
        (name, per_second(measured.rate("training", name)), times(measured.times("training", names.OWN_TRAINING, name)))
        if measured.runs("training", name)
        else (name, measured.why_missing("training", name), NOTHING)
        for name in (names.OWN_TRAINING, names.PAPER_TRAINING)
    ]
    logged = TRAINING.format(losses=NOTHING if losses is None else f"{losses:.0e}")
    return logged + "\n" + table(("", "samples/s", "ours over it"), rows)


def _efforts(measured: Measured) -> str:
    rows = []
    for name in names.EFFORTS:
        wall, cpu = (measured.fact("efforts", each.format(name)) for each in (names.EFFORT_WALL, names.EFFORT_CPU))
        standard = names.FEWER if name in (names.FEWER, names.THOROUGH) else names.STANDARD
        other = measured.fact("efforts", names.EFFORT_CPU.format(standard))
        if wall is not None and cpu is not None:
            over = NOTHING if name == standard or not other else f"{cpu / other:.2f}"
            rows.append((name, f"{wall:.0f} s", f"{cpu:.0f} s", over))
    heads = ("", "by the clock", "processor time", "over standard, processor time")
    return EFFORTS + "\n" + table(heads, rows) if rows else ""


def _gpu(measured: Measured) -> str:
    """The GPU chapter; without a GPU, every line says so."""
    floors = ("gpu", (names.GPU_FP32,))
    rows = [
        (name, _unless_missing(measured, name, gflops(measured.rate_by_wall("gpu", name))), NOTHING)
        for name in names.GPU_PRODUCTS
    ]
    for name in (names.GPU_IMAGE, names.GPU_SERIES):
        share = measured.share_by_wall("gpu", name, measured.fact("gpu", names.GPU_FLOPS.format(name)), floors)
        rate = per_second(measured.rate_by_wall("gpu", name))
        rows.append((name, _unless_missing(measured, name, rate), times(share)))
    return GPU + "\n" + table(("", "GFLOP/s, or pixels/s", "share of the fp32 product"), rows)


def _unless_missing(measured: Measured, name: str, logged: str) -> str:
    return logged if measured.runs("gpu", name) else measured.why_missing("gpu", name)


CHAPTERS = (_series, _images, _trees, _journey, _memory, _accuracy, _training, _efforts, _gpu)
