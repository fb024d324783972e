"""Quality masks: SENSOR_X_MASK of a training, INPUT_MASK of rasters to which a model is applied, and mask rasters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...messages import job_errors, tr
from ..types import definitions

if TYPE_CHECKING:
    from ...algorithms.base import EngineAlgorithm
    from ..types.values import ParameterValues


def add_sensor_mask(algorithm: EngineAlgorithm, letter: str) -> None:
    """Declare the quality mask of a training's sensor."""
    algorithm.add(
        definitions.text(f"SENSOR_{letter}_MASK", tr("Sensor {letter}: quality mask").format(letter=letter)),
        tr("Sets pixels of cloud, shadow or fill to nodata. ") + _grammar_help(),
        advanced=True,
    )
    algorithm.add(
        definitions.rasters(
            f"SENSOR_{letter}_MASK_RASTERS",
            tr("Sensor {letter}: mask rasters").format(letter=letter),
            optional=True,
        ),
        _rasters_help(),
        advanced=True,
    )


def add_input_mask(algorithm: EngineAlgorithm) -> None:
    """Declare the quality mask of rasters to which a model is applied."""
    algorithm.add(
        definitions.text("INPUT_MASK", tr("Quality mask")),
        tr("Empty: the mask of the sensor's training, where the rasters have its band. none: no mask. ")
        + _grammar_help(),
        advanced=True,
    )
    algorithm.add(
        definitions.rasters("INPUT_MASK_RASTERS", tr("Quality mask rasters"), optional=True),
        _rasters_help(),
        advanced=True,
    )


def read_mask(values: ParameterValues, name: str) -> str:
    """The text of the mask, validated.

    Raises:
        JobError: the text is not a valid mask.
    """
    from ....engine.contract import mask_rules

    text = values.text(name)
    with job_errors():
        mask_rules(text, name)
    return text


def _grammar_help() -> str:
    return tr(
        "A preset: sentinel2_scl, landsat_qa_pixel, enmap_quality (each also with +snow) or generic (0 is invalid). "
        "Or a band with its invalid bits or values (QA_PIXEL bits 0-4, SCL values 0,1,3,8-10), its valid values (SCL "
        "valid 4,5,6) or a threshold (cs below 0.6); several rules are separated by semicolons. The band, by name or "
        "number, is in the rasters or in the mask rasters and is not used as a predictor."
    )


def _rasters_help() -> str:
    return tr(
        "If the mask band is not in the rasters themselves: one mask raster, one for each scene, or one for each date "
        "(with the date in its name). Its grid may differ: each pixel takes the mask value at its centre."
    )
