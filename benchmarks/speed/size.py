"""How much is measured: the whole, or a little of everything, to see that it runs."""

from __future__ import annotations

from dataclasses import dataclass

from .rounds import LEAST_ROUNDS


@dataclass(frozen=True)
class Size:
    """Sides in pixels. ``least_run_s`` is what a run takes at least; few take more than some seconds.

    ``series_side_px`` is the block of the series' contest, of which slow contestants get ``slow_px`` pixels.
    ``journey_side_px`` and ``image_side_px`` are the rasters mapped end to end, series and image; ``memory_sides_px``
    those whose peak memory is compared, ``memory_series_sides_px`` likewise. ``patches`` are mapped one by one. What is
    mapped in overlapping pieces has ``pieces_side_px``: two pieces, so that none is mostly empty. ``matrix_side`` is
    that of the matrix product. ``epochs`` are those of the short trainings, ``samples`` what they learn from.
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
    samples: int = 6000  # the product's own limit, by default
    epochs: int = 3
    training_batches: int = 8
    paper_batches: int = 2
    accuracy_epochs: int = 20
    effort_epochs: int = 0  # of whole trainings; 0: as many as a job has by default
    gpu_blocks: int = 8
    gpu_block_px: int = 256
    gpu_matrix_side: int = 8192
    on_cpu: bool = False  # what is of a GPU, to see that it runs where there is none


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
