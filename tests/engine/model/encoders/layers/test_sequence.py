"""Attention to dates: days tell them apart, missing ones have no say."""

import math

import pytest
import torch
from colearn.engine.model.encoders.layers.sequence import SequenceEncoder, day_encoding
from colearn.engine.model.encoders.ltae import LTAE
from colearn.engine.model.encoders.transformer import TransformerEncoder

DAYS = (700.0, 731.0, 759.0, 790.0, 820.0)
ENCODERS = [LTAE, TransformerEncoder]


def built(kind: type[SequenceEncoder], days: tuple[float, ...] = DAYS) -> SequenceEncoder:
    torch.manual_seed(0)
    return kind(3, days, width=8, channels=16, heads=4).eval()


def test_days_become_waves_counted_from_the_first() -> None:
    encoding = day_encoding((700.0, 731.0), 4)
    assert encoding[0].tolist() == [0, 1, 0, 1]
    slow = 31 / math.sqrt(1000)
    expected = [math.sin(31), math.cos(31), math.sin(slow), math.cos(slow)]
    assert encoding[1].tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", ENCODERS)
def test_a_missing_date_is_as_if_it_were_not_there(kind: type[SequenceEncoder]) -> None:
    """The same network without the date says the same; what stands on it does not matter at all."""
    series, valid = torch.randn(4, 3, 5), torch.ones(4, 1, 5, dtype=torch.bool)
    valid[:, :, 4] = False
    encoder, shorter = built(kind), built(kind, DAYS[:4])
    other = series.clone()
    other[:, :, 4] = 1000
    assert torch.equal(encoder(series, valid), encoder(other, valid))
    torch.testing.assert_close(encoder(series, valid), shorter(series[:, :, :4], valid[:, :, :4]))


@pytest.mark.parametrize("kind", ENCODERS)
def test_the_order_of_dates_matters_only_through_their_days(kind: type[SequenceEncoder]) -> None:
    encoder, series, valid = built(kind), torch.randn(4, 3, 5), torch.ones(4, 1, 5, dtype=torch.bool)
    turned = built(kind)
    turned.position.copy_(encoder.position.flip(0))
    assert not torch.allclose(encoder(series.flip(2), valid), encoder(series, valid))
    torch.testing.assert_close(turned(series.flip(2), valid), encoder(series, valid))


def test_attention_of_a_head_sums_to_one_over_valid_dates() -> None:
    encoder, valid = built(LTAE), torch.tensor([[True, False, True, True, False], [False] * 5])
    attention = encoder._attention(torch.randn(2, 5, 16), valid)
    torch.testing.assert_close(attention.sum(dim=2), torch.tensor([[1.0] * 4, [0.0] * 4]))
    assert not attention[0, :, [1, 4]].any()


def test_attention_is_queries_times_keys() -> None:
    encoder, dates = built(LTAE), torch.randn(2, 5, 16)
    keys = encoder.key(dates).view(2, 5, 4, 8)
    scores = torch.stack([keys[:, :, head] @ encoder.query[head, :, 0] / math.sqrt(8) for head in range(4)], dim=1)
    found = encoder._attention(dates, torch.ones(2, 5, dtype=torch.bool))
    torch.testing.assert_close(found, scores.softmax(dim=2))


@pytest.mark.parametrize("kind", ENCODERS)
def test_without_any_date_every_sample_is_the_same_number(kind: type[SequenceEncoder]) -> None:
    found = built(kind)(torch.randn(3, 3, 5), torch.zeros(3, 1, 5, dtype=torch.bool))
    assert found.isfinite().all()
    torch.testing.assert_close(found[1:], found[:1].expand(2, -1))
