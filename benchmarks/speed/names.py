"""Names of contestants and figures, in results and on the page."""

from __future__ import annotations

from ...engine.contract import Precision

# series
HIDDEN = (128, 64)
SGEMM_NUMPY, SGEMM_TORCH, SGEMM_RUNTIME = "sgemm by numpy", "sgemm by torch", "sgemm by ONNX Runtime"
SGEMM = ("series", (SGEMM_NUMPY, SGEMM_TORCH, SGEMM_RUNTIME))
NAIVE, PAPER_PREDICTION = "naive ONNX Runtime", "the paper's way"
FOREST, CLEAN_FOREST = "scikit-learn forest, 100 trees", "the same forest on two clean classes"
LIGHTGBM, ORFEO = "LightGBM, 100 trees a class", "Orfeo ToolBox forest, 100 trees"
RIVALS = (PAPER_PREDICTION, NAIVE, FOREST, CLEAN_FOREST, LIGHTGBM, ORFEO)
SERIES_FLOPS, NAIVE_DIFFERENCE = "FLOP a pixel, hidden {}", "largest difference of a probability to naive ONNX Runtime"

# dense
CONTEXTS_PX = (15, 31)
DENSE, PATCHES, STRIDED = "dense, {} px", "patch by patch, {} px", "patch by patch in the strided form, {} px"
PIECES, WHOLE = "loop over overlapping pieces, 15 px", "CoLearn on the same image, 15 px"
DENSE_DIFFERENCE, DENSE_FLOPS = "largest difference of a probability, {} px", "FLOP a pixel, {} px"

# trees
TREES_OF = ("image", "series")
NETWORK, FOREST_IN_GRAPH, SAME_TREES = "{}: network", "{}: forest in the graph", "{}: scikit-learn, same trees"
GIVEN_FEATURES = "{}: the same, features given"
AVERAGE, SHIPPED = "{}: network and two forests", "{}: three networks of half the width and two forests"
FAST_INT8 = "{}: the fast copy, a network of half the width, in int8"
FOREST_MEGABYTES, FOREST_OFF = "megabytes of the forest's graph, {}", "largest difference to scikit-learn, {}"

# journey
IMAGE, SERIES, SERIES_INT8 = "image", "series", "series in int8"
JOURNEYS = (IMAGE, SERIES, SERIES_INT8)
END_TO_END, PURE, TWO_CORES = "{} read, inferred, written", "{} inferred alone", "{} by two threads"

# training
OWN_TRAINING, PAPER_TRAINING = "CoLearn's training", "the paper's training loop"
LOSS_DIFFERENCE = "largest relative difference of a loss"

# efforts
QUICK, STANDARD, ONE_METHOD = "EFFORT = quick", "EFFORT = standard", "METHOD = mdico, of the full width"
FEWER, THOROUGH = "EFFORT = standard, a tenth of the samples", "EFFORT = thorough, a tenth of the samples"
EFFORTS = (QUICK, STANDARD, ONE_METHOD, FEWER, THOROUGH)
EFFORT_WALL, EFFORT_CPU = "seconds, {}", "processor seconds, {}"

# accuracy
HESBAYE, COAST = "cropland from a series (map labels)", "land cover from an image (map labels)"
CROPS, MOISTURE = "crop types from a series (field labels)", "live fuel moisture from a series (field labels)"
CLASS_SETS = (HESBAYE, COAST, CROPS)
ACCURACY_SETS = (*CLASS_SETS, MOISTURE)
AGREEMENT, SCORE, CHANGE = "agreement, {}", "score in fp32, {}", "change, {}"
LOW, HIGH, SAMPLES = "change from, {}", "change to, {}", "samples, {}"

# memory
PEAK = "peak bytes, {}, {} px a side"

# gpu
GPU_IMAGE, GPU_SERIES = "image, 15 px, 10 bands", "series, 12 × 12, hidden 128"
GPU_FP32, GPU_TF32, GPU_BF16 = "matrix product in fp32", "matrix product in TF32", "matrix product in bf16"
GPU_PRODUCTS = (GPU_FP32, GPU_TF32, GPU_BF16)
GPU_FLOPS = "FLOP a pixel, {}"


def own(precision: Precision, hidden: int) -> str:
    """Our contestants for series."""
    return f"CoLearn {precision.value}, hidden {hidden}"
