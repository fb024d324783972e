"""colearn:evaluate — accuracy of one sensor's maps, on labels that were not used in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ...engine.contract import Device, ErrorCode, EvaluateJob, JobError, Layout, Precision, Quality
from .. import sentences
from ..messages import tr
from ..parameters import model_input
from ..parameters.labels import add_labels, check_labels, read_labels
from ..parameters.model import check_model, check_sensor, trained_fields
from ..parameters.sensors.nodata import read_nodata
from ..parameters.sensors.quality_masks import read_mask
from ..parameters.sensors.sensors import band_list
from ..parameters.types import definitions
from ..process import environment
from .base import EngineAlgorithm

if TYPE_CHECKING:
    from ..parameters.types.values import ParameterValues

NUMBERS = (
    *("BALANCED_ACCURACY", "ACCURACY", "MACRO_F1", "KAPPA"),
    *("R2", "RMSE", "MAE", "BIAS", "SCATTER"),
    *("AVERAGE_PRECISION", "LABEL_ACCURACY"),
    *("AREA_ACCURACY", "AREA_ACCURACY_LOW", "AREA_ACCURACY_HIGH"),
    "N",
)


class Evaluate(EngineAlgorithm):
    """A model, one sensor's rasters and labels in, scores out."""

    engine_modules = environment.EVALUATE_MODULES

    def name(self) -> str:
        """Part of the id ``colearn:evaluate``."""
        return "evaluate"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("3. Evaluate on labels")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr(
            "accuracy assessment,validation,confusion matrix,user's accuracy,producer's accuracy,kappa,f1,rmse,r2,"
            "score,test,land cover,classification,area estimation"
        ).split(",")

    def shortDescription(self) -> str:
        """One line."""
        return tr("Assesses the accuracy of a model from one sensor, on labels it has not seen.")

    def shortHelpString(self) -> str:
        """The short help shown next to the parameters."""
        return tr(
            "Assesses the accuracy of a model from one sensor: overall, balanced, user's and producer's accuracy, F1 "
            "and kappa for classes; R², RMSE, MAE and bias for regression.\n\n"
            "Use labels from locations that the model was not trained on: scores at training locations are not valid "
            "elsewhere. The log and the report state how many labels are at training locations.\n\n"
            "If the labels are a random sample of a class map (stratified by its classes, or simple random), choose "
            "the map as well: its accuracy and the area of each class are then estimated with confidence intervals "
            "(Olofsson et al. 2014)."
        )

    def declare(self) -> None:
        """Add the parameters (model, rasters, labels) and the outputs (report, numbers)."""
        self.add_sensor_input(tr("Organized as in training; several scenes are possible."))
        add_labels(self)
        self.add(
            definitions.raster("MAP", tr("Class map to assess")),
            tr(
                "A map made by this model. The labels must be a random sample of it: points drawn within each of its "
                "classes (stratified), or over the whole map. Empty: no area-weighted accuracy."
            ),
        )
        self._declare_details()
        self.add(
            definitions.output_file("OUTPUT_REPORT", tr("Report"), "HTML (*.html)", optional=True),
            tr("The scores with their uncertainty, and the confusion matrix or the scatter plot."),
        )
        for name in NUMBERS:
            self.add_number_output(name, name.replace("_", " ").capitalize())

    def _declare_details(self) -> None:
        self.add(
            definitions.text("MAP_BAND", tr("Band of the class map")),
            tr("Name or number (from 1) of the band of classes. Empty: the only band."),
            advanced=True,
        )
        model_input.declare_reading(self, EvaluateJob)
        self.add(
            definitions.number("MAX_SAMPLES", sentences.most_samples(), EvaluateJob, "max_samples", minimum=1),
            tr("Where there are more, this many are drawn at random."),
            advanced=True,
        )
        self.add(
            definitions.number("SEED", tr("Random seed"), EvaluateJob, "seed", minimum=0, maximum=2**31 - 1),
            tr("Seed of the random number generator that draws the samples."),
            advanced=True,
        )
        model_input.declare_running(self, EvaluateJob)

    def check(self, values: ParameterValues) -> None:
        """Check the model, its sensor, the rasters, the labels and the map."""
        model_input.check_input(values)
        check_labels(values, trained_fields(values))
        values.rasters("MAP")
        if values.is_given("MAP_BAND") and not values.is_given("MAP"):
            raise JobError(
                ErrorCode.JOB_INVALID,
                subject="MAP_BAND",
                found=tr("a band, but no map"),
                expected=tr("a band only if there is a class map"),
                remedy=tr("Leave the band empty, or choose the class map."),
            )

    def build_job(self, values: ParameterValues) -> EvaluateJob:
        """Build the evaluation job."""
        check_model(values)
        check_sensor(values)
        return EvaluateJob(
            model=values.file("MODEL"),
            input=values.stored_rasters("INPUT"),
            labels=read_labels(values, trained_fields(values)),
            output_report=values.output_file("OUTPUT_REPORT"),
            map=next(iter(values.stored_rasters("MAP")), None),
            map_band=values.text("MAP_BAND"),
            input_layout=values.choice("INPUT_LAYOUT", Layout),
            input_bands=band_list(values.text("INPUT_BANDS")),
            sensor=values.text("SENSOR") or None,
            max_samples=values.integer("MAX_SAMPLES"),
            seed=values.integer("SEED"),
            nodata=read_nodata(values, "NODATA"),
            input_mask=read_mask(values, "INPUT_MASK"),
            input_mask_rasters=values.stored_rasters("INPUT_MASK_RASTERS"),
            device=values.choice("DEVICE", Device),
            precision=values.choice("PRECISION", Precision),
            quality=values.choice("QUALITY", Quality),
        )

    def number_name(self, name: str) -> Optional[str]:
        """Omit the numbers of single classes (``AREA_HA:crop``), which are in the log and the report."""
        return None if ":" in name else name
