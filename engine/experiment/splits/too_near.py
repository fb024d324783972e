"""Messages about samples too near to another part of the split, and patch sizes that would work."""

from __future__ import annotations

from collections.abc import Callable

from ...contract import ErrorCode, InputError, thousands
from ...process import Reporter, counted
from ...samples import SampleSet, Split
from ...samples.extract import context_px

MANY = 0.5  # of the samples assigned to training and validation
PlanWith = Callable[[tuple[int, ...]], object]


def log_apart(split: Split, rims: float | None, buffer_m: float, reporter: Reporter) -> None:
    """Log how many samples were excluded, and how many patches still overlap, if known."""
    if rims is None:
        return
    buffered = f", or is closer than SPLIT_BUFFER_M ({buffer_m:g} m) to one" if buffer_m else ""
    hint = "" if buffer_m else " (SPLIT_BUFFER_M separates them)"
    lost = len(split.too_near)
    if lost:
        reporter.info(
            "samples_too_near",
            f"Excluded in addition to these: {counted(lost, 'sample')} of training and validation whose pixel lies in "
            f"a patch of another part, or whose patch contains the pixel of a sample of another part{buffered}.",
        )
    reporter.info(
        "rims",
        f"{100 * rims:.1f} % of the test samples have a patch whose edge overlaps a training patch{hint}.",
    )
    if lost > MANY * (lost + len(split.train) + len(split.validation)):
        reporter.warning(
            "many_too_near",
            f"More than half of the samples for training and validation ({thousands(lost)}) are too close to another "
            f"part of the split and are excluded. A smaller CONTEXT_M or SPLIT_BUFFER_M, or labels farther apart, "
            f"would keep more.",
        )


def with_fitting_context(error: InputError, samples: SampleSet, plan: PlanWith) -> InputError:
    """The error of a failed split; if it would work with smaller patches, one that states their size.

    Args:
        plan: splits the samples with patches of other sizes, or raises InputError.
    """
    fitting = _fitting_context(samples, plan)
    if fitting is None:
        return error
    context_m, patch_sizes_px = fitting
    prints = [sensor.footprints for sensor in samples.sensors]
    now = ", ".join(
        f"{sensor.name} {own.side_px} × {own.side_px} px"
        for sensor, own in zip(samples.sensors, prints, strict=True)
        if own
    )
    then = ", ".join(
        f"{sensor.name} {side} × {side} px" for sensor, side in zip(samples.sensors, patch_sizes_px, strict=True)
    )
    return InputError(
        ErrorCode.CONTEXT_TOO_LARGE,
        subject=error.subject,
        found=f"{error.found}, with patches of {now}",
        expected="enough samples whose patches contain no sample pixel of another part of the split",
        remedy=f"Set CONTEXT_M to {context_m:g} or less ({then}), with which the split works, or add labels farther "
        f"apart.",
    )


def with_smaller_buffer(error: InputError, buffer_m: float) -> InputError:
    """The error of a split that would work without SPLIT_BUFFER_M."""
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=error.subject,
        found=f"{error.found}, with SPLIT_BUFFER_M={buffer_m:g}",
        expected="enough samples at that distance from the other parts of the split",
        remedy="Lower SPLIT_BUFFER_M (without it the split works), or add labels farther apart.",
    )


def _fitting_context(samples: SampleSet, plan: PlanWith) -> tuple[float, tuple[int, ...]] | None:
    """The largest patch, in pixels of the finest image sensor, with which the split works; None if none does."""
    images = [sensor.footprints for sensor in samples.sensors if sensor.footprints and sensor.footprints.side_px > 1]
    if not images:
        return None
    pixel_m = min(own.lattices[0].pixel_m for own in images)
    widest_m = max(own.side_px * own.lattices[0].pixel_m for own in images)
    works, fails = -1, context_px(widest_m, pixel_m) // 2 + 1  # halves of sides; the first one is tried
    found = None
    while fails - works > 1:
        half = (works + fails) // 2
        context_m = float(f"{(2 * half + 1) * pixel_m:.4g}") if half else 0.0
        patch_sizes_px = _sides(samples, context_m)
        try:
            plan(patch_sizes_px)
        except InputError:
            fails = half
        else:
            works, found = half, (context_m, patch_sizes_px)
    return found


def _sides(samples: SampleSet, context_m: float) -> tuple[int, ...]:
    """The sides of all patches with a smaller patch size."""
    return tuple(
        min(own.side_px, context_px(context_m, own.lattices[0].pixel_m)) if own else 1
        for own in (sensor.footprints for sensor in samples.sensors)
    )
