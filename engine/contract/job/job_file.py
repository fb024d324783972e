"""Jobs as JSON text: written by the plugin or by hand, read by the engine."""

from __future__ import annotations

import json
from typing import Any, Optional

from ..wire import CodecError, ErrorCode, JobError, from_plain, parse_json, to_plain
from .job import JOURNEYS, Job, journey_of

JOB_SCHEMA = 1


def job_to_text(job: Job) -> str:
    """The job as JSON text, UTF-8 safe, readable."""
    return json.dumps(_plain(job), indent=2, ensure_ascii=False) + "\n"


def job_to_line(job: Job) -> str:
    """The job as one line of ASCII, with line end: a request to a persistent engine."""
    return json.dumps(_plain(job)) + "\n"


def _plain(job: Job) -> dict[str, Any]:
    return {"colearn_job": JOB_SCHEMA, "journey": journey_of(job), **to_plain(job)}


def job_from_text(text: str, journey: Optional[str] = None, subject: str = "the job file") -> Job:
    """Read a job; ``journey`` is the one given on the command line.

    Raises:
        JobError: not JSON, another journey, a newer schema, or an invalid value.
    """
    plain = _parse(text, subject)
    found_journey = plain.pop("journey", None)
    if found_journey not in list(JOURNEYS) or (journey is not None and journey != found_journey):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=subject,
            found=f"a job for the journey {ascii(found_journey)[:80]}",
            expected=f"a job for {journey!r}" if journey else f"one of {', '.join(JOURNEYS)}",
            remedy="Use the command that the job was made for.",
        )
    try:
        job: Job = from_plain(JOURNEYS[found_journey], plain, "job")
        return job
    except CodecError as error:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=f"{subject}, {error.place}",
            found=error.found,
            expected=error.expected,
            remedy="Correct this value in the job file, or save the job again from the plugin.",
        ) from error


def _parse(text: str, subject: str) -> dict[str, Any]:
    try:
        plain = parse_json(text)
    except ValueError as error:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=subject,
            found=f"text that is not valid JSON or exceeds its limits ({error})",
            expected="a CoLearn job in JSON",
            remedy="Save the job again from the plugin.",
        ) from error
    schema = plain.pop("colearn_job", None) if isinstance(plain, dict) else None
    if not isinstance(schema, int):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=subject,
            found="JSON without the key colearn_job",
            expected="a CoLearn job",
            remedy="Check that this is the correct file.",
        )
    if schema > JOB_SCHEMA:
        raise JobError(
            ErrorCode.JOB_TOO_NEW,
            subject=subject,
            found=f"job schema {schema}",
            expected=f"schema {JOB_SCHEMA} or older",
            remedy="Update CoLearn on this machine.",
        )
    return dict(plain)
