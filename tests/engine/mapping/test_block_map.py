"""Blocks mapped on plain arrays: what is asked of a session, how much at once, and what of it makes the block."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob, Task
from colearn.engine.contract.job.map_choices import Confidence, ProbabilityType
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.manifest import Manifest, SensorKind, SensorManifest
from colearn.engine.export.graph import export_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.inference.oom_retry import LEAST_PX as LEAST_ON_GPU
from colearn.engine.inference.oom_retry import OomRetry
from colearn.engine.inference.session import GPU_CAPACITY
from colearn.engine.mapping.block_map import (
    LEAST_PX,
    map_block,
    run_steadily,
    score_samples,
)
from colearn.engine.mapping.layers import MapLayer, layers_of
from colearn.engine.mapping.options import MapOptions
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.process.reporting import Reporter

from journeys import Listening
from stand_in_sessions import Echo, Full, Windows
from synthetic_samples import IMAGE, SERIES, USUAL, make_samples, trained_for_a_moment

UNSURE = LabelClass(9, "unsure", "#999999")
SHAPE = (98, 61)  # several runs, ragged ones among them


@dataclass(frozen=True)
class Wanted:
    """Which rasters are made of a block beside the map, and how."""

    options: MapOptions = field(default_factory=MapOptions)
    probabilities: bool = True

    def layers(self, manifest: Manifest) -> tuple[MapLayer, ...]:
        paths = {
            "output_probabilities": "p.tif" if self.probabilities else None,
            "output_confidence": "c.tif" if self.options.with_confidence else None,
        }
        if manifest.task is Task.REGRESSION:
            paths = {}
        return layers_of(PredictJob("m", (RasterSource("r.tif"),), "map.tif", **paths), manifest, self.options)

    def everything(self) -> Wanted:
        return Wanted(replace(self.options, with_confidence=True))


NO_CONFIDENCE = MapOptions(with_confidence=False)
CLASSES_ONLY = Wanted(NO_CONFIDENCE, probabilities=False)


@pytest.fixture(scope="module", params=[Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION], ids=lambda t: t.value)
def network(request):
    return trained_for_a_moment(make_samples(request.param), epochs=1)


@pytest.fixture(scope="module")
def described(small_model) -> Manifest:
    """A model with a class of every code but nodata: graphs here give whatever they are given."""
    classes = tuple(LabelClass(code, f"class {code}", "#000000") for code in range(255))
    return replace(ModelFile.open(small_model).manifest, classes=classes)


class Mapped:
    """A sensor of a network, with blocks to map."""

    def __init__(self, network, sensor: str, described: Manifest) -> None:
        kind = SensorKind.IMAGE if sensor == IMAGE else SensorKind.SERIES
        self.nodata = -9999.0 if network.task is Task.REGRESSION else 255.0
        count = len(network.target_mean) if network.task is not Task.CLASSIFICATION else 3
        classes = tuple(LabelClass(code, f"class {code}", "#000000") for code in range(1, count + 1))
        self.manifest = replace(described, task=network.task, classes=classes, nodata=self.nodata)
        side_px, dates = (5, ()) if sensor == IMAGE else (1, tuple("123456"))
        self.sensor = replace(described.sensors[0], kind=kind, context_px=side_px, dates=dates)
        codes = (1, 2, 3) if network.task is Task.CLASSIFICATION else ()
        self.session = Session(export_graph(network, sensor, codes, self.nodata))
        random = np.random.default_rng(0)
        rows, cols = SHAPE
        shape = (4, rows + 4, cols + 4) if sensor == IMAGE else (6, 2, rows, cols)
        self.values = random.normal(*((1200, 300) if sensor == IMAGE else (-12, 4)), shape).astype(np.float32)
        self.values[random.random(shape) < 0.02] = np.nan
        self.values[..., 11] = np.nan

    def block(self, wanted: Wanted | None = None, session: object = None) -> dict[str, np.ndarray]:
        wanted = wanted or Wanted()
        layers = wanted.layers(self.manifest)
        scores = any(layer.of_scores for layer in layers)
        block = map_block(session or self.session, self.sensor, self.manifest, self.values, wanted.options, scores)
        return {layer.name: layer.pick(block) for layer in layers}


@pytest.fixture(scope="module", params=[IMAGE, SERIES])
def mapped(network, described, request) -> Mapped:
    return Mapped(network, request.param, described)


@pytest.fixture(scope="module", params=[IMAGE, SERIES])
def wide(described, request) -> Mapped:
    """Of a network as wide as those of a job: how wide its layers are may decide how a runtime computes them."""
    return Mapped(trained_for_a_moment(make_samples(), epochs=1, design=USUAL), request.param, described)


CUTS = pytest.mark.parametrize("cut", [(1, 1), (2, 60), (33, 30), (97, 7)], ids=str)


WANTED = [
    CLASSES_ONLY,
    Wanted(NO_CONFIDENCE),
    Wanted(probabilities=False),
    Wanted(MapOptions(probability_type=ProbabilityType.UINT8), probabilities=False),
    Wanted(MapOptions(probability_type=ProbabilityType.UINT8)),
]


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_what_is_not_asked_for_changes_no_bit_of_the_rest(mapped: Mapped, wanted: Wanted) -> None:
    whole, part = mapped.block(wanted.everything()), mapped.block(wanted)
    regression = mapped.manifest.task is Task.REGRESSION
    asked = {
        "OUTPUT": True,
        "OUTPUT_PROBABILITIES": wanted.probabilities,
        "OUTPUT_CONFIDENCE": wanted.options.with_confidence,
    }
    assert set(part) == ({"OUTPUT"} if regression else {name for name, there in asked.items() if there})
    for name, array in part.items():
        np.testing.assert_array_equal(array, whole[name])


@pytest.mark.parametrize("measure", Confidence, ids=lambda measure: measure.value)
def test_unsure_pixels_need_no_other_output(wide: Mapped, measure: Confidence) -> None:
    options = MapOptions(measure, 0.4, UNSURE)
    whole = wide.block(Wanted(options))
    alone = wide.block(Wanted(replace(options, with_confidence=False), probabilities=False))
    np.testing.assert_array_equal(alone["OUTPUT"], whole["OUTPUT"])
    assert (alone["OUTPUT"] == UNSURE.code).any()
    assert set(alone) == {"OUTPUT"}


@pytest.mark.parametrize("wanted", [Wanted(), *WANTED], ids=str)
def test_an_empty_block_is_like_a_mapped_one(mapped: Mapped, wanted: Wanted) -> None:
    block = mapped.block(wanted)
    for layer in wanted.layers(mapped.manifest):
        one, other = block[layer.name], layer.empty(SHAPE)
        if mapped.manifest.task is Task.REGRESSION:
            assert other.shape[1:] == one.shape[1:]
        else:
            assert (one.shape, one.dtype) == (other.shape, other.dtype)


@pytest.mark.parametrize("wanted", [Wanted(), *WANTED], ids=str)
def test_outside_a_mask_is_nodata(mapped: Mapped, wanted: Wanted) -> None:
    inside = np.random.default_rng(1).random(SHAPE) < 0.5
    block = mapped.block(wanted)
    nodata = 255 if wanted.options.probability_type is ProbabilityType.UINT8 else -9999
    expected = {"OUTPUT": mapped.nodata, "OUTPUT_PROBABILITIES": nodata, "OUTPUT_CONFIDENCE": -9999}
    for layer in wanted.layers(mapped.manifest):
        hidden = layer.masked(block[layer.name], inside)
        assert hidden.dtype == block[layer.name].dtype
        assert (hidden[:, ~inside] == expected[layer.name]).all()
        np.testing.assert_array_equal(hidden[:, inside], block[layer.name][:, inside])


@pytest.mark.parametrize("most_px", [LEAST_ON_GPU, 2500])
@pytest.mark.parametrize("wanted", [Wanted(), CLASSES_ONLY], ids=["all", "one class per pixel"])
def test_a_gpu_that_runs_out_of_memory_maps_the_same(mapped: Mapped, wanted: Wanted, most_px: int) -> None:
    sink = Listening()
    session = OomRetry(Full(mapped.session, most_px), mapped.sensor.shape, Reporter(sink))
    whole, found = mapped.block(wanted), mapped.block(wanted, session)
    assert set(found) == set(whole)
    for name, array in whole.items():
        np.testing.assert_array_equal(found[name], array)
    assert sink.texts().count("too little memory") == 1


@CUTS
def test_a_block_is_to_the_bit_what_smaller_blocks_are(mapped: Mapped, cut: tuple[int, int]) -> None:
    assert_equal_in_pieces(mapped, cut)


@CUTS
def test_so_is_one_of_a_network_of_the_usual_width(wide: Mapped, cut: tuple[int, int]) -> None:
    assert_equal_in_pieces(wide, cut)


def assert_equal_in_pieces(mapped: Mapped, cut: tuple[int, int]) -> None:
    whole, halo_px = mapped.block(), mapped.sensor.halo_px
    for rows in (slice(0, cut[0]), slice(cut[0], SHAPE[0])):
        for cols in (slice(0, cut[1]), slice(cut[1], SHAPE[1])):
            with_halo = tuple(slice(side.start, side.stop + 2 * halo_px) for side in (rows, cols))
            values = mapped.values[(..., *with_halo)]
            block = map_block(mapped.session, mapped.sensor, mapped.manifest, values)
            for layer in Wanted().layers(mapped.manifest):
                np.testing.assert_array_equal(layer.pick(block), whole[layer.name][:, rows, cols])


@pytest.mark.parametrize(
    ("wanted", "asked"), [(CLASSES_ONLY, False), (Wanted(NO_CONFIDENCE), True), (WANTED[2], True)], ids=str
)
def test_scores_are_asked_for_where_they_are_needed(described: Manifest, wanted: Wanted, asked: bool) -> None:
    echo, values = Echo(), np.ones((6, 2, 40, 40), np.float32)
    scores = any(layer.of_scores for layer in wanted.layers(described))
    map_block(echo, series_sensor(described), described, values, wanted.options, scores)
    assert {scores for _, scores in echo.runs} == {asked}


def test_a_gpu_gets_a_whole_block_of_series_at_once(described: Manifest) -> None:
    echo = Echo()
    echo.capacity = GPU_CAPACITY
    values = np.random.default_rng(0).random((6, 2, 128, 100)).astype(np.float32)
    block = map_block(echo, series_sensor(described), described, values)
    assert [shape for shape, _ in echo.runs] == [(1, 2, 6, 12_800)]
    np.testing.assert_array_equal(block.scores, values[0])


@pytest.mark.parametrize(
    ("rows", "cols", "halo_px", "runs"),
    [
        (256, 256, 0, {(64, 64): 16}),
        (256, 256, 15, {(128, 128): 4}),
        (256, 256, 60, {(256, 256): 1}),
        (3, 257, 2, {(3, 64): 3, (3, 65): 1}),
        (95, 97, 2, {(95, 48): 1, (95, 49): 1}),
        (1, 1, 2, {(1, 1): 1}),
    ],
)
def test_images_are_run_in_squares_that_fit_their_halo(
    described: Manifest, rows: int, cols: int, halo_px: int, runs: dict[tuple[int, int], int]
) -> None:
    windows = Windows(halo_px)
    sensor = replace(described.sensors[0], kind=SensorKind.IMAGE, context_px=2 * halo_px + 1)
    values = np.random.default_rng(0).random((2, rows + 2 * halo_px, cols + 2 * halo_px)).astype(np.float32)
    block = map_block(windows, sensor, described, values)
    assert windows.runs == runs
    np.testing.assert_array_equal(block.scores, values[:, halo_px : halo_px + rows, halo_px : halo_px + cols])


def series_sensor(described: Manifest) -> SensorManifest:
    return replace(described.sensors[0], kind=SensorKind.SERIES, context_px=1, dates=("1", "2"))


@pytest.mark.parametrize(("cols", "run"), [(1, 1 + LEAST_PX), (LEAST_PX - 1, 2 * LEAST_PX - 1), (LEAST_PX, LEAST_PX)])
def test_few_pixels_are_widened_for_the_run_and_cut_again(cols: int, run: int) -> None:
    echo, values = Echo(), np.arange(cols, dtype=np.float32).reshape(1, 1, 1, cols)
    output = run_steadily(echo, values, pixels=cols)
    assert echo.runs[0][0][-1] == run
    np.testing.assert_array_equal(output.scores, values[:, :, 0])
    np.testing.assert_array_equal(output.label, values[:, 0, 0])


def test_samples_are_scored_by_the_graph_that_makes_the_map(network, described: Manifest) -> None:
    for sensor in (IMAGE, SERIES):
        case = Mapped(network, sensor, described)
        samples = make_samples(network.task, count=300).sensors[0 if sensor == IMAGE else 1].values
        unit = np.asarray(network.target_sd)
        found = score_samples(case.session, case.sensor, samples) / unit
        np.testing.assert_allclose(found, network.predict(sensor, samples) / unit, rtol=0, atol=1e-5)
