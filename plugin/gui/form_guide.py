"""Guidance in a toolbox form: no false “optional” in labels, a guessed label field, a proposed model path.

QGIS builds the forms; a field of ours (worded_choice.py, sensor_choice.py, model_choice.py) is notified once all
fields exist and calls :func:`guide`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Optional

from qgis.core import QgsMapLayer, QgsProcessingContext, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QAbstractButton, QAbstractSpinBox, QLabel

from .. import sentences
from ..layers.map_place import default_map
from ..layers.named_layers import layer_named, source_in
from ..layers.opened_layers import hand_over, open_vector
from ..messages import tr
from ..process.background import Background
from ..training.form.labels import LabelForm
from ..training.form.sensors.patch import DEFAULT_PX
from ..training.layers.label_reading import LabelReader
from ..training.session.model_place import ENDING, default_model, remember_place
from .class_guide import ClassGuide
from .form_labels import label_of
from .place_guide import PlaceGuide, beside_model
from .window_button import add_window_button

MARK = "colearn_guided"


def guide(wrappers: Sequence[Any]) -> None:
    """Guide a form, once, whichever of its fields asks first."""
    fields = {each.parameterDefinition().name(): each for each in wrappers}
    first = wrappers[0]
    if first.property(MARK):
        return
    first.setProperty(MARK, True)
    for wrapper in wrappers:
        _say_what_is_optional(wrapper)
    _say_what_is_usual(fields)
    if {"LABELS", "LABEL_FIELD", "LABEL_RASTER"} <= set(fields):
        _LabelGuide(fields)
    if {"OUTPUT_MODEL", "LABEL_FIELD"} <= set(fields):
        _guide_model(fields)
        add_window_button(fields)
    elif {"MODEL", "INPUT", "OUTPUT"} <= set(fields):
        _guide_map(fields)
    elif {"MODEL", "OUTPUT_REPORT"} <= set(fields):
        _guide_report(fields)
    elif "MODEL" in fields:
        _guide_copy(fields)


def _say_what_is_optional(wrapper: Any) -> None:
    """Remove “optional” from labels of parameters that have a default value: it would mean nothing there."""
    definition = wrapper.parameterDefinition()
    if definition.defaultValue() is None:
        return
    for widget in (label_of(wrapper), wrapper.wrappedWidget()):
        if isinstance(widget, (QLabel, QAbstractButton)) and widget.text():
            widget.setText(definition.description())


def _say_what_is_usual(fields: dict[str, Any]) -> None:
    """Show in an empty number what is used then, where QGIS writes “Not set”."""
    usual = {
        "EPOCHS": sentences.usual_epochs(),
        "CONTEXT_M": tr("automatic: {count} pixels").format(count=DEFAULT_PX),
        "TIME_BUDGET_MIN": sentences.no_limit(),
        **dict.fromkeys(("FOLDS", "UNLABELLED_SAMPLES"), sentences.automatic()),
    }
    for name in usual.keys() & fields.keys():
        widget = fields[name].wrappedWidget()
        for box in (widget, *widget.findChildren(QAbstractSpinBox)):
            if isinstance(box, QAbstractSpinBox) and box.specialValueText():
                box.setSpecialValueText(usual[name])


class _LabelGuide:
    """Marks labels (vector or raster) as required, and fills in the likeliest field of the chosen layer."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._labels, self._field = fields["LABELS"], fields["LABEL_FIELD"]
        self._guess: Optional[list[str]] = None
        self._reader: Optional[LabelReader] = None
        self._file: Optional[Background] = None  # that is being opened
        # With a model the field is known: the one that it was trained on.
        trained = tr("Label field (empty: as in training)")
        self._no_field = trained if "MODEL" in fields else tr("Label field, required")
        for name, text in (
            ("LABELS", tr("Labels (points or polygons), required")),
            ("LABEL_FIELD", self._no_field),
            ("LABEL_RASTER", tr("Or label raster, instead of these labels")),
        ):
            label = label_of(fields[name])
            if label is not None:
                label.setText(text)
        self._labels.widgetValueHasChanged.connect(lambda _wrapper: self._fill())
        self._field.widgetValueHasChanged.connect(lambda _wrapper: self._show_chosen())
        self._fill()

    def _show_chosen(self) -> None:
        """Show the names of the chosen fields in the label: QGIS's own widget shows only how many there are."""
        label = label_of(self._field)
        if label is not None:
            chosen = ", ".join(_texts(self._field.parameterValue()))
            label.setText(tr("Label field: {fields}").format(fields=chosen) if chosen else self._no_field)

    def _fill(self) -> None:
        """Choose the field, unless the user has chosen one that the layer has."""
        chosen = _texts(self._field.parameterValue())
        if chosen and chosen != self._guess:
            return
        if self._reader is not None:
            self._reader.stop()
        if self._file is not None:
            self._file.forget()
        value = source_in(self._labels.parameterValue())
        layer = _layer_of(value)
        if chosen:  # guessed earlier, for another layer
            self._field.setParameterValue([], QgsProcessingContext())
        self._guess = None
        if layer is not None:
            self._read(layer)
        elif isinstance(value, str) and value:
            self._file = Background(lambda: _opened(value), self._read, lambda _error: None)
            self._file.settle()

    def _read(self, layer: QgsMapLayer) -> None:
        self._reader = LabelReader(layer, LabelForm(layer.id(), layer.name()), self._take)

    def _take(self, labels: LabelForm, _reading: object) -> None:
        """Fill in the field, unless the form was closed or a field was chosen meanwhile."""
        if labels.label_fields and not sip.isdeleted(self._field) and not _texts(self._field.parameterValue()):
            self._guess = list(labels.label_fields)
            self._field.setParameterValue(self._guess, QgsProcessingContext())


def _guide_model(fields: dict[str, Any]) -> None:
    """Propose a model file named after the field: a model in a temporary file is lost when QGIS closes."""
    field, labels = fields["LABEL_FIELD"], fields["LABELS"]

    def propose() -> str:
        layer = _layer_of(labels.parameterValue())
        name = layer.name() if layer is not None else ""
        return default_model(LabelForm("", name, False, tuple(_texts(field.parameterValue()))))

    PlaceGuide(fields["OUTPUT_MODEL"], propose, (field, labels), remember_place)


def _guide_map(fields: dict[str, Any]) -> None:
    """Propose a map named after model and sensor, once a model is chosen."""
    model, sensor = fields["MODEL"], fields["SENSOR"]

    def propose() -> str:
        path = str(model.parameterValue() or "")
        return default_map(path, str(sensor.parameterValue() or "") or tr("map")) if os.path.isfile(path) else ""

    PlaceGuide(fields["OUTPUT"], propose, (model, sensor))


def _guide_report(fields: dict[str, Any]) -> None:
    """Propose a report next to the model, once one is chosen."""
    model, sensor = fields["MODEL"], fields["SENSOR"]

    def word() -> str:
        return "_".join(part for part in (str(sensor.parameterValue() or ""), tr("evaluation")) if part)

    PlaceGuide(fields["OUTPUT_REPORT"], lambda: beside_model(model, word, ".html"), (model, sensor))


def _guide_copy(fields: dict[str, Any]) -> None:
    """Propose a file next to the model for what is derived from it: an edited copy, or one sensor's network."""
    model, sensor = fields["MODEL"], fields.get("SENSOR")
    if "OUTPUT_ONNX" in fields and sensor is not None:
        label = label_of(sensor)
        if label is not None:
            label.setText(sensor.parameterDefinition().description())  # only a model of one sensor needs none
        chosen = lambda: str(sensor.parameterValue() or "")  # noqa: E731
        PlaceGuide(fields["OUTPUT_ONNX"], lambda: beside_model(model, chosen, ".onnx"), (model, sensor))
    elif "OUTPUT_MODEL" in fields:
        PlaceGuide(fields["OUTPUT_MODEL"], lambda: beside_model(model, lambda: "edited", ENDING), (model,))
    if "CLASSES" in fields:
        ClassGuide(model, fields["CLASSES"])


def _texts(value: Any) -> list[str]:
    """The field names in a parameter's value: text separated by semicolons, a list, or nothing."""
    if isinstance(value, str):
        return [part for part in value.split(";") if part]
    return [str(part) for part in value or ()]


def _opened(path: str) -> QgsVectorLayer:
    """The layer of a file, for QGIS's own thread."""
    layer = open_vector(path)
    hand_over(layer)
    return layer


def _layer_of(value: Any) -> Any:
    """The layer of the project that a parameter's value names; no file is opened."""
    value = source_in(value)
    return layer_named(value) if isinstance(value, str) else value
