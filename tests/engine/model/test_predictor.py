"""Standardization, nodata and scores around a sensor's path."""

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.sample_shape import SampleShape
from colearn.engine.model.colearner import CoLearner
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.tempcnn import TempCNN
from colearn.engine.model.predictor import PredictionNetwork, Scores
from colearn.engine.model.standardize import Standardize

NAN, INF = float("nan"), float("inf")


def test_z_scores_per_band() -> None:
    z, valid = Standardize(torch.tensor([10.0, -5.0]), torch.tensor([2.0, 0.5]))(torch.tensor([[[12.0], [-5.5]]]))
    assert z.flatten().tolist() == [1.0, -1.0]
    assert valid.all()


def test_z_scores_are_cut_off_where_no_measurement_is() -> None:
    values = torch.tensor([[[0.0, 100.0, -100.0, 1e30, -9999.0, 99.0]]])
    z, valid = Standardize(torch.zeros(1), torch.full((1,), 10.0))(values)
    assert z.flatten().tolist() == pytest.approx([0, 10, -10, 10, -10, 9.9])
    assert valid.all()


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_one_invalid_band_makes_all_bands_zero(bad: float) -> None:
    values = torch.ones(1, 3, 2, 2)
    values[0, 1, 0, 1] = bad
    z, valid = Standardize(torch.zeros(3), torch.ones(3))(values)
    assert valid[0, 0].tolist() == [[True, False], [True, True]]
    assert z[0, :, 0, 1].tolist() == [0, 0, 0]
    assert z[0, :, 1, 1].tolist() == [1, 1, 1]


def test_opposite_infinities_do_not_cancel() -> None:
    _, valid = Standardize(torch.zeros(2), torch.ones(2))(torch.tensor([[[INF], [-INF]]]))
    assert not valid.any()


def test_huge_values_are_valid() -> None:
    _, valid = Standardize(torch.zeros(2), torch.ones(2))(torch.full((1, 2, 1), 3e38))
    assert valid.all()


def test_scores() -> None:
    """Logits times scale plus offset: calibrated probabilities, or values in the target's unit."""
    logits = torch.tensor([[1.0, -2.0]])
    scale, offset = np.array([0.5, 2.0]), np.array([0.25, -1.0])
    scaled = np.array([0.75, -5.0])
    softmax = Scores.of(Task.CLASSIFICATION, scale, offset)(logits)
    assert softmax[0].tolist() == pytest.approx(np.exp(scaled) / np.exp(scaled).sum())
    sigmoid = Scores.of(Task.MULTILABEL, scale, offset)(logits)
    assert sigmoid[0].tolist() == pytest.approx(1 / (1 + np.exp(-scaled)))
    values = Scores.of(Task.REGRESSION, np.array([39.5, 2.0]), np.array([104.0, 1.0]))(logits)
    assert values[0].tolist() == pytest.approx([143.5, -3.0])


def image_predictor(side_px: int = 5) -> PredictionNetwork:
    torch.manual_seed(0)
    path = CoLearner([DilatedEncoder(2, side_px, width=8, channels=4)], outputs=3).eval().sensor_network(0)
    standardize, scores = (
        Standardize(torch.tensor([5.0, 6.0]), torch.ones(2)),
        Scores(Task.CLASSIFICATION, torch.ones(3), torch.zeros(3)),
    )
    return PredictionNetwork(SampleShape(2, side_px=side_px), standardize, path, scores).eval()


def series_predictor(masked: bool = True) -> PredictionNetwork:
    torch.manual_seed(0)
    path = CoLearner([TempCNN(2, 4, width=8, hidden=4, masked=masked)], outputs=3).eval().sensor_network(0)
    standardize, scores = (
        Standardize(torch.tensor([5.0, 6.0]), torch.ones(2)),
        Scores(Task.CLASSIFICATION, torch.ones(3), torch.zeros(3)),
    )
    return PredictionNetwork(SampleShape(2, dates=4), standardize, path, scores).eval()


def test_an_image_sample_is_nodata_when_its_centre_is() -> None:
    patches = torch.randn(3, 2, 5, 5)
    patches[1, 0, 2, 2] = NAN
    patches[2, 1, 0, 0] = NAN
    assert image_predictor()(patches).isnan().any(dim=1).tolist() == [False, True, False]


def test_invalid_neighbours_count_as_the_mean() -> None:
    predictor, patches = image_predictor(), torch.randn(1, 2, 5, 5)
    filled = patches.clone()
    patches[0, 1, 0, 0] = NAN
    filled[0, :, 0, 0] = torch.tensor([5.0, 6.0])
    torch.testing.assert_close(predictor(patches), predictor(filled))


def test_a_series_is_nodata_when_all_its_dates_are_missing() -> None:
    series = torch.randn(3, 2, 4)
    series[1, 0] = NAN
    series[2, 0, :3] = NAN
    assert series_predictor()(series).isnan().any(dim=1).tolist() == [False, True, False]


def test_missing_dates_differ_from_mean_dates_unless_the_encoder_ignores_the_mask() -> None:
    series = torch.randn(1, 2, 4)
    filled = series.clone()
    series[0, 0, 1] = NAN
    filled[0, :, 1] = torch.tensor([5.0, 6.0])
    paper, masked = series_predictor(masked=False), series_predictor()
    torch.testing.assert_close(paper(series), paper(filled))
    assert not torch.allclose(masked(series), masked(filled))


@pytest.mark.parametrize("side_px", [1, 3, 5])
def test_dense_has_the_same_nodata_pixels(side_px: int) -> None:
    torch.manual_seed(1)
    raster = torch.randn(1, 2, 9, 11)
    raster[torch.rand(raster.shape) < 0.1] = NAN
    predictor = image_predictor(side_px)
    patches = raster[0].unfold(1, side_px, 1).unfold(2, side_px, 1).permute(1, 2, 0, 3, 4)
    scores, valid = predictor.forward_dense(raster)
    expected = predictor(patches.flatten(0, 1))
    torch.testing.assert_close(scores[0].flatten(1).T, expected, rtol=0, atol=1e-5, equal_nan=True)
    assert torch.equal(valid.flatten(), ~expected.isnan().any(dim=1))
    assert not valid.all()
