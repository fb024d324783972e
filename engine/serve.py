"""Serve: successive maps from a process that keeps the model open, used for previews."""

from __future__ import annotations

from collections.abc import Iterable

from .contract import ENGINE_VERSION, CoLearnError, ErrorCode, JobError, PredictJob, Started, job_from_text
from .contract.wire import failed_from
from .inference import KeptModels
from .predict import predict
from .process import Reporter, Sink, unexpected_error
from .raster.opening import guard_process

# A runtime that ran out of memory keeps its arena; after a failed write, GDAL 3.10 may crash later.
_LEAVES_TRACES = (ErrorCode.OUT_OF_MEMORY, ErrorCode.DISK_FULL, ErrorCode.OUTPUT_UNWRITABLE)


def serve(requests: Iterable[str], sink: Sink) -> bool:
    """Process every request like a newly started engine: ``Started`` … ``Finished`` or ``Failed``.

    Every raster and every vector layer is opened anew, so that a file that has changed is seen; a model is kept as long
    as its file is the same.

    Returns:
        Whether the process can be reused: if not, it should be ended.
    """
    models = KeptModels()
    for request in requests:
        sink.send(Started("predict", ENGINE_VERSION))
        try:
            job = _read(request)
            guard_process(job)
            finished = predict(job, Reporter(sink), models=models)
        except CoLearnError as error:
            sink.send(failed_from(error))
            if error.code in _LEAVES_TRACES:
                return False
        except Exception as error:  # noqa: BLE001  (as in __main__: whatever happened, the plugin must be informed)
            sink.send(failed_from(unexpected_error(error, "predict")))
            return False
        else:
            sink.send(finished)
    return True


def _read(request: str) -> PredictJob:
    job = job_from_text(request, "predict", "the request")
    if not isinstance(job, PredictJob):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="the request",
            found=type(job).__name__,
            expected="a job for the journey 'predict'",
            remedy="Start the engine for this job alone.",
        )
    return job
