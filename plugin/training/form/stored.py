"""A form as text, to be stored in a project: the user's choices, without what is read from layers again."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from ....engine.contract import CodecError, LossWeights, SensorSpec, TrainJob
from ....engine.contract.wire import from_plain, to_plain
from .form import TrainingForm, sensor_row
from .labels import LabelForm
from .sensors.header import RasterHeader
from .settings import Settings, plain_settings, setting_names


@dataclass(frozen=True)
class Kept:
    """The stored part of a form, complete or not."""

    sensors: tuple[SensorSpec, ...] = ()
    labels: LabelForm = field(default_factory=LabelForm)
    settings: dict[str, Any] = field(default_factory=dict)
    output_model: str = ""
    report: bool = True
    samples: bool = True
    report_path: str = ""
    samples_path: str = ""

    def layer_keys(self) -> tuple[str, ...]:
        """The distinct keys of the rasters' layers."""
        rasters = [raster.path for spec in self.sensors for raster in (*spec.rasters, *spec.mask_rasters)]
        return tuple(dict.fromkeys(rasters))

    def form(self, headers: Mapping[str, RasterHeader]) -> TrainingForm:
        """The restored form; ``headers`` are those of :meth:`layer_keys`."""
        sensors = tuple(sensor_row(spec, headers) for spec in self.sensors)
        settings = Settings().with_value(*((name, _typed(name, value)) for name, value in self.settings.items()))
        return TrainingForm(
            sensors,
            self.labels,
            settings,
            self.output_model,
            self.report,
            self.samples,
            self.report_path,
            self.samples_path,
        )


def form_to_text(form: TrainingForm) -> str:
    """The form as text."""
    kept = Kept(
        tuple(sensor.spec() for sensor in form.sensors if sensor.name.strip()),
        form.labels,
        dict(plain_settings(form.settings)),
        form.output_model,
        form.report,
        form.samples,
        form.report_path,
        form.samples_path,
    )
    return json.dumps(to_plain(kept), ensure_ascii=False)


def kept_in_text(text: str) -> Optional[Kept]:
    """The form stored in a text; None if it is invalid, as the project may come from an untrusted source."""
    try:
        kept = from_plain(Kept, json.loads(text), "the project")
        kept.form({key: RasterHeader(key, key, key) for key in kept.layer_keys()})
    except (ValueError, LookupError):
        return None
    return kept


def _typed(name: str, value: Any) -> Any:
    """A setting's value in its proper type.

    Raises:
        CodecError: the value is not of that type.
    """
    if name not in setting_names():
        raise CodecError(name, "an unknown setting", "a setting of a training")
    kind, plain = (LossWeights, name.split(".", 1)[1]) if "." in name else (TrainJob, name)
    return from_plain(typing.get_type_hints(kind)[plain], value, name)
