"""A manifest that no training writes is refused as it is read, with the place, what stands there and what may."""

import json
import math
import time
import tracemalloc
from dataclasses import replace

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.label_classes import Target
from colearn.engine.contract.manifest.manifest import Manifest, SensorKind, TrainingArea
from colearn.engine.contract.manifest.manifest_text import manifest_from_text, manifest_to_text
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, ModelError
from colearn.plugin.model_card import card_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugin.manifests import FOREST, WATER, a_manifest

CLASSES = a_manifest()
VALUES = a_manifest(Task.REGRESSION)


def of_sensor(**changes) -> Manifest:
    """The manifest, its first sensor changed."""
    first, *others = CLASSES.sensors
    return replace(CLASSES, sensors=(replace(first, **changes), *others))


def of_band(**changes) -> Manifest:
    return of_sensor(bands=(replace(CLASSES.sensors[0].bands[0], **changes),))


def of_class(**changes) -> Manifest:
    return replace(CLASSES, classes=(replace(FOREST, **changes), WATER))


def of_target(**changes) -> Manifest:
    return replace(VALUES, targets=(replace(VALUES.targets[0], **changes),))


BANDS = 5_000
SERIES = {"kind": SensorKind.SERIES, "dates": ("2024-05-01", "2024-06"), "dates_known": True}
ABSURD = {
    "no sensors": replace(CLASSES, sensors=()),
    "a hundred sensors": replace(
        CLASSES, sensors=tuple(replace(CLASSES.sensors[0], name=str(n), graph=f"sensors/{n}.onnx") for n in range(100))
    ),
    "sensors of one name": replace(CLASSES, sensors=CLASSES.sensors[:1] * 2),
    "sensors of one graph": replace(CLASSES, sensors=(CLASSES.sensors[0], replace(CLASSES.sensors[0], name="b"))),
    "no name": of_sensor(name=" "),
    "a long name": of_sensor(name="a" * 1001),
    "no bands": of_sensor(bands=()),
    "many bands": of_sensor(bands=CLASSES.sensors[0].bands * 2001),
    "a layout to be found": of_sensor(layout=Layout.AUTO),
    "no context": of_sensor(context_px=0),
    "a negative context": of_sensor(context_px=-3),
    "a context of 10⁹": of_sensor(context_px=10**9),
    "pixels of nothing": of_sensor(pixel_m=0.0),
    "pixels of infinity": of_sensor(pixel_m=math.inf),
    "pixels of no number": of_sensor(pixel_m=math.nan),
    "a range of nothing": of_sensor(pixel_range_m=(0.0, 0.0)),
    "a range upside down": of_sensor(pixel_range_m=(10.0, 5.0)),
    "a strange type": of_sensor(dtype="<script>"),
    "nodata of no number": of_sensor(nodata=(math.nan,)),
    "a strange graph": of_sensor(graph="../a.onnx"),
    "a mask of no rule": of_sensor(mask="everything!"),
    "an image with dates": of_sensor(dates=("2024-05-01",)),
    "a series without": of_sensor(kind=SensorKind.SERIES),
    "a date that is none": of_sensor(**{**SERIES, "dates": ("2024-02-31",)}),
    "a date in words": of_sensor(**{**SERIES, "dates": ("May",)}),
    "many dates": of_sensor(**{**SERIES, "dates": ("2024-05-01",) * 5001}),
    "a band upside down": of_band(minimum=2.0, maximum=1.0),
    "a band of no number": of_band(mean=math.nan),
    "a band of infinity": of_band(maximum=math.inf),
    "a negative deviation": of_band(sd=-1.0),
    "a task to be found": replace(CLASSES, task=Task.AUTO),
    "no classes": replace(CLASSES, classes=()),
    "labels without classes": replace(CLASSES, task=Task.MULTILABEL, classes=()),
    "no targets": replace(CLASSES, task=Task.REGRESSION, nodata=-9999.0),
    "a negative code": of_class(code=-1),
    "a code of 65536": of_class(code=65536),
    "a code twice": of_class(code=7),
    "a code of nodata": of_class(code=255),
    "codes larger than the map's": of_class(code=300),
    "a share of two": of_class(share=2.0),
    "a share of no number": of_class(share=math.nan),
    "many classes": replace(CLASSES, classes=tuple(replace(FOREST, code=n) for n in range(1, 5002)), nodata=65535.0),
    "half a nodata": replace(CLASSES, nodata=254.5),
    "a map's nodata of no number": replace(CLASSES, nodata=math.nan),
    "nodata of 10⁶": replace(CLASSES, nodata=1e6),
    "another nodata of values": replace(VALUES, nodata=0.0),
    "a target upside down": of_target(minimum=2.0, maximum=1.0),
    "a target of no number": of_target(sd=math.nan),
    "a strange choice": replace(CLASSES, optimize="fame"),
    "no folds": replace(CLASSES, folds=0),
    "no epochs": replace(CLASSES, epochs=0),
    "a thousand repeats": replace(CLASSES, repeats=1000),
    "negative counts": replace(CLASSES, samples=replace(CLASSES.samples, train=-1)),
    "a place beyond the pole": replace(CLASSES, area=TrainingArea(0.0, 91.0, 1.0, 92.0)),
    "a place of no number": replace(CLASSES, area=TrainingArea(math.nan, 0.0, 1.0, 1.0)),
    "a digest that is none": replace(CLASSES, digests={"report.html": "x"}),
}


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_manifest_is_refused(name):
    with pytest.raises(ModelError) as caught:
        manifest_from_text(manifest_to_text(ABSURD[name]), "model")
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert caught.value.found.startswith("manifest")
    assert len(caught.value.sentence()) < 1000


@pytest.mark.parametrize(
    "manifest",
    [
        CLASSES,
        VALUES,
        a_manifest(Task.MULTILABEL),
        of_class(code=0),
        replace(of_class(code=300), nodata=65535.0),
        of_sensor(**SERIES),
        of_sensor(kind=SensorKind.SERIES, dates=("1", "2"), dates_known=False),
        of_target(minimum=3.0, maximum=3.0, sd=0.0),
        replace(VALUES, targets=(Target("a", 0.0, 0.0, 0.0, 0.0),)),
        replace(CLASSES, area=TrainingArea(179.0, -1.0, -179.0, 1.0)),
    ],
)
def test_a_manifest_of_a_training_is_read(manifest):
    assert manifest_from_text(manifest_to_text(manifest), "model") == manifest


def test_the_largest_that_is_read_costs_little():
    """QGIS reads it in its own process: 0.2 s and 50 MB; ten times the processor time here, where memory is traced."""
    bands = tuple(replace(CLASSES.sensors[0].bands[0], name=f"band {n}") for n in range(1000))
    sensors = tuple(
        replace(CLASSES.sensors[0], name=str(n), graph=f"sensors/{n}.onnx", bands=bands) for n in range(BANDS // 1000)
    )
    text = manifest_to_text(replace(CLASSES, sensors=sensors))
    tracemalloc.start()
    began = time.process_time()
    manifest_from_text(text, "model")
    seconds, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 10
    assert peak < 50 * 2**20


_NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, 1, -1, 255, 256, 65535, 10**9, 1e308])
_ANYTHING = _NUMBERS | st.none() | st.booleans() | st.text(max_size=8) | st.lists(_NUMBERS, max_size=3)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_read_can_be_shown(data):
    """Each value replaced by any other: refused with a model error, or every part of QGIS's side can use it."""
    plain = json.loads(manifest_to_text(data.draw(st.sampled_from([CLASSES, VALUES, of_sensor(**SERIES)]))))
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = plain, data.draw(st.sampled_from(sorted(plain)))
        while isinstance(holder[key], (dict, list)) and holder[key] and data.draw(st.integers(0, 5)):
            holder = holder[key]
            key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        holder[key] = data.draw(_ANYTHING)
    try:
        manifest = manifest_from_text(json.dumps(plain), "model")
    except CoLearnError as error:
        error.sentence().encode()
        return
    assert card_lines(manifest)
    assert manifest.class_dtype in ("uint8", "uint16")
    assert manifest.decision is not None
    assert manifest.label is not None
    manifest_to_text(manifest).encode()
