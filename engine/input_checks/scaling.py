"""Scales and offsets declared in files; CoLearn uses stored values, and reports where this matters."""

from __future__ import annotations

import numpy as np

from ..arrays import Doubles
from ..contract import SensorManifest, number_text
from ..process import Reporter
from ..raster.scenes import Scene
from .rescaling import scaled

Scaling = tuple[Doubles, Doubles]  # scale and offset (band,)

_SHOWN = 6


def declared_scaling(scene: Scene) -> Scaling:
    """Scale and offset (band,) declared in a scene's files; those of the first date."""
    bands = [scene.files[plane.file].band(plane.number) for plane in scene.planes[: scene.shape[-1]]]
    return np.array([band.scale for band in bands]), np.array([band.offset for band in bands])


def declarations(sensor: SensorManifest, declared: Scaling) -> str:
    """The scales declared by input and training, as a sentence to append; empty if neither declares any."""
    trained = _trained_scaling(sensor)
    sources = [("The file declares", declared)] if _says_something(declared) else []
    sources += [("In training the files declared", trained)] if trained and _says_something(trained) else []
    each = "; ".join(f"{who} {_first_band(scaling)}" for who, scaling in sources)
    return f" {each}; CoLearn uses the stored values, in training and here." if sources else ""


def log_other_meaning(sensor: SensorManifest, declared: Scaling, reporter: Reporter) -> None:
    """Warn if the input and the training both declare a scaling of stored values, and these differ.

    The offset of a new processing baseline shifts reflectance too little to be detected from the values.
    """
    trained = _trained_scaling(sensor)
    if trained is None or not _says_something(declared) or not _says_something(trained) or not trained[0].all():
        return
    (scales, offsets), (then_scales, then_offsets) = declared, trained
    other = np.flatnonzero(~(np.isclose(scales, then_scales) & np.isclose(offsets, then_offsets)))
    if not len(other):
        return
    at = other[0]
    factor = float(f"{scales[at] / then_scales[at]:.6g}")
    offset = float(f"{(offsets[at] - then_offsets[at]) / then_scales[at]:.6g}")
    names = ", ".join(sensor.bands[position].name for position in other[:_SHOWN])
    more = f" and {len(other) - _SHOWN} more bands" if len(other) > _SHOWN else ""
    reporter.warning(
        "other_scaling",
        f"{names}{more}: the file declares {_words(scales[at], offsets[at])}; in training it was "
        f"{_words(then_scales[at], then_offsets[at])}. CoLearn uses the stored values, so the same value has a "
        f"different meaning here. To match the training, {scaled(factor, offset).words} (Raster calculator).",
    )


def _trained_scaling(sensor: SensorManifest) -> Scaling | None:
    """The scaling declared in the training's files; None if the model does not record it."""
    declared = [
        (band.scale, band.offset) for band in sensor.bands if band.scale is not None and band.offset is not None
    ]
    if len(declared) < len(sensor.bands):
        return None
    scales, offsets = np.array(declared, np.float64).T
    return scales, offsets


def _says_something(scaling: Scaling) -> bool:
    return bool((scaling[0] != 1).any() or (scaling[1] != 0).any())


def _first_band(scaling: Scaling) -> str:
    scales, offsets = scaling
    several = " (first band)" if len(set(zip(scales, offsets, strict=True))) > 1 else ""
    return f"{_words(scales[0], offsets[0])}{several}"


def _words(scale: float, offset: float) -> str:
    return f"the scale {number_text(scale, 6)} and the offset {number_text(offset, 6)}"
