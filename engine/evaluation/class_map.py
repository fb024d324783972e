"""An existing class map: opened, checked against the model's classes, and read as class indices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ..arrays import Doubles, Floats, Indices
from ..contract import UNSURE_NAMES, ErrorCode, InputError, LabelClass, RasterSource, means_no_class, number_text
from ..raster.geo import pixel_areas_m2
from ..raster.output import category_names
from ..raster.scenes import Scene, plan_reading
from ..raster.sensors import SensorRasters, open_one_band
from ..samples.extract import extract
from ..samples.positions import Positions

MAP_BLOCK_PX = 1024
NODATA, UNSURE = -1, -2  # used instead of a class index
_SHOWN = 10


@dataclass(frozen=True)
class MappedAreas:
    """Mapped area in square metres, per class (class,), and of pixels whose class is unsure."""

    classes_m2: Doubles
    unsure_m2: float


@dataclass(frozen=True)
class ClassMap:
    """A raster of class codes, with the model's classes in the model's order.

    ``unsure`` are codes of pixels whose class was not confident enough, ``blank`` codes that the map's legend calls
    unclassified; both show no class.
    """

    rasters: SensorRasters
    classes: tuple[LabelClass, ...]
    unsure: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The display name."""
        return self.rasters.name

    @property
    def scene(self) -> Scene:
        """The raster's only scene."""
        return self.rasters.scenes[0]

    def areas(self, progress: Callable[[float], None]) -> MappedAreas:
        """The mapped area of each class, read block by block.

        Raises:
            InputError: MAP_UNSUITABLE, values that are not codes of the model, or no class anywhere.
        """
        areas = np.zeros(len(self.classes) - UNSURE)
        windows = plan_reading(self.scene, self.scene.grid.window(), MAP_BLOCK_PX, 0).blocks
        for number, window in enumerate(windows):
            index = self._indices(self.scene.read(window).reshape(window.shape))
            ground = np.broadcast_to(pixel_areas_m2(self.scene.grid, window), window.shape)
            areas += np.bincount((index - UNSURE).ravel(), ground.ravel(), minlength=len(areas))
            progress((number + 1) / len(windows))
        found = MappedAreas(areas[-UNSURE:], float(areas[0]))
        if not found.classes_m2.any():
            what = "no class in any pixel (all pixels are unsure)" if found.unsure_m2 else "nodata in every pixel"
            raise unsuitable(self.name, what, "classes", "Choose the map at the location of the labels.")
        return found

    def classes_at(self, positions: Positions) -> Indices:
        """Class indices (position,); ``NODATA`` or ``UNSURE`` where the map shows no class.

        Raises:
            InputError: MAP_UNSUITABLE, values that are not codes of the model.
        """
        values = extract(self.rasters, positions, 1, lambda fraction: None).samples.values
        return self._indices(values.reshape(len(positions)))

    def strange_names(self) -> tuple[str, ...]:
        """Codes whose name in the map's legend differs from the model's, as text."""
        names = category_names(self.scene.files[0].source, self.scene.planes[0].number)
        named = [(label, names.get(label.code, "")) for label in self.classes]
        return tuple(
            f"{label.code} is {name} in the map, {label.name} in the model"
            for label, name in named
            if name not in ("", label.name, label.value, str(label.code))
        )

    def _indices(self, values: Floats) -> Indices:
        """The class index of each value; ``NODATA`` or ``UNSURE`` if it shows no class."""
        codes = np.array([label.code for label in self.classes], dtype=np.float64)
        order = np.argsort(codes)
        index = order[np.minimum(np.searchsorted(codes[order], values), len(codes) - 1)]
        nodata, unsure = np.isnan(values) | np.isin(values, self.blank), np.isin(values, self.unsure)
        strange = ~nodata & ~unsure & (codes[index] != values)
        if strange.any():
            raise self._strange(np.unique(values[strange]))
        found: Indices = np.where(nodata, NODATA, np.where(unsure, UNSURE, index))
        return found

    def _strange(self, values: Floats) -> InputError:
        shown = ", ".join(number_text(value, 7) for value in values[:_SHOWN])
        more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
        return unsuitable(
            self.name,
            f"{'the value' if len(values) == 1 else 'the values'} {shown}{more}",
            f"the model's codes {_coded(self.classes[: 2 * _SHOWN])}, and nodata",
            "Choose a map with the classes of this model. If the values mean “no class”, declare them as nodata "
            "(Translate, or Reclassify by Table).",
        )


def open_class_map(
    source: RasterSource, classes: tuple[LabelClass, ...], unsure: LabelClass | None = None, band: str = ""
) -> ClassMap:
    """Open a map of the model's classes.

    Args:
        source: the map.
        classes: the model's classes.
        unsure: the model's code for unsure pixels, for maps without a legend.
        band: name or number of the band with the classes; empty if there is only one.

    Raises:
        InputError: the map cannot be opened or has no CRS; MAP_UNSUITABLE, several bands; BANDS_UNKNOWN, no such band.
    """
    rasters = open_one_band(source.label(), (source,), band, "MAP_BAND", ErrorCode.MAP_UNSUITABLE)
    names = category_names(source, rasters.scenes[0].planes[0].number)
    codes = {label.code for label in classes}
    # What the map's legend calls unclassified is treated as nodata, unless it is a class of the model.
    blank = {code for code, name in names.items() if means_no_class(name) and name not in UNSURE_NAMES} - codes
    return ClassMap(rasters, classes, _unsure_codes(names, codes, unsure), tuple(sorted(blank)))


def _unsure_codes(names: dict[int, str], codes: set[int], unsure: LabelClass | None) -> tuple[int, ...]:
    """Codes that the map's legend calls unsure, and the model's own one unless the legend names it otherwise."""
    unsure_codes = {code for code, name in names.items() if name in UNSURE_NAMES}
    if unsure and names.get(unsure.code, "") in ("", str(unsure.code)):
        unsure_codes.add(unsure.code)
    return tuple(sorted(unsure_codes - codes))


def unsuitable(subject: str, found: str, expected: str, remedy: str) -> InputError:
    """The error MAP_UNSUITABLE, for a map that cannot be assessed."""
    return InputError(ErrorCode.MAP_UNSUITABLE, subject=subject, found=found, expected=expected, remedy=remedy)


def _coded(classes: Iterable[LabelClass]) -> str:
    return ", ".join(f"{label.code} ({label.name})" for label in classes)
