"""Writing, and strict parsing, of the manifest as JSON text."""

from __future__ import annotations

import json
from typing import Any

from ..wire import CodecError, ErrorCode, ModelError, from_plain, parse_json, to_plain
from .manifest import Manifest
from .manifest_sense import require_sense

MANIFEST_SCHEMA = 1
MOST_VALUES = 80_000  # of its JSON; a sensor of 400 bands has about 5,000


def manifest_to_text(manifest: Manifest) -> str:
    """The manifest as JSON text."""
    return json.dumps({"colearn_model": MANIFEST_SCHEMA, **to_plain(manifest)}, indent=1, ensure_ascii=False)


def manifest_from_text(text: str, subject: str) -> Manifest:
    """Parse a manifest.

    Raises:
        ModelError: not a manifest, a newer schema, or damaged.
    """
    plain = _parse(text, subject)
    try:
        manifest = from_plain(Manifest, plain, "manifest")
        require_sense(manifest)
        return manifest
    except CodecError as error:
        raise ModelError(
            ErrorCode.MODEL_DAMAGED,
            subject=subject,
            found=f"{error.place}: {error.found}",
            expected=error.expected,
            remedy="Copy the model file again from its source, or train the model again.",
        ) from error


def _parse(text: str, subject: str) -> dict[str, Any]:
    try:
        plain = parse_json(text, MOST_VALUES)
        schema = plain.pop("colearn_model")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        why = f" ({error})" if isinstance(error, ValueError) else ""
        raise ModelError(
            ErrorCode.MODEL_UNREADABLE,
            subject=subject,
            found=f"a manifest that was not written by CoLearn{why}",
            expected="a CoLearn model file (.colearn)",
            remedy="Choose a model file trained with CoLearn.",
        ) from error
    if not isinstance(schema, int) or schema > MANIFEST_SCHEMA:
        raise ModelError(
            ErrorCode.MODEL_TOO_NEW,
            subject=subject,
            found=f"model schema {schema}",
            expected=f"schema {MANIFEST_SCHEMA} or older",
            remedy="Update CoLearn on this machine, or train the model with this version.",
        )
    return dict(plain)
