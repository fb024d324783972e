"""Short forms of the Processing parameters that CoLearn uses; defaults come from the contract's jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

from ....engine.contract import default_of, kinds_of_average
from ... import sentences
from ...messages import tr

_GUI = f"{__name__.rpartition('.parameters.')[0]}.gui"
WORDED_CHOICE, SENSOR_CHOICE = f"{_GUI}.worded_choice.WordedChoice", f"{_GUI}.sensor_choice.SensorChoice"
MODEL_CHOICE = f"{_GUI}.model_choice.ModelChoice"
INTEGER = QgsProcessingParameterNumber.Type.Integer
DOUBLE = QgsProcessingParameterNumber.Type.Double
RASTER_ENDINGS = (".tif", ".tiff")  # written by the engine
POLYGONS = [QgsProcessing.SourceType.TypeVectorPolygon]
POINTS_AND_POLYGONS = [QgsProcessing.SourceType.TypeVectorPoint, QgsProcessing.SourceType.TypeVectorPolygon]


def rasters(name: str, description: str, optional: bool = False) -> QgsProcessingParameterMultipleLayers:
    """One or more raster layers."""
    kind = QgsProcessing.SourceType.TypeRaster
    parameter = QgsProcessingParameterMultipleLayers(name, description, kind, None, optional)
    if not optional:
        parameter.setMinimumNumberInputs(1)  # otherwise QGIS accepts an empty list as a value
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


@dataclass(frozen=True)
class Option:
    """One choice as shown to the user: a short label for the form, and a line that explains it."""

    label: str
    explanation: str


def choice(
    name: str, description: str, job: type[Any], field: str, options: Sequence[Option], intro: str = ""
) -> QgsProcessingParameterEnum:
    """One of the choices of a job field, as its lower-case string; ``options`` are in the same order."""
    return choice_of(name, description, default_of(job, field), options, intro)


def choice_of(
    name: str, description: str, default: Enum, options: Sequence[Option], intro: str = ""
) -> QgsProcessingParameterEnum:
    """One of an enumeration's choices, as its lower-case string; ``options`` are in the same order.

    Forms show the labels; the help lists each label with the string used in scripts and job files.
    """
    codes = [member.value for member in type(default)]
    parameter = QgsProcessingParameterEnum(name, description, codes, False, default.value, True, True)
    lines = [f"{option.label} ({code}): {option.explanation}" for code, option in zip(codes, options)]
    # The class is given by name, not imported: without a dialog QGIS's Python GUI is not loaded.
    labels, explanations = [option.label for option in options], [option.explanation for option in options]
    wrapper = {"class": WORDED_CHOICE, "labels": labels, "explanations": explanations}
    parameter.setMetadata({"widget_wrapper": wrapper})
    parameter.setHelp("\n• ".join(([intro] if intro else [tr("One of:")]) + lines))
    return parameter


def device_options() -> tuple[Option, ...]:
    """The devices."""
    return (
        Option(tr("Automatic"), tr("a GPU if available, otherwise the CPU; the log names the device in use")),
        Option(tr("CPU"), tr("always the CPU")),
        Option(tr("GPU"), tr("a CUDA GPU; an error if none is available")),
    )


def confidence_options() -> tuple[Option, ...]:
    """The measures of confidence."""
    return (
        Option(tr("Probability of the mapped class"), tr("the probability that the mapped class is correct")),
        Option(
            tr("Margin"),
            tr(
                "probability of the mapped class minus that of the most probable other class; 0 if another class is "
                "at least as probable, which can happen with models optimized for balanced accuracy"
            ),
        ),
        Option(
            tr("Entropy"), tr("1 minus the normalized entropy: 1 where one class is certain, 0 where all are equal")
        ),
    )


def quality_options() -> tuple[Option, ...]:
    """The qualities."""
    return (
        Option(tr("Automatic"), tr("the fast copy if validation shows no loss, otherwise the best")),
        Option(tr("Best"), tr("the average of {kinds}, if the model has one").format(kinds=tr(kinds_of_average()))),
        Option(
            tr("Fast"),
            tr("one network distilled from the average: several times faster, some pixels get a different class"),
        ),
    )


def precision_options() -> tuple[Option, ...]:
    """The precisions."""
    return (
        Option(
            tr("Automatic"),
            tr("int8 if this CPU runs it faster and validation shows no loss, otherwise fp32"),
        ),
        Option(tr("Full precision"), sentences.float_32()),
        Option(
            tr("Quantized, 8-bit integer"),
            tr("several times faster on recent CPUs; a few pixels per thousand may get a different class"),
        ),
    )


def layout_options() -> tuple[Option, ...]:
    """The layouts."""
    return (
        Option(tr("Automatic"), tr("recognized from the grids and names of the rasters")),
        Option(tr("Scenes"), tr("rasters of different areas")),
        Option(tr("One file per band"), tr("single-band files of one area on one grid")),
        Option(tr("One raster per date"), tr("the dates of one time series, each a raster")),
        Option(tr("Time series in one raster"), tr("a stack of bands, date by date")),
    )


def sensor() -> QgsProcessingParameterString:
    """One of a model's sensors by name; forms list the sensors of the chosen model."""
    parameter = text("SENSOR", tr("Sensor"))
    parameter.setMetadata({"widget_wrapper": {"class": SENSOR_CHOICE}})
    return parameter


def flag(name: str, description: str, job: type[Any], field: str) -> QgsProcessingParameterBoolean:
    """A boolean for a field of the job."""
    return QgsProcessingParameterBoolean(name, description, default_of(job, field), True)


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
    """A number for a field of the job. All are optional and default to the field's default.

    Args:
        decimals: the number of decimals in dialogs; six by default, as in QGIS.
    """
    default = default_of(job, field)
    parameter = QgsProcessingParameterNumber(name, description, kind, default, True, minimum)
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
    """A polygon file, written only on request; database tables are not supported."""
    return _output_features(name, description, QgsProcessing.SourceType.TypeVectorPolygon)


def output_points(name: str, description: str) -> QgsProcessingParameterVectorDestination:
    """A point file, written only on request; database tables are not supported."""
    return _output_features(name, description, QgsProcessing.SourceType.TypeVectorPoint)


def _output_features(name: str, description: str, kind: Any) -> QgsProcessingParameterVectorDestination:
    parameter = QgsProcessingParameterVectorDestination(name, description, kind, None, True, False)
    parameter.setSupportsNonFileBasedOutput(False)
    return parameter


def model_filter() -> str:
    """The filter for model files in file dialogs."""
    return sentences.models_only()
