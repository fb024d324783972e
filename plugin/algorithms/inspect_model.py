"""colearn:inspectmodel — the content of a model file."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
)

from ...engine.contract import CoLearnError, about_m
from ..messages import sentence, tr
from ..parameters.types import definitions
from .model_tool import ModelTool

if TYPE_CHECKING:
    from ...engine.contract import Manifest


class InspectModel(ModelTool):
    """A model file in, its model card out."""

    def name(self) -> str:
        """Part of the id ``colearn:inspectmodel``."""
        return "inspectmodel"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("Inspect a model")

    def tags(self) -> list[str]:
        """Words it is found by."""
        return tr("model,card,scores,classes,sensors,bands,metadata").split(",")

    def shortHelpString(self) -> str:
        """The short help shown next to the parameters."""
        return tr(
            "Shows the metadata of a model file: classes; sensors with bands, dates and pixel sizes; scores with "
            "confidence intervals; the gain from co-learning for each sensor. The model is not run."
        )

    def declare(self) -> None:
        """Add the outputs: an HTML page, and strings and numbers for scripts."""
        page = definitions.output_file("OUTPUT", tr("Model card"), "HTML (*.html)", optional=True, by_default=False)
        page.setHelp(tr("The model card as a web page."))
        self.addParameter(page)
        for name, title in (
            ("TASK", tr("Task")),
            ("SENSORS", tr("Sensors")),
            ("CLASSES", tr("Classes")),
            ("CREATED", tr("Date of training")),
            ("IDENTITY", tr("Model identity, as recorded in its maps")),
        ):
            self.addOutput(QgsProcessingOutputString(name, title))
        self.addOutput(QgsProcessingOutputNumber("TEST_SAMPLES", tr("Test samples")))

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read the manifest and report it in the log, in the results, and as an HTML page if requested."""
        from ..model_card import card_lines, card_title, read_manifest
        from ..parameters.types.values import ParameterValues

        values = ParameterValues(self, parameters, context)
        try:
            manifest = read_manifest(values.file("MODEL"))
        except CoLearnError as error:
            raise QgsProcessingException(sentence(error)) from error
        lines = [card_title(manifest), *card_lines(manifest), *_sensor_lines(manifest)]
        for line in lines:
            feedback.pushInfo(line)
        results: dict[str, Any] = {
            "TASK": manifest.task.value,
            "SENSORS": ", ".join(sensor.name for sensor in manifest.sensors),
            "CLASSES": ", ".join(label.name for label in manifest.classes),
            "CREATED": manifest.created,
            "IDENTITY": manifest.identity,
            "TEST_SAMPLES": manifest.samples.test,
        }
        page = values.output_file("OUTPUT")
        if page:
            _write(page, lines)
            results["OUTPUT"] = page
        return results


def _sensor_lines(manifest: Manifest) -> list[str]:
    line = tr("{sensor}: bands {bands}; pixel size {pixel} m; patch {patch} × {patch} px{dates}")
    return [
        line.format(
            sensor=sensor.name,
            bands=", ".join(sensor.band_names()),
            pixel=about_m(sensor.pixel_m),
            patch=sensor.context_px,
            dates=tr("; dates {dates}").format(dates=", ".join(sensor.dates)) if sensor.dates else "",
        )
        for sensor in manifest.sensors
    ]


def _write(path: str, lines: list[str]) -> None:
    title, *rest = (escape(line) for line in lines)
    body = "".join(f"<li>{line}</li>" for line in rest)
    page = f'<!DOCTYPE html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><ul>{body}</ul>'
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(page, encoding="utf-8")
    except OSError as error:
        raise QgsProcessingException(tr("{path} cannot be written: {error}").format(path=path, error=error)) from error
