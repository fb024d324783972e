"""The size of the benchmark: full, or a minimal one to test that it runs."""

from __future__ import annotations

from dataclasses import dataclass

from .rounds import LEAST_ROUNDS


@dataclass(frozen=True)
class Size:
    """Sides in pixels. ``least_run_s`` is the minimum duration of a run; few take more than some seconds.

    ``series_side_px`` is the block for series, of which slow contestants process ``slow_px`` pixels.
    ``journey_side_px`` and ``image_side_px`` are the rasters mapped end to end, series and image; ``memory_sides_px``
    and ``memory_series_sides_px`` those whose peak memory is compared. ``patches`` are mapped one by one.
    ``pieces_side_px`` is the image that is mapped in overlapping tiles: two of them, so that none is mostly empty.
    ``matrix_side`` is the side of the matrices. ``epochs`` and ``samples`` are those of the short trainings.
    """

    rounds: int = LEAST_ROUNDS
    series_side_px: int = 128
    slow_px: int = 2048
    matrix_side: int = 1536
    image_side_px: int = 1024
    journey_side_px: int = 512
    pieces_side_px: int = 870
    least_run_s: float = 0.5
    patches: int = 2048
    memory_sides_px: tuple[int, ...] = (2048, 4096, 8192)
    memory_series_sides_px: tuple[int, ...] = (1024, 2048, 4096)
    samples: int = 6000  # the product's default limit
    epochs: int = 3
    training_batches: int = 8
    paper_batches: int = 2
    accuracy_epochs: int = 20
    effort_epochs: int = 0  # epochs of complete trainings; 0: a job's default
    gpu_blocks: int = 8
    gpu_block_px: int = 256
    gpu_matrix_side: int = 8192
    on_cpu: bool = False  # run GPU subjects on the CPU, to test them without a GPU


FULL = Size()
QUICK = Size(
    rounds=2,
    series_side_px=32,
    slow_px=128,
    matrix_side=256,
    image_side_px=96,
    journey_side_px=32,
    pieces_side_px=96,
    least_run_s=0.0,
    patches=64,
    memory_sides_px=(64, 128, 256),
    memory_series_sides_px=(16, 32, 64),
    samples=400,
    epochs=1,
    training_batches=2,
    paper_batches=1,
    accuracy_epochs=1,
    effort_epochs=2,
    gpu_blocks=2,
    gpu_block_px=16,
    gpu_matrix_side=128,
)
