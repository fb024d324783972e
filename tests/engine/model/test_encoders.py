"""The contract of every encoder: shapes, gradients, values kept through files, two forms with one result."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
import torch
from colearn.engine.model.encoders.dilated import DilatedEncoder, dilations_for
from colearn.engine.model.encoders.encoder import Encoder
from colearn.engine.model.encoders.tempcnn import TempCNN
from safetensors.torch import load, save

ODD_SIDES_PX = range(1, 32, 2)


@dataclass(frozen=True)
class Case:
    """An encoder, the shape of one sample, and the raster whose pixels are samples."""

    name: str
    build: Callable[[], Encoder]
    sample: tuple[int, ...]


CASES = [
    Case("series", lambda: TempCNN(3, 7, width=16, hidden=8), (3, 7)),
    Case("series of one date", lambda: TempCNN(2, 1, width=16, hidden=8), (2, 1)),
    Case("series with LayerNorm", lambda: TempCNN(3, 4, width=16, hidden=8, layer_norm=True), (3, 4)),
    Case("image", lambda: DilatedEncoder(3, 15, width=16, channels=8), (3, 15, 15)),
    Case("image pixel", lambda: DilatedEncoder(3, 1, width=16, channels=8), (3, 1, 1)),
    Case("one band", lambda: DilatedEncoder(1, 3, width=16, channels=8), (1, 3, 3)),
    Case("many bands", lambda: DilatedEncoder(20, 7, width=16, channels=8), (20, 7, 7)),
    Case("many bands, one pixel", lambda: DilatedEncoder(20, 1, width=16, channels=8), (20, 1, 1)),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    torch.manual_seed(0)
    return request.param


def all_valid(values: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(values[:, :1], dtype=torch.bool)


def encode(encoder: Encoder, samples: torch.Tensor) -> torch.Tensor:
    return encoder(samples, all_valid(samples))


def settled(encoder: Encoder, sample: tuple[int, ...]) -> Encoder:
    """The encoder in evaluation mode, its normalizations away from where they start."""
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        for _ in range(3):
            encode(encoder, torch.randn(32, *sample))
    return encoder.eval()


def test_shape(case: Case) -> None:
    assert encode(case.build(), torch.randn(5, *case.sample)).shape == (5, 16)


def test_every_weight_gets_a_gradient(case: Case) -> None:
    encoder = case.build()
    (encode(encoder, torch.randn(8, *case.sample)) * torch.randn(8, 16)).sum().backward()
    idle = {name for name, weight in encoder.named_parameters() if not weight.grad.isfinite().all()}
    assert not idle
    assert all(weight.grad.abs().sum() > 0 for name, weight in encoder.named_parameters() if name.endswith("weight"))


def test_a_sample_does_not_depend_on_its_neighbours(case: Case) -> None:
    encoder, samples = settled(case.build(), case.sample), torch.randn(6, *case.sample)
    torch.testing.assert_close(encode(encoder, samples)[2:3], encode(encoder, samples[2:3]), rtol=0, atol=1e-5)


def test_values_survive_a_file(case: Case) -> None:
    encoder, samples = settled(case.build(), case.sample), torch.randn(4, *case.sample)
    other = case.build()
    other.load_state_dict(load(save(encoder.state_dict())))
    assert torch.equal(encode(other.eval(), samples), encode(encoder, samples))


def test_a_copy_is_its_own(case: Case) -> None:
    encoder = case.build()
    other = copy.deepcopy(encoder)
    with torch.no_grad():
        next(other.parameters()).add_(1)
    assert not torch.equal(next(other.parameters()), next(encoder.parameters()))


def test_everywhere_equals_sample_by_sample(case: Case) -> None:
    encoder = settled(case.build(), case.sample)
    raster, samples, rows, cols = raster_and_samples(case.sample)
    found = encoder.everywhere(raster, all_valid(raster))
    assert found.shape == (1, 16, rows, cols)
    torch.testing.assert_close(found[0].flatten(1).T, encode(encoder, samples), rtol=0, atol=1e-5)


def raster_and_samples(sample: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor, int, int]:
    """A raster and, pixel by pixel, what ``forward`` takes; rows and columns of pixels."""
    if len(sample) == 2:
        raster = torch.randn(1, *sample, 11)
        return raster, raster[0].permute(2, 0, 1), 1, 11
    side = sample[1]
    raster = torch.randn(1, sample[0], side + 2, side + 3)
    patches = raster[0].unfold(1, side, 1).unfold(2, side, 1).permute(1, 2, 0, 3, 4)  # (row, col, band, side, side)
    return raster, patches.flatten(0, 1), 3, 4


@pytest.mark.parametrize("side_px", [*ODD_SIDES_PX, 45, 63])
def test_dense_equals_strided_for_any_context(side_px: int) -> None:
    torch.manual_seed(side_px)
    encoder = settled(DilatedEncoder(2, side_px, width=8, channels=4), (2, side_px, side_px))
    raster, samples, _, _ = raster_and_samples((2, side_px, side_px))
    torch.testing.assert_close(
        encoder.everywhere(raster, all_valid(raster))[0].flatten(1).T, encode(encoder, samples), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("side_px", [1, 5, 11, 15])
def test_every_pixel_of_the_context_counts_and_none_beyond(side_px: int) -> None:
    torch.manual_seed(0)
    encoder = DilatedEncoder(2, side_px, width=8, channels=4).eval()
    with torch.no_grad():
        for weight in encoder.units.parameters():
            weight.abs_()  # so that no ReLU on the way is shut
    raster = torch.rand(1, 2, 3 * side_px, 3 * side_px, requires_grad=True)
    middle = (3 * side_px - 2 * (side_px // 2)) // 2
    encoder.everywhere(raster, all_valid(raster))[0, :, middle, middle].sum().backward()
    seen = raster.grad[0].abs().sum(dim=0) > 0
    expected = torch.zeros_like(seen)
    expected[middle : middle + side_px, middle : middle + side_px] = True
    assert torch.equal(seen, expected)


@pytest.mark.parametrize(
    ("halo_px", "dilations"), [(0, ()), (1, (1,)), (5, (1, 2, 2)), (7, (1, 2, 4)), (15, (1, 2, 4, 8))]
)
def test_dilations(halo_px: int, dilations: tuple[int, ...]) -> None:
    assert dilations_for(halo_px) == dilations


def test_dilations_fit_the_strided_form() -> None:
    for halo_px in range(1, 300):
        dilations = dilations_for(halo_px)
        assert sum(dilations) == halo_px
        assert dilations[0] == 1
        assert all(following in (one, 2 * one) for one, following in pairwise(dilations))


def test_even_contexts_are_refused() -> None:
    with pytest.raises(ValueError, match="odd"):
        DilatedEncoder(3, 4)


def test_patches_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="5 × 5"):
        encode(DilatedEncoder(3, 5), torch.zeros(2, 3, 7, 7))
