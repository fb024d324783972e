"""The parts of a run on disk: one raster per part and layer, in a folder next to the output.

A part is finished when all its rasters exist under their final names; each is renamed only after it was written,
closed, checked and flushed to the disk, the main layer's last. Any number of processes may write to one folder: the
results of two of them for one part are identical.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ...mapping import Arrays, MapLayer
from ...raster.geo import Grid, Window
from ...raster.output import StoredForm, close_stored, read_stored, why_unfit
from ..plan import PartPlan, RunIdentity
from .checksum import checksum_matches
from .part_writer import PartWriter

RUN_MARK = "COLEARN_RUN"
_CHANGED = "it is truncated, or was changed after it was written"


@dataclass(frozen=True)
class Damage:
    """An unusable part: the file and the reason."""

    file: str
    reason: str


@dataclass(frozen=True, eq=False)
class PartStore:
    """``output`` is the name of the map's main file.

    ``grid`` is that of the whole raster: windows of parts and blocks are relative to its first pixel.
    """

    folder: Path
    output: str
    identity: RunIdentity
    plan: PartPlan
    layers: tuple[MapLayer, ...]
    grid: Grid

    def file_of(self, part: Window, layer: MapLayer) -> Path:
        """The final path of a part's raster."""
        return self.folder / _name_of(part, layer)

    def form_of(self, part: Window, layer: MapLayer) -> StoredForm:
        """The required format of a part's raster."""
        mark = (RUN_MARK, self.identity.run_id)
        return StoredForm(self.grid.of_window(part), len(layer.bands), layer.dtype, layer.nodata, mark)

    def look_over(self, parts: Iterable[Window], threads: int) -> tuple[set[Window], list[Damage]]:
        """The finished parts among these, with every pixel checked, and the unusable ones."""
        names = {path.name for path in self.folder.iterdir()}
        there = [part for part in parts if any(self.file_of(part, layer).name in names for layer in self.layers)]
        with ThreadPoolExecutor(threads, thread_name_prefix="check") as pool:
            found = dict(zip(there, pool.map(self._damage_of, there)))
        done = {part for part, damage in found.items() if damage is None and self._is_complete(part, names)}
        return done, [damage for damage in found.values() if damage]

    def finished(self) -> int:
        """The number of parts with final names, without checking their content; 0 without a folder."""
        return len(self._named())

    def has_usable(self) -> bool:
        """Whether there is a usable part; stops at the first."""
        return any(self._damage_of(part) is None for part in self._named())

    def _named(self) -> list[Window]:
        names = set(os.listdir(self.folder)) if self.folder.is_dir() else set()
        return [part for part in self.plan.parts if self._is_complete(part, names)] if names else []

    def _is_complete(self, part: Window, names: set[str]) -> bool:
        return all(_name_of(part, layer) in names for layer in self.layers)

    def _damage_of(self, part: Window) -> Damage | None:
        for layer in self.layers:
            file = self.file_of(part, layer)
            try:
                reason = _CHANGED if not checksum_matches(file) else why_unfit(file, self.form_of(part, layer))
            except FileNotFoundError:  # a process was killed between two layers
                continue
            except OSError as error:
                reason = error.strerror or str(error)
            if reason:
                return Damage(file.name, reason)
        return None

    def begin(self, part: Window) -> PartWriter:
        """Start writing a part.

        Raises:
            OutputError: it cannot be written.
        """
        files = {layer.name: (self.file_of(part, layer), self.form_of(part, layer)) for layer in self.layers}
        return PartWriter(part, files)

    def read(self, block: Window) -> Arrays:
        """A block of each layer, read from the part that contains it.

        Raises:
            InputError: the part cannot be read, although it could when it was checked.
        """
        part = self.plan.part_of(block)
        return tuple(read_stored(self.file_of(part, layer), block.relative_to(part)) for layer in self.layers)

    def remove(self) -> None:
        """Remove the folder, if it exists: the map is complete."""
        close_stored()
        shutil.rmtree(self.folder, ignore_errors=True)


def _name_of(part: Window, layer: MapLayer) -> str:
    return f"row {part.row} col {part.col} {layer.name}.tif"
