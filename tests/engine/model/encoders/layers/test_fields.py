"""Fields of view: what a context's convolutions see, dilated and strided."""

from itertools import pairwise

import pytest
import torch
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.layers.encoder import Encoder
from colearn.engine.model.encoders.layers.fields import dilations_for, strides_of
from colearn.engine.model.encoders.residual import ResidualEncoder

ENCODERS = [DilatedEncoder, ResidualEncoder]
SIDES_PX = [*range(1, 32, 2), 45, 63]


def all_valid(values: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(values[:, :1], dtype=torch.bool)


def settled(encoder: Encoder, side_px: int) -> Encoder:
    """The encoder in evaluation mode, its normalizations away from where they start."""
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        for _ in range(3):
            samples = torch.randn(32, 2, side_px, side_px)
            encoder(samples, all_valid(samples))
    return encoder.eval()


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("side_px", SIDES_PX)
def test_dilated_equals_strided_for_any_context(kind: type[Encoder], side_px: int) -> None:
    torch.manual_seed(side_px)
    encoder = settled(kind(2, side_px, width=8, channels=4), side_px)
    raster = torch.randn(1, 2, side_px + 1, side_px + 2)
    samples = raster[0].unfold(1, side_px, 1).unfold(2, side_px, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
    found = encoder.forward_dense(raster, all_valid(raster))
    torch.testing.assert_close(found[0].flatten(1).T, encoder(samples, all_valid(samples)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("side_px", [1, 5, 11, 15])
def test_every_pixel_of_the_context_counts_and_none_beyond(kind: type[Encoder], side_px: int) -> None:
    torch.manual_seed(0)
    encoder = kind(2, side_px, width=8, channels=4).eval()
    with torch.no_grad():
        for weight in encoder.parameters():
            weight.abs_()  # so that no ReLU on the way is shut
    raster = torch.rand(1, 2, 3 * side_px, 3 * side_px, requires_grad=True)
    middle = (3 * side_px - 2 * (side_px // 2)) // 2
    encoder.forward_dense(raster, all_valid(raster))[0, :, middle, middle].sum().backward()
    seen = raster.grad[0].abs().sum(dim=0) > 0
    expected = torch.zeros_like(seen)
    expected[middle : middle + side_px, middle : middle + side_px] = True
    assert torch.equal(seen, expected)


@pytest.mark.parametrize(
    ("halo_px", "dilations", "strides"),
    [
        (0, (), ()),
        (1, (1,), (1,)),
        (5, (1, 2, 2), (2, 1, 1)),
        (7, (1, 2, 4), (2, 2, 1)),
        (15, (1, 2, 4, 8), (2, 2, 2, 1)),
    ],
)
def test_dilations(halo_px: int, dilations: tuple[int, ...], strides: tuple[int, ...]) -> None:
    assert dilations_for(halo_px) == dilations
    assert strides_of(dilations) == strides


def test_dilations_fit_the_strided_form() -> None:
    for halo_px in range(1, 300):
        dilations = dilations_for(halo_px)
        assert sum(dilations) == halo_px
        assert dilations[0] == 1
        assert all(following in (one, 2 * one) for one, following in pairwise(dilations))


@pytest.mark.parametrize("kind", ENCODERS)
def test_even_contexts_are_refused(kind: type[Encoder]) -> None:
    with pytest.raises(ValueError, match="odd"):
        kind(3, 4)


@pytest.mark.parametrize("kind", ENCODERS)
def test_patches_of_another_size_are_refused(kind: type[Encoder]) -> None:
    patches = torch.zeros(2, 3, 7, 7)
    with pytest.raises(ValueError, match="5 × 5"):
        kind(3, 5)(patches, all_valid(patches))
