"""Data exchanged by both processes: strict JSON, frozen dataclasses, events and errors, sanitized untrusted text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .codec import CodecError, from_plain, to_plain
    from .colors import require_color
    from .errors import (
        CoLearnError,
        DeviceError,
        EngineError,
        ErrorCode,
        InputError,
        JobError,
        ModelError,
        OutputError,
        disk_is_full,
    )
    from .events import (
        FINISH,
        Epoch,
        Event,
        Failed,
        Finished,
        Interim,
        Level,
        Message,
        Planned,
        Progress,
        Started,
        error_from,
        failed_from,
        from_line,
        to_line,
    )
    from .number_words import THIN_SPACE, about, about_m, number_text, rounded, thousands
    from .plain_files import NoPlainFileError, is_own_folder, is_plain_name, kind_of, open_plain, read_plain
    from .strict_json import parse_json
    from .untrusted_text import decoded, shown_text, without_controls
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "FINISH",
    "THIN_SPACE",
    "CoLearnError",
    "CodecError",
    "DeviceError",
    "EngineError",
    "Epoch",
    "ErrorCode",
    "Event",
    "Failed",
    "Finished",
    "InputError",
    "Interim",
    "JobError",
    "Level",
    "Message",
    "ModelError",
    "NoPlainFileError",
    "OutputError",
    "Planned",
    "Progress",
    "Started",
    "about",
    "about_m",
    "decoded",
    "disk_is_full",
    "error_from",
    "failed_from",
    "from_line",
    "from_plain",
    "is_own_folder",
    "is_plain_name",
    "kind_of",
    "number_text",
    "open_plain",
    "parse_json",
    "read_plain",
    "require_color",
    "rounded",
    "shown_text",
    "thousands",
    "to_line",
    "to_plain",
    "without_controls",
]
