"""Quality masks: SENSOR_X_MASK of a training, INPUT_MASK of rasters that a model is used on, and their rasters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract.codec import CodecError
from ...engine.contract.quality import mask_rules
from ..messages import job_error, tr
from . import definitions

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .values import ParameterValues


def add_sensor_mask(algorithm: EngineAlgorithm, letter: str) -> None:
    """Declare the quality mask of a training's sensor."""
    algorithm.add(
        definitions.text(f"SENSOR_{letter}_MASK", tr("Sensor {letter}: quality mask").format(letter=letter)),
        tr("Makes pixels nodata where they are cloud, shadow or fill. ") + _grammar_help(),
        advanced=True,
    )
    algorithm.add(
        definitions.rasters(
            f"SENSOR_{letter}_MASK_RASTERS",
            tr("Sensor {letter}: rasters of the quality mask").format(letter=letter),
            optional=True,
        ),
        _rasters_help(),
        advanced=True,
    )


def add_input_mask(algorithm: EngineAlgorithm) -> None:
    """Declare the quality mask of rasters that a model is used on."""
    algorithm.add(
        definitions.text("INPUT_MASK", tr("Quality mask of the rasters")),
        tr("Empty: the mask of the sensor's training, where the rasters have its band. none: no mask. ")
        + _grammar_help(),
        advanced=True,
    )
    algorithm.add(
        definitions.rasters("INPUT_MASK_RASTERS", tr("Rasters of the quality mask"), optional=True),
        _rasters_help(),
        advanced=True,
    )


def read_mask(values: ParameterValues, name: str) -> str:
    """The mask's text, as it was given.

    Raises:
        JobError: it is none.
    """
    text = values.text(name)
    try:
        mask_rules(text, name)
    except CodecError as error:
        raise job_error(error) from error
    return text


def _grammar_help() -> str:
    return tr(
        "sentinel2_scl, landsat_qa_pixel, enmap_quality or generic (0 is invalid), the first three also with +snow; or "
        "the band and its invalid bits or values: QA_PIXEL bits 0-4, SCL values 0,1,3,8-10, or its only valid ones: "
        "SCL valid 4,5,6; or a limit: cs below 0.6. Several with “;” between them. The band, by name or number, is one "
        "of the rasters' or of mask rasters; it is then no input."
    )


def _rasters_help() -> str:
    return tr(
        "Where the mask is not among the rasters themselves: one for all, one for each scene, or one for each date "
        "with the date in its name. Their pixels may differ: each of the image is judged by the one at its centre."
    )
