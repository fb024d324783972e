"""colearn:predict — a map from one sensor's raster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterExtent,
    QgsProcessingParameterRasterDestination,
)

from ...engine.contract import (
    Confidence,
    Device,
    Job,
    Layout,
    Precision,
    PredictJob,
    ProbabilityType,
    Quality,
    ValueType,
)
from .. import sentences
from ..messages import tr
from ..parameters import map_parameters, model_input
from ..parameters.sensors.nodata import read_nodata
from ..parameters.sensors.quality_masks import read_mask
from ..parameters.sensors.sensors import band_list
from ..parameters.types import definitions
from ..process import environment
from .base import EngineAlgorithm

if TYPE_CHECKING:
    from ...engine.contract import Finished, Manifest
    from ..parameters.types.values import ParameterValues
    from ..styles.layer_metadata import LayerMetadata

STYLES = {"OUTPUT": "MAP", "OUTPUT_PROBABILITIES": "PROBABILITIES", "OUTPUT_CONFIDENCE": "CONFIDENCE"}  # kinds by name
POLYGONS = "OUTPUT_POLYGONS"


class Predict(EngineAlgorithm):
    """A model and one sensor's raster in, a map out."""

    engine_modules = environment.PREDICT_MODULES

    def __init__(self) -> None:
        super().__init__()
        self._layers: dict[str, Optional[str]] = {}
        self._is_temporary = False

    def name(self) -> str:
        """Part of the id ``colearn:predict``."""
        return "predict"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("2. Map from one sensor")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr(
            "land cover,land use,classification,supervised classification,prediction,inference,regression,"
            "deep learning,neural network,random forest,time series,segmentation,hyperspectral,lidar,radar,sentinel,"
            "crop,forest,flood"
        ).split(",")

    def shortDescription(self) -> str:
        """One line."""
        return tr("Makes a map from the raster of any single sensor the model was trained on.")

    def shortHelpString(self) -> str:
        """The short help shown next to the parameters."""
        return tr(
            "Makes a map from the raster of any single sensor the model was trained on; the other sensors are not "
            "needed. The map has the pixel grid of the raster, nodata stays nodata, and the classes have the names and "
            "colours of the training.\n\n"
            "Bands are matched by name. For several scenes, use batch processing."
        )

    def declare(self) -> None:
        """Add the parameters of the model, the rasters, the area to map, and the map with its options."""
        self.add_sensor_input(tr("Organized as in training: one raster, one file per band, or one raster per date."))
        self._declare_area()
        model_input.declare_reading(self, PredictJob)
        self.add(
            definitions.flag("ANY_RESOLUTION", tr("Accept any pixel size"), PredictJob, "any_resolution"),
            tr(
                "Also accepts rasters with a pixel size more than four times larger or smaller than in training, "
                "which is otherwise an error."
            ),
            advanced=True,
        )
        map_parameters.declare_confidence(self)
        map_parameters.declare_storage(self)
        map_parameters.declare_extras(self)
        map_parameters.declare_computing(self)
        self._declare_outputs()

    def _declare_area(self) -> None:
        self.add(
            QgsProcessingParameterExtent("EXTENT", tr("Extent"), None, True),
            tr("Maps only this rectangle, snapped outward to whole pixels. Empty: the whole raster."),
        )
        self.add(
            definitions.features("MASK", tr("Mask (polygons)"), definitions.POLYGONS),
            tr("The map is nodata outside these polygons."),
        )

    def _declare_outputs(self) -> None:
        self.add(
            QgsProcessingParameterRasterDestination("OUTPUT", tr("Map")),
            tr("The classes, or the predicted values of a regression."),
        )
        self.add(
            QgsProcessingParameterRasterDestination("OUTPUT_PROBABILITIES", tr("Probabilities"), None, True, False),
            tr("One band per class or label, 0 to 1. Not for regression."),
        )
        self.add(
            QgsProcessingParameterRasterDestination("OUTPUT_CONFIDENCE", tr("Confidence"), None, True, False),
            tr(
                "The confidence of the map, 0 to 1, by the chosen measure; by default the probability that the "
                "mapped class is correct. For multi-label models, the probability of the most probable label, which "
                "is near 0 where all labels are absent."
            ),
        )

        self.add(
            definitions.output_polygons(POLYGONS, tr("Class polygons")),
            tr(
                "The classes as polygons along pixel edges, with code, name, colour and area in m²; see the minimum "
                "mapping unit. GeoPackage or GeoJSON. Classification only."
            ),
        )

    def check(self, values: ParameterValues) -> None:
        """Check the model, its sensor, the rasters and the mask."""
        from ..layers import layer_files

        model_input.check_input(values)
        mask = values.feature_source("MASK")
        if mask is not None:
            layer_files.require_usable_vector(mask, polygons_only=True)

    def build_job(self, values: ParameterValues) -> PredictJob:
        """Build the prediction job."""
        from ..layers.sources import crs_text

        self.check(values)
        self._layers = {name: values.output_layer(name) for name in (*STYLES, POLYGONS)}
        self._is_temporary = "OUTPUT" not in values.named_outputs()
        absolute = {name: values.absolute(path) for name, path in self._layers.items()}
        crs = crs_text(values.raster_layers("INPUT")[0].crs()) if values.is_given("INPUT") else ""
        return PredictJob(
            model=values.file("MODEL"),
            input=values.stored_rasters("INPUT"),
            output=absolute["OUTPUT"] or "",
            input_layout=values.choice("INPUT_LAYOUT", Layout),
            input_bands=band_list(values.text("INPUT_BANDS")),
            sensor=values.text("SENSOR") or None,
            extent=values.extent("EXTENT", crs),
            mask=values.vector("MASK"),
            output_probabilities=absolute["OUTPUT_PROBABILITIES"],
            output_confidence=absolute["OUTPUT_CONFIDENCE"],
            output_polygons=absolute[POLYGONS],
            least_polygon_m2=values.number("LEAST_POLYGON_M2"),
            confidence=values.choice("CONFIDENCE", Confidence),
            minimum_confidence=values.number("MINIMUM_CONFIDENCE"),
            probability_type=values.choice("PROBABILITY_TYPE", ProbabilityType),
            value_type=values.choice("VALUE_TYPE", ValueType),
            overviews=values.flag("OVERVIEWS"),
            statistics=values.flag("STATISTICS"),
            cog=values.flag("COG"),
            keep_parts=values.flag("KEEP_PARTS"),
            any_resolution=values.flag("ANY_RESOLUTION"),
            nodata=read_nodata(values, "NODATA"),
            input_mask=read_mask(values, "INPUT_MASK"),
            input_mask_rasters=values.stored_rasters("INPUT_MASK_RASTERS"),
            device=values.choice("DEVICE", Device),
            precision=values.choice("PRECISION", Precision),
            quality=values.choice("QUALITY", Quality),
        )

    def log_before(self, job: Job, log: QgsProcessingFeedback) -> None:
        """Warn where KEEP_PARTS has no effect."""
        if isinstance(job, PredictJob) and job.keep_parts and self._is_temporary:
            log.pushWarning(
                tr(
                    "The map is a temporary file, so an interrupted run cannot be resumed (KEEP_PARTS). Choose a file "
                    "for the map."
                )
            )

    def cancelled_words(self, job: Job, epochs: int) -> str:
        """The message about a cancelled run; with KEEP_PARTS, finished parts are kept."""
        if isinstance(job, PredictJob) and job.keep_parts and not self._is_temporary:
            return tr("Cancelled. Finished parts were kept: start the same run again to resume from them.")
        return super().cancelled_words(job, epochs)

    def finish(self, job: Job, finished: Finished, context: QgsProcessingContext, log: QgsProcessingFeedback) -> None:
        """Log the model's scores; style every map, both in a file next to it and for the layer that QGIS will load."""
        from ..model_card import card_lines, read_manifest
        from ..styles import raster_styling
        from ..styles.vector_styling import PolygonStyle, style_vector_output
        from .engine_run import name_loaded_layer

        manifest = read_manifest(job.model)
        sensor = finished.sensor or job.sensor
        for line in card_lines(manifest, sensor):
            log.pushInfo(line)
        has_unsure = job.minimum_confidence > 0
        inputs = tuple(raster.path for raster in job.input)
        for name, kind in STYLES.items():
            path = finished.outputs.get(name)
            if path is not None:
                loaded_as, about = self._layers.get(name) or path, _about(name, job, manifest, sensor)
                look = raster_styling.Style(manifest, raster_styling.Kind[kind], has_unsure, job.confidence, about)
                if not raster_styling.write_sidecar(path, look, inputs):
                    _warn_of_style(path, log)
                name_loaded_layer(self, context, loaded_as, name, about.title)
                raster_styling.style_when_loaded(context, loaded_as, look)
        path = finished.outputs.get(POLYGONS)
        if path is not None:
            loaded_as, about = self._layers.get(POLYGONS) or path, _about(POLYGONS, job, manifest, sensor)
            style = PolygonStyle(raster_styling.classes_of(manifest, has_unsure), about)
            beside = (*finished.outputs.values(), *inputs)
            name_loaded_layer(self, context, loaded_as, POLYGONS, about.title)
            style_vector_output(path, loaded_as, style, beside, context, log)


def _about(output: str, job: PredictJob, manifest: Manifest, sensor: Optional[str]) -> LayerMetadata:
    """Title and metadata of an output layer."""
    from ..styles.layer_metadata import map_metadata

    shown = {
        "OUTPUT": "",
        "OUTPUT_PROBABILITIES": tr("probabilities"),
        "OUTPUT_CONFIDENCE": tr("confidence"),
        POLYGONS: tr("polygons"),
    }
    return map_metadata(job.model, manifest, sensor, shown[output], tuple(raster.label() for raster in job.input))


def _warn_of_style(path: str, log: QgsProcessingFeedback) -> None:
    log.pushWarning(sentences.style_unwritten(path))
