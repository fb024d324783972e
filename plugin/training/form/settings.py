"""The settings of a training: the fields of its job that are not sensors, labels or files."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, Optional

from ....engine.contract import LossWeights, TrainJob, default_of

NOT_SETTINGS = frozenset(
    {"sensors", "labels", "output_model", "output_report", "output_samples", "split_only", "run_id"}
)


def setting_names() -> tuple[str, ...]:
    """The names of all settings: field names of the job, and ``loss.NAME`` for the weights of the loss."""
    names = [field.name for field in fields(TrainJob) if field.name not in NOT_SETTINGS and field.name != "loss"]
    return (*names, *(f"loss.{field.name}" for field in fields(LossWeights)))


@dataclass(frozen=True)
class Settings:
    """The settings that differ from the defaults, by name (see :func:`setting_names`)."""

    changed: tuple[tuple[str, Any], ...] = ()

    def get(self, name: str) -> Any:
        """A setting's value: the changed one, else the default."""
        return dict(self.changed).get(name, default_setting(name))

    def is_changed(self, name: str) -> bool:
        """Whether a setting differs from its default."""
        return name in dict(self.changed)

    def having(self, **values: Any) -> Settings:
        """The settings with some values set; values equal to the default no longer count as changed."""
        return self.with_value(*values.items())

    def with_value(self, *pairs: tuple[str, Any]) -> Settings:
        """As :meth:`having`, for names that are not identifiers (``loss.main``)."""
        known = setting_names()
        merged = {**dict(self.changed), **dict(pairs)}
        unknown = sorted(set(merged) - set(known))
        if unknown:
            raise LookupError(f"unknown settings: {', '.join(unknown)}")
        return Settings(tuple((name, merged[name]) for name in known if _differs(name, merged)))

    def job_fields(self) -> dict[str, Any]:
        """Arguments of a :class:`TrainJob`, with the loss weights combined into one."""
        plain = {name: value for name, value in self.changed if "." not in name}
        weights = {name.split(".", 1)[1]: value for name, value in self.changed if "." in name}
        return {**plain, "loss": LossWeights(**weights)} if weights else plain


def settings_of(job: TrainJob) -> Settings:
    """The settings of a job."""
    return Settings().with_value(*((name, _value_in(job, name)) for name in setting_names()))


def default_setting(name: str) -> Any:
    """A setting's default, from the contract."""
    return default_of(LossWeights, name.split(".", 1)[1]) if "." in name else default_of(TrainJob, name)


def is_integer(name: str) -> bool:
    """Whether a setting is an integer, perhaps one without a default."""
    return typing.get_type_hints(TrainJob).get(name) in (int, Optional[int])


def plain_settings(settings: Settings) -> Iterator[tuple[str, Any]]:
    """The changed settings, with enumerations as text."""
    for name, value in settings.changed:
        yield name, value.value if isinstance(value, Enum) else value


def _differs(name: str, values: dict[str, Any]) -> bool:
    return name in values and values[name] != default_setting(name)


def _value_in(job: TrainJob, name: str) -> Any:
    return getattr(job.loss, name.split(".", 1)[1]) if "." in name else getattr(job, name)
