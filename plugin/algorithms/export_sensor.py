"""colearn:exportsensor — one sensor's network as a plain ONNX file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingFeedback

from ...engine.contract import LEAST_TILE_PX, MOST_TILE_PX, ExportSensorJob
from .. import sentences
from ..messages import temporary_words, tr
from ..parameters.model import check_model, check_sensor
from ..parameters.types import definitions
from ..process import environment
from .base import EngineAlgorithm

if TYPE_CHECKING:
    from ...engine.contract import Job
    from ..parameters.types.values import ParameterValues


class ExportSensor(EngineAlgorithm):
    """A model file in, one sensor's ONNX file out."""

    engine_modules = environment.EXPORT_MODULES

    def __init__(self) -> None:
        super().__init__()
        self._is_temporary = False

    def name(self) -> str:
        """Part of the id ``colearn:exportsensor``."""
        return "exportsensor"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("Export a sensor to ONNX")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("model,onnx,deepness,export,share,onnxruntime,metadata").split(",")

    def shortDescription(self) -> str:
        """One line."""
        return tr("Writes one sensor's network as a plain ONNX file with Deepness's metadata.")

    def shortHelpString(self) -> str:
        """The short help shown next to the parameters."""
        return tr(
            "Writes the network of one sensor as a plain ONNX file that runs without CoLearn, in ONNX Runtime or the "
            "QGIS plugin Deepness. The input is a tile of the bands of the sensor, in the units of the raster; the "
            "output has one channel per class, the largest of which is the class of CoLearn's map (the first "
            "channel, _background, is nodata), or the values of a regression.\n\n"
            "The file is compared with the model before it is written. Quality masks and nodata values declared by "
            "rasters are not included."
        )

    def declare(self) -> None:
        """Add the parameters of the model, the sensor, and the output file with its format."""
        self.add(definitions.model_file(), sentences.from_training())
        self.add(definitions.sensor(), tr("The sensor to export. May be left empty where the model has only one."))
        self.add(
            definitions.output_file("OUTPUT_ONNX", tr("ONNX file"), "ONNX (*.onnx)"),
            tr("The file to write."),
        )
        self.add(
            definitions.number(
                "TILE_PX",
                tr("Tile size (pixels)"),
                ExportSensorJob,
                "tile_px",
                minimum=LEAST_TILE_PX,
                maximum=MOST_TILE_PX,
            ),
            tr("Side length of the input tiles. Tiles overlap to avoid seams."),
            advanced=True,
        )
        self.add(
            definitions.text("LICENSE", tr("License")),
            tr("Licence of the model, such as CC-BY-4.0; stored in the file."),
            advanced=True,
        )
        self.add(
            definitions.text("ATTRIBUTION", tr("Attribution")),
            tr("Attribution for the model and its training data; stored in the file."),
            advanced=True,
        )

    def check(self, values: ParameterValues) -> None:
        """Check the model and its sensor."""
        check_model(values)
        check_sensor(values)

    def build_job(self, values: ParameterValues) -> ExportSensorJob:
        """Build the export job."""
        self.check(values)
        self._is_temporary = "OUTPUT_ONNX" not in values.named_outputs()
        return ExportSensorJob(
            model=values.file("MODEL"),
            output_onnx=values.output_file("OUTPUT_ONNX") or "",
            sensor=values.text("SENSOR") or None,
            tile_px=values.integer("TILE_PX"),
            license=values.text("LICENSE"),
            attribution=values.text("ATTRIBUTION"),
        )

    def log_before(self, job: Job, log: QgsProcessingFeedback) -> None:
        """Warn if the output is a temporary file."""
        if self._is_temporary:
            log.pushWarning(temporary_words(tr("ONNX file")))
