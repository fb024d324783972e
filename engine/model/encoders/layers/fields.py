"""Fields of view: how 3 × 3 convolutions see a context, on whole rasters and, cheaper, on single patches.

On rasters the convolutions are dilated. On a patch the centre's value needs each layer's output only on the lattice
the next layer reads. So a layer steps over the rest: its stride is the next dilation over its own, and on that
lattice every dilation is 1. Same weights, same numbers, a fraction of the work.
"""

from __future__ import annotations

from torch import Tensor


def dilations_for(halo_px: int) -> tuple[int, ...]:
    """Dilations of 3 × 3 valid convolutions that together see ``halo_px`` pixels to each side.

    Powers of two that never fall, each equal to or twice the one before, starting at 1 and summing to the halo: 7 is
    1 2 4, 5 is 1 2 2, 15 is 1 2 4 8. No pixel of the square is left unseen, and every dilation divides the next,
    which the strided form on samples needs.
    """
    doubling = [2**step for step in range((halo_px + 1).bit_length() - 1)]
    rest = halo_px - sum(doubling)
    repeated = [2**bit for bit in range(rest.bit_length()) if rest >> bit & 1]
    return tuple(sorted(doubling + repeated))


def strides_of(dilations: tuple[int, ...]) -> tuple[int, ...]:
    """The strides that stand for ``dilations`` on patches of exactly the field of view."""
    nexts = (*dilations[1:], *dilations[-1:])
    return tuple(following // dilation for dilation, following in zip(dilations, nexts, strict=True))


def halo_of(context_px: int) -> int:
    """Pixels to each side of the centre of an odd context.

    Raises:
        ValueError: it is even or not positive.
    """
    if context_px < 1 or context_px % 2 == 0:
        raise ValueError(f"context_px must be odd and positive, not {context_px}")
    return context_px // 2


def check_patches(patches: Tensor, context_px: int) -> None:
    """See that patches have exactly the size of the context.

    Raises:
        ValueError: they have another.
    """
    if patches.shape[2:] != (context_px, context_px):
        raise ValueError(f"patches of {tuple(patches.shape[2:])} pixels, not {context_px} × {context_px}")
