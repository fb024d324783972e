"""Short forms of the Processing parameters CoLearn uses; defaults come from the contract's jobs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Optional

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
)

from ...engine.contract.job import default_of
from ..messages import tr

WORDED_CHOICE = f"{__name__.rpartition('.parameters.')[0]}.gui.worded_choice.WordedChoice"
INTEGER = QgsProcessingParameterNumber.Type.Integer
DOUBLE = QgsProcessingParameterNumber.Type.Double
POLYGONS = [QgsProcessing.SourceType.TypeVectorPolygon]
POINTS_AND_POLYGONS = [QgsProcessing.SourceType.TypeVectorPoint, QgsProcessing.SourceType.TypeVectorPolygon]


def rasters(name: str, description: str, optional: bool = False) -> QgsProcessingParameterMultipleLayers:
    """One or more raster layers."""
    kind = QgsProcessing.SourceType.TypeRaster
    parameter = QgsProcessingParameterMultipleLayers(name, description, kind, None, optional)
    if not optional:
        parameter.setMinimumNumberInputs(1)  # else QGIS takes an empty list for a value
    return parameter


def raster(name: str, description: str) -> QgsProcessingParameterRasterLayer:
    """An optional raster layer."""
    return QgsProcessingParameterRasterLayer(name, description, None, True)


def features(name: str, description: str, kinds: list[Any]) -> QgsProcessingParameterFeatureSource:
    """An optional vector layer."""
    return QgsProcessingParameterFeatureSource(name, description, kinds, None, True)


def fields_of(name: str, description: str, parent: str, several: bool) -> QgsProcessingParameterField:
    """Optional fields of a vector layer."""
    any_type = QgsProcessingParameterField.DataType.Any
    return QgsProcessingParameterField(name, description, None, parent, any_type, several, True)


def text(name: str, description: str) -> QgsProcessingParameterString:
    """An optional line of text."""
    return QgsProcessingParameterString(name, description, None, False, True)


def choice(
    name: str, description: str, job: type[Any], field: str, words: Sequence[str] = ()
) -> QgsProcessingParameterEnum:
    """One of the choices of a job's field, as its lower-case string; dialogs show ``words`` for them."""
    default: Enum = default_of(job, field)
    return choice_of(name, description, default, words)


def choice_of(name: str, description: str, default: Enum, words: Sequence[str] = ()) -> QgsProcessingParameterEnum:
    """One of an enumeration's choices, as its lower-case string; dialogs show ``words`` for them, in their order."""
    strings = [member.value for member in type(default)]
    parameter = QgsProcessingParameterEnum(name, description, strings, False, default.value, False, True)
    if words:  # the class is named, not imported: without a dialog there is none of QGIS's Python GUI either
        parameter.setMetadata({"widget_wrapper": {"class": WORDED_CHOICE, "words": list(words)}})
    return parameter


def device_words() -> tuple[str, ...]:
    """The devices, as a person says."""
    return tr("graphics card if there is one that works"), tr("processor"), tr("graphics card")


def confidence_words() -> tuple[str, ...]:
    """The measures of confidence, as a person says."""
    return (
        tr("probability of the class given"),
        tr("its lead over the likeliest other class"),
        tr("how far from undecided"),
    )


def precision_words() -> tuple[str, ...]:
    """The precisions, as a person says."""
    return tr("quicker where it costs nothing"), tr("full precision (fp32)"), tr("quicker: whole numbers (int8)")


def precision_help() -> str:
    """What the precisions mean."""
    return tr(
        "auto: int8 where the processor is quick at it and the test of the training found no loss, else fp32. fp32: "
        "full precision. int8: the network in whole numbers of eight bits, several times quicker on newer processors; "
        "a few pixels in a thousand may get another class."
    )


def layout_words() -> tuple[str, ...]:
    """The layouts, as a person says."""
    return (
        tr("seen from their grids and names"),
        tr("rasters of different places"),
        tr("one file per band"),
        tr("one raster per date"),
        tr("one raster, its bands date by date"),
    )


def flag(name: str, description: str, job: type[Any], field: str) -> QgsProcessingParameterBoolean:
    """A yes or no that fills a job's field."""
    return QgsProcessingParameterBoolean(name, description, default_of(job, field))


def number(
    name: str,
    description: str,
    job: type[Any],
    field: str,
    *,
    kind: Any = INTEGER,
    minimum: float,
    maximum: Optional[float] = None,
    decimals: Optional[int] = None,
) -> QgsProcessingParameterNumber:
    """A number that fills a job's field; optional where the field's default is None.

    Args:
        decimals: how many a dialog shows and takes; by default QGIS's six.
    """
    default = default_of(job, field)
    parameter = QgsProcessingParameterNumber(name, description, kind, default, default is None, minimum)
    if maximum is not None:
        parameter.setMaximum(maximum)
    if decimals is not None:
        parameter.setMetadata({"widget_wrapper": {"decimals": decimals}})
    return parameter


def model_file(name: str = "MODEL") -> QgsProcessingParameterFile:
    """A trained model."""
    file = QgsProcessingParameterFile.Behavior.File
    return QgsProcessingParameterFile(name, tr("Model"), file, "", None, False, model_filter())


def output_file(
    name: str, description: str, file_filter: str, optional: bool = False, by_default: bool = True
) -> QgsProcessingParameterFileDestination:
    """A file to write."""
    return QgsProcessingParameterFileDestination(name, description, file_filter, None, optional, by_default)


def output_polygons(name: str, description: str) -> QgsProcessingParameterVectorDestination:
    """A file of polygons, written only when asked for; no table of a database."""
    return _output_features(name, description, QgsProcessing.SourceType.TypeVectorPolygon)


def output_points(name: str, description: str) -> QgsProcessingParameterVectorDestination:
    """A file of points, written only when asked for; no table of a database."""
    return _output_features(name, description, QgsProcessing.SourceType.TypeVectorPoint)


def _output_features(name: str, description: str, kind: Any) -> QgsProcessingParameterVectorDestination:
    parameter = QgsProcessingParameterVectorDestination(name, description, kind, None, True, False)
    parameter.setSupportsNonFileBasedOutput(False)
    return parameter


def model_filter() -> str:
    """The file dialogs' line for model files."""
    return tr("CoLearn models (*.colearn)")
