"""Receptive fields of stacked 3 × 3 convolutions: dilated on rasters, strided and therefore cheaper on patches.

For a patch, only the output at its centre is needed, so each layer is needed only on the lattice that the next layer
reads. The layer's stride is the next layer's dilation divided by its own, and on that lattice all dilations become 1.
Both forms use the same weights and give the same values.
"""

from __future__ import annotations

from torch import Tensor


def dilations_for(halo_px: int) -> tuple[int, ...]:
    """Dilations of 3 × 3 valid convolutions with a joint reach of ``halo_px`` pixels to each side.

    Ascending powers of two from 1, each equal to or twice the previous one, that sum to the halo: 1 2 4 for 7, 1 2 2
    for 5, 1 2 4 8 for 15. Every pixel of the square contributes, and every dilation divides the next one, which the
    strided form requires.
    """
    doubling = [2**step for step in range((halo_px + 1).bit_length() - 1)]
    rest = halo_px - sum(doubling)
    repeated = [2**bit for bit in range(rest.bit_length()) if rest >> bit & 1]
    return tuple(sorted(doubling + repeated))


def strides_of(dilations: tuple[int, ...]) -> tuple[int, ...]:
    """The strides, on patches of the size of the receptive field, that correspond to ``dilations``."""
    nexts = (*dilations[1:], *dilations[-1:])
    return tuple(following // dilation for dilation, following in zip(dilations, nexts, strict=True))


def halo_of(context_px: int) -> int:
    """Pixels to each side of the centre of an odd context.

    Raises:
        ValueError: the context is even or not positive.
    """
    if context_px < 1 or context_px % 2 == 0:
        raise ValueError(f"context_px must be odd and positive, not {context_px}")
    return context_px // 2


def check_patches(patches: Tensor, context_px: int) -> None:
    """Check that patches have exactly the size of the context.

    Raises:
        ValueError: they have another size.
    """
    if patches.shape[2:] != (context_px, context_px):
        raise ValueError(f"patches of {tuple(patches.shape[2:])} pixels, not {context_px} × {context_px}")
