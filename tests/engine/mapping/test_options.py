"""Confidence, unsure pixels, stored probabilities and overviews: what a person may ask of a map."""

import math
from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob, Task
from colearn.engine.contract.job.map_choices import Confidence, ProbabilityType
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.unsure import unsure_class
from colearn.engine.contract.wire.codec import CodecError
from colearn.engine.contract.wire.errors import ErrorCode, JobError
from colearn.engine.mapping.options import options_of
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal

from journeys import predict_job, read, run_predict
from layers import square, write_layer
from refusals import refused, says
from world import write_raster

OUTPUTS = ("m.tif", "p.tif", "c.tif")


@pytest.fixture
def mapped(world, small_model, tmp_path):
    """Map the camera; the three outputs as arrays."""

    def run(raster=world.camera, **changes) -> list[np.ndarray]:
        wishes = {"output_probabilities": str(tmp_path / "p.tif"), "output_confidence": str(tmp_path / "c.tif")}
        run_predict(predict_job(small_model, raster, tmp_path / "m.tif", **wishes, **changes))
        return [read(tmp_path / name) for name in OUTPUTS]

    return run


@pytest.fixture
def manifest(small_model):
    return ModelFile.open(str(small_model)).manifest


def opened(path):
    dataset = gdal.Open(str(path))
    dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
    return dataset


def overviews_of(path) -> list[np.ndarray]:
    """The smaller copies of a raster's first band."""
    dataset = opened(path)  # kept: a band without its dataset crashes GDAL
    band = dataset.GetRasterBand(1)
    return [band.GetOverview(at).ReadAsArray() for at in range(band.GetOverviewCount())]


class TestConfidence:
    @pytest.mark.parametrize("measure", list(Confidence))
    def test_each_measure_is_computed_and_declared(self, mapped, manifest, tmp_path, measure) -> None:
        labels, probabilities, confidence = mapped(confidence=measure)
        valid = labels[0] != 255
        ordered = np.sort(probabilities[:, valid].astype(np.float64), axis=0)
        entropy = -(ordered * np.log(np.maximum(ordered, 1e-30))).sum(axis=0)
        own = np.select(
            [labels[0, valid] == each.code for each in manifest.classes], probabilities[:, valid].astype(np.float64)
        )
        other = np.where(own < ordered[-1], ordered[-1], ordered[-2])
        expected = {
            Confidence.MAXIMUM: own,
            Confidence.MARGIN: np.maximum(own - other, 0),
            Confidence.ENTROPY: 1 - entropy / np.log(3),
        }[measure]
        assert np.allclose(confidence[0, valid], expected, atol=1e-5)
        assert (confidence[0, ~valid] == -9999).all()
        dataset = opened(tmp_path / "c.tif")
        assert dataset.GetMetadataItem("CONFIDENCE") == measure.value
        words = {"maximum": "probability of the class given", "margin": "largest other", "entropy": "entropy / log"}
        assert words[measure.value] in dataset.GetRasterBand(1).GetDescription()


class TestUnsure:
    @pytest.mark.parametrize(("measure", "least"), [(Confidence.MAXIMUM, 0.5), (Confidence.ENTROPY, 0.2)])
    def test_pixels_below_become_unsure_and_no_other(self, mapped, measure, least) -> None:
        plain, _, confidence = mapped(confidence=measure)
        labels, _, again = mapped(confidence=measure, minimum_confidence=least)
        below = (plain[0] != 255) & (confidence[0] < np.float32(least))
        assert 0 < below.sum() < (plain[0] != 255).sum()
        assert (labels[0][below] == 254).all()
        assert np.array_equal(labels[0][~below], plain[0][~below])
        assert np.array_equal(again, confidence)

    def test_a_pixel_at_the_minimum_confidence_keeps_its_class(self, mapped) -> None:
        plain, _, confidence = mapped()
        valid = confidence[0][plain[0] != 255]
        least = np.sort(valid)[valid.size // 2]
        labels, _, _ = mapped(minimum_confidence=float(least))
        as_sure = confidence[0] == least
        assert as_sure.any()
        assert np.array_equal(labels[0][as_sure], plain[0][as_sure])

    def test_the_class_is_named_and_grey_in_the_file(self, mapped, tmp_path) -> None:
        mapped(minimum_confidence=0.5)
        dataset = opened(tmp_path / "m.tif")
        band = dataset.GetRasterBand(1)
        assert band.GetCategoryNames()[254] == "unsure"
        assert band.GetColorTable().GetColorEntry(254)[:3] == (0x9E, 0x9E, 0x9E)
        table = band.GetDefaultRAT()
        assert [table.GetValueAsInt(row, 0) for row in range(table.GetRowCount())] == [1, 2, 3, 254]
        assert dataset.GetMetadataItem("MINIMUM_CONFIDENCE") == "0.5"
        assert dataset.GetMetadataItem("CONFIDENCE") == "maximum"

    def test_without_a_minimum_there_is_no_such_class(self, mapped, tmp_path) -> None:
        mapped()
        dataset = opened(tmp_path / "m.tif")
        band = dataset.GetRasterBand(1)
        assert "unsure" not in band.GetCategoryNames()
        assert dataset.GetMetadataItem("MINIMUM_CONFIDENCE") is None

    def test_code_and_name_are_of_no_other_class(self, manifest) -> None:
        more = (LabelClass(254, "unsure", "#000000"), LabelClass(253, "x", "#000000"))
        found = unsure_class(replace(manifest, classes=(*manifest.classes, *more)))
        assert (found.code, found.name) == (252, "unsure (too little confidence)")
        assert unsure_class(replace(manifest, nodata=65535.0)).code == 65534

    def test_classes_that_take_every_code_leave_none(self, manifest) -> None:
        full = replace(manifest, classes=tuple(LabelClass(code, str(code), "#000000") for code in range(255)))
        assert unsure_class(full) is None
        with pytest.raises(JobError) as caught:
            options_of(PredictJob("m", ("r",), "o", minimum_confidence=0.5), full)
        says(caught.value, "MINIMUM_CONFIDENCE", "255 classes", "uint8")


class TestStoredProbabilities:
    def test_bytes_declare_their_scale_and_keep_nodata(self, mapped, tmp_path) -> None:
        labels, exact, confidence = mapped()
        same, stored, too = mapped(probability_type=ProbabilityType.UINT8)
        assert np.array_equal(labels, same)
        assert np.array_equal(confidence, too)
        assert stored.dtype == np.uint8
        valid = labels[0] != 255
        assert np.abs(stored[:, valid] / 254 - exact[:, valid]).max() <= 0.5 / 254 + 1e-6
        assert (stored[:, ~valid] == 255).all()
        assert (stored[:, valid] <= 254).all()
        dataset = opened(tmp_path / "p.tif")
        bands = [dataset.GetRasterBand(number) for number in (1, 2, 3)]
        assert {(band.GetScale(), band.GetOffset(), band.GetNoDataValue()) for band in bands} == {(1 / 254, 0, 255)}

    def test_outside_a_mask_is_nodata(self, world, mapped, tmp_path) -> None:
        from colearn.engine.contract.job.job import VectorSource

        mask = write_layer(tmp_path / "mask.gpkg", [(square(20, 20, 30), {})])
        job = {"mask": VectorSource(str(mask), "", "stand"), "block_px": 16, "minimum_confidence": 0.99}
        labels, stored, confidence = mapped(probability_type=ProbabilityType.UINT8, **job)
        inside = np.zeros((120, 120), bool)
        inside[20:50, 20:50] = True
        for values, nodata in ((labels, 255), (stored, 255), (confidence, -9999)):
            assert ((values != nodata) == inside).all()


class TestOverviews:
    @pytest.fixture
    def large(self, world, tmp_path):
        values = np.tile(read(world.camera), (1, 3, 5))[:, :300, :530]
        return write_raster(tmp_path / "large.tif", values, nodata=0, names=("B02", "B03", "B04", "B08"))

    def test_every_output_has_smaller_copies_of_its_own_values(self, mapped, large, tmp_path) -> None:
        plain = mapped(large)
        again = mapped(large, overviews=True)
        for before, after, name in zip(plain, again, OUTPUTS, strict=True):
            assert np.array_equal(before, after)
            assert [copy.shape for copy in overviews_of(tmp_path / name)] == [(150, 265), (75, 133)], name
        assert list(tmp_path.glob("*.ovr")) == []

    def test_classes_are_never_averaged_and_nodata_never_counts(self, mapped, large, tmp_path) -> None:
        _, _, confidence = mapped(large, overviews=True)
        assert set(np.unique(overviews_of(tmp_path / "m.tif")[0])) <= {1, 2, 3, 255}
        half = overviews_of(tmp_path / "c.tif")[0]
        fours = confidence[0, 10:110, 10:110].reshape(50, 2, 50, 2)
        assert np.allclose(half[5:55, 5:55], fours.mean(axis=(1, 3)), atol=1e-5)
        assert (confidence[0, 6, :2] == -9999).all()
        assert half[3, 0] == pytest.approx(confidence[0, 7, :2].mean())
        assert (half[:3, :4] == -9999).all()

    def test_none_unless_asked_for_and_none_for_small_maps(self, mapped, large, tmp_path) -> None:
        for raster, changes in ((large, {}), (None, {"overviews": True})):
            mapped(**({"raster": raster} if raster else {}), **changes)
            assert overviews_of(tmp_path / "m.tif") == []


@pytest.mark.parametrize(("block_px", "threads"), [(17, 1), (64, 3)])
def test_blocks_and_threads_change_no_bit(mapped, block_px, threads) -> None:
    wishes = {
        "confidence": Confidence.ENTROPY,
        "minimum_confidence": 0.3,
        "probability_type": ProbabilityType.UINT8,
        "overviews": True,
    }
    whole = mapped(**wishes)
    for before, after in zip(whole, mapped(**wishes, block_px=block_px, threads=threads), strict=True):
        assert np.array_equal(before, after)


class TestRefused:
    def test_a_minimum_for_a_regression(self, world, small_series_model, tmp_path) -> None:
        (tmp_path / "out").mkdir()
        job = predict_job(small_series_model, world.series, tmp_path / "out" / "m.tif", minimum_confidence=0.5)
        says(refused(run_predict, job, ErrorCode.JOB_INVALID, tmp_path / "out"), "MINIMUM_CONFIDENCE", "regression")

    @pytest.mark.parametrize(
        ("changes", "subject"),
        [({"minimum_confidence": 0.5}, "MINIMUM_CONFIDENCE"), ({"confidence": Confidence.MARGIN}, "CONFIDENCE")],
    )
    def test_what_several_labels_at_a_time_do_not_have(self, manifest, changes, subject) -> None:
        with pytest.raises(JobError) as caught:
            options_of(PredictJob("m", ("r",), "o", **changes), replace(manifest, task=Task.MULTILABEL))
        says(caught.value, subject, "a multi-label model")

    @pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
    def test_a_minimum_that_is_no_share(self, least) -> None:
        with pytest.raises(CodecError, match="minimum_confidence"):
            PredictJob("m", ("r",), "o", minimum_confidence=least)


@pytest.mark.parametrize("least", [-1.0, math.inf, math.nan])
def test_the_least_area_of_a_polygon_is_a_finite_one(least):
    """Found at the start, not where hours later the polygons are traced."""
    with pytest.raises(CodecError, match="least_polygon_m2"):
        PredictJob("m", ("r",), "o.tif", least_polygon_m2=least)
