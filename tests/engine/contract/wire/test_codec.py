"""Jobs, manifests and events survive the way through JSON, and what does not fit is named."""

import json

import pytest
from colearn.engine.contract.job.job import EvaluateJob, PredictJob, TrainJob, default_of
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.sources import (
    Extent,
    Layout,
    RasterLabels,
    RasterSource,
    SensorSpec,
    VectorLabels,
    VectorSource,
)
from colearn.engine.contract.manifest.manifest_text import manifest_from_text
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, InputError, JobError, ModelError
from colearn.engine.contract.wire.events import (
    Epoch,
    Finished,
    Level,
    Message,
    Planned,
    Progress,
    error_from,
    failed_from,
    from_line,
    to_line,
)

RASTER = RasterSource("/données/S2 été.tif", "S2 été")
LABELS = VectorLabels(VectorSource("/labels.gpkg", "labels"), ("class",), "plot")
TRAIN = TrainJob((SensorSpec("S2", (RASTER,), Layout.STACK, ("B2",), 12),), LABELS, "/model.colearn", context_m=150.0)


@pytest.mark.parametrize(
    "job",
    [
        TRAIN,
        TrainJob((SensorSpec("S2", (RASTER,)),), RasterLabels((RASTER,)), "/model.colearn"),
        PredictJob("/model.colearn", (RASTER,), "/map.tif", extent=Extent(0, 1, 2, 3, "EPSG:4326")),
        EvaluateJob("/model.colearn", (RASTER,), LABELS),
        EvaluateJob("/model.colearn", (RASTER,), LABELS, map=RASTER),
    ],
)
def test_a_job_comes_back_as_it_was(job) -> None:
    assert job_from_text(job_to_text(job)) == job


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"task": "clustering"}, "one of auto, classification, multilabel, regression"),
        ({"epochs": 0}, "1 or more"),
        ({"epochs": "many"}, "int"),
        ({"epochs": True}, "int"),
        ({"colour": "red"}, "unknown key colour"),
        ({"sensors": []}, "at least one sensor"),
        ({"context_m": -1}, "0 to 100000 metres"),
        ({"labels": {"source": {"path": "/l"}}}, "fields"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_valid(change, words) -> None:
    plain = {**json.loads(job_to_text(TRAIN)), **change}
    with pytest.raises(JobError, match=words) as caught:
        job_from_text(json.dumps(plain))
    assert caught.value.code is ErrorCode.JOB_INVALID


def test_a_missing_required_key_is_named() -> None:
    plain = json.loads(job_to_text(TRAIN))
    del plain["output_model"]
    with pytest.raises(JobError, match="output_model"):
        job_from_text(json.dumps(plain))


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"colearn_job": 1}', '{"colearn_job": "x"}'])
def test_what_is_no_job_is_refused(text) -> None:
    with pytest.raises(JobError):
        job_from_text(text)


def test_a_job_of_a_newer_schema_says_so() -> None:
    plain = {**json.loads(job_to_text(TRAIN)), "colearn_job": 99}
    with pytest.raises(JobError) as caught:
        job_from_text(json.dumps(plain))
    assert caught.value.code is ErrorCode.JOB_TOO_NEW


def test_a_job_for_another_journey_is_refused() -> None:
    with pytest.raises(JobError, match="predict"):
        job_from_text(job_to_text(TRAIN), "predict")


@pytest.mark.parametrize(
    "event",
    [
        Epoch("co-learned", 1, 60, 1.5, 1.25, 0.5),
        Message(Level.WARNING, "labels_null", "3 étiquettes\nmanquent"),
        Planned(3, 40, fused=True, runs=5, finished=1, is_last=True),
        Finished({"OUTPUT": "/map.tif"}, {"N": 3.0}),
    ],
)
def test_an_event_is_one_line_and_comes_back(event) -> None:
    line = to_line(event)
    assert "\n" not in line
    assert from_line(line) == event


def test_a_log_from_before_plans_is_read_and_a_plan_may_be_short() -> None:
    log = [
        '{"event": "progress", "fraction": 0.5, "stage": "Training"}',
        '{"event": "planned", "networks": 2, "epochs": 8}',
    ]
    assert [from_line(line) for line in log] == [Progress(0.5, "Training"), Planned(2, 8)]


@pytest.mark.parametrize("line", ["", "hello", "{}", '{"event": "dance"}', '{"event": "progress"}', "[1]", "null"])
def test_other_lines_are_no_events(line) -> None:
    assert from_line(line) is None


def test_an_error_crosses_the_process_boundary_unchanged() -> None:
    error = InputError(ErrorCode.RASTER_WITHOUT_CRS, subject="S2", found="no CRS", expected="a CRS", remedy="Set it.")
    back = error_from(from_line(to_line(failed_from(error))))
    assert type(back) is InputError
    assert isinstance(back, CoLearnError)
    assert (back.code, back.sentence()) == (error.code, error.sentence())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.MODEL_UNREADABLE),
        ("{}", ErrorCode.MODEL_UNREADABLE),
        ('{"colearn_model": 99}', ErrorCode.MODEL_TOO_NEW),
        ('{"colearn_model": 1}', ErrorCode.MODEL_DAMAGED),
    ],
)
def test_an_invalid_manifest_is_refused(text, code) -> None:
    with pytest.raises(ModelError) as caught:
        manifest_from_text(text, "m.colearn")
    assert caught.value.code is code


def test_defaults_are_read_from_the_job() -> None:
    assert default_of(TrainJob, "epochs") == TRAIN.epochs
    with pytest.raises(LookupError):
        default_of(TrainJob, "sensors")
