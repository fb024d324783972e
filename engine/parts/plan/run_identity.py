"""Digests of everything that determines the bytes of a map's parts: parts of the same run are interchangeable."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any

from ...contract import ENGINE_VERSION, manifest_to_text
from ...contract.wire import to_plain
from ...inference import runtime_name
from ...mapping import Mapper
from ...raster.files import identities
from ...raster.scenes import Scene
from .plan import PartPlan

SHORT_CHARACTERS = 16
_WORDS = {
    "engine": "another version of CoLearn or of its runtime",
    "model": "another model",
    "inputs": "other inputs, nodata values or quality mask, or inputs changed since",
    "place": "another grid or extent",
    "form": "other parameters, outputs or another mask",
    "parts": "another block or part size",
    "precision": "another precision",
    "device": "another device",
    "quality": "another quality",
}


@dataclass(frozen=True)
class RunIdentity:
    """Digests (SHA-256) or names of what a run depends on, separately, so that a difference can be named.

    ``inputs`` are files by path, size and modification time, virtual rasters and the mask by content: QGIS writes
    those anew for every run. ``precision``, ``device`` and ``quality`` are those actually used.
    """

    engine: str
    model: str
    inputs: str
    place: str
    form: str
    parts: str
    precision: str
    device: str
    quality: str

    @property
    def run_id(self) -> str:
        """The run's identifier: SHA-256 in hexadecimal."""
        return _digest(self)

    @property
    def short(self) -> str:
        """The abbreviated identifier, used in folder names."""
        return self.run_id[:SHORT_CHARACTERS]

    def differences(self, other: RunIdentity) -> str:
        """A description of the differences to another run; empty if there are none."""
        names = [each.name for each in fields(self) if getattr(self, each.name) != getattr(other, each.name)]
        return "; ".join(_WORDS[name] for name in names)

    def is_resolved_otherwise(self, other: RunIdentity) -> bool:
        """Whether the other run differs only in precision, quality or device."""
        return self != other and {"precision", "device", "quality"} >= {
            each.name for each in fields(self) if getattr(self, each.name) != getattr(other, each.name)
        }


def identity_of_run(mapper: Mapper, plan: PartPlan) -> RunIdentity:
    """The identity of a mapper's run."""
    scene, session = mapper.scene, mapper.session
    layers = [[layer.name, layer.dtype, layer.nodata, len(layer.bands)] for layer in mapper.layers]
    mask = mapper.mask.digest() if mapper.mask else ""
    return RunIdentity(
        engine=f"{ENGINE_VERSION}, {runtime_name()}",
        model=hashlib.sha256(manifest_to_text(mapper.manifest).encode()).hexdigest(),
        inputs=_digest([identities(scene.sources), _way_of_reading(scene)]),
        place=_digest([scene.grid, mapper.window]),
        form=_digest([mapper.sensor.name, mapper.options, layers, mask]),
        parts=_digest([plan.blocks, plan.parts]),
        precision=session.precision.value,
        device=session.device.value,
        quality=mapper.quality.value,
    )


def _way_of_reading(scene: Scene) -> list[Any]:
    """How a scene is read, independently of its files' locations: files are identified by their identities."""
    files = [[file.bands, file.alpha, file.block_shape, file.part] for file in scene.files]
    masks = [[[mask.number, mask.rule, mask.file.grid, mask.file.part] for mask in of_date] for of_date in scene.masks]
    return [files, scene.planes, scene.dates, scene.interpolation, masks]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(to_plain(value), sort_keys=True).encode()).hexdigest()
