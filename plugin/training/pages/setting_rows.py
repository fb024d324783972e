"""All other settings as rows, built from the algorithm's parameters: names, help and choices are defined once."""

from __future__ import annotations

from enum import Enum
from typing import Any, Optional

from qgis.core import QgsProcessingAlgorithm, QgsProcessingParameterDefinition
from qgis.PyQt.QtCore import QRegularExpression, Qt, pyqtSignal
from qgis.PyQt.QtGui import QRegularExpressionValidator
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from ....engine.contract import number_text
from ... import sentences
from ...messages import tr
from ..form.parameters import parameter_of
from ..form.settings import Settings, default_setting, is_integer, setting_names

SHOWN_ELSEWHERE = frozenset({"context_m", "effort", "optimize", "device"})
_MOST = 1_000_000_000
_CHARACTERS = 24  # width of choices and optional numbers
_EDITED_BY = {QComboBox: "currentIndexChanged", QLineEdit: "editingFinished", QCheckBox: "toggled"}


class SettingRows(QWidget):
    """A row for each setting; changed settings are in bold."""

    edited = pyqtSignal(str, object)

    def __init__(self, algorithm: QgsProcessingAlgorithm, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._fields: dict[str, QWidget] = {}
        self._labels: dict[str, QLabel] = {}
        self._filling = False
        for name in setting_names():
            definition = algorithm.parameterDefinition(parameter_of(name))
            if definition is not None and name not in SHOWN_ELSEWHERE:
                self._add(name, definition)

    def fill(self, settings: Settings) -> None:
        """Show settings."""
        self._filling = True
        for name, field in self._fields.items():
            _show(field, settings.get(name))
            font = self._labels[name].font()
            font.setBold(settings.is_changed(name))
            self._labels[name].setFont(font)
        self._filling = False

    def field(self, name: str) -> QWidget:
        """The widget of a setting."""
        return self._fields[name]

    def is_bold(self, name: str) -> bool:
        """Whether a setting is shown as changed."""
        return bool(self._labels[name].font().bold())

    def _add(self, name: str, definition: QgsProcessingParameterDefinition) -> None:
        field = _field_for(name, definition)
        label = QLabel(definition.description())
        for widget in (field, label):
            widget.setToolTip(definition.help())
        edited = getattr(field, _EDITED_BY.get(type(field), "valueChanged"))
        edited.connect(lambda *_value, name=name: self._on_edit(name))
        self._fields[name], self._labels[name] = field, label
        self._form.addRow(label, field)

    def _on_edit(self, name: str) -> None:
        if not self._filling:
            value = _value_in(self._fields[name], default_setting(name))
            if isinstance(value, float) and is_integer(name):
                value = int(value)
            self.edited.emit(name, value)


class _DecimalBox(QDoubleSpinBox):
    """A decimal without trailing zeros."""

    def textFromValue(self, value: float) -> str:
        """The shortest text of the value in this field's decimals."""
        text = super().textFromValue(value)
        mark = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(mark) if mark in text else text


def _field_for(name: str, definition: QgsProcessingParameterDefinition) -> QWidget:
    default = default_setting(name)
    if isinstance(default, Enum):
        return _choice(definition, default)
    if isinstance(default, bool):  # bool is a subclass of int
        return QCheckBox()
    if isinstance(default, int):
        spin = QSpinBox()
        spin.setRange(int(max(definition.minimum(), -_MOST)), int(min(definition.maximum(), _MOST * 2)))
        return spin
    if isinstance(default, float):
        decimal = _DecimalBox()
        decimal.setDecimals(6 if name == "learning_rate" else 3)
        decimal.setSingleStep(0.1 if default >= 0.1 else default or 1.0)
        decimal.setRange(max(definition.minimum(), -1e9), min(definition.maximum(), 1e9))
        return decimal
    line = QLineEdit()
    if default is None:  # an optional number
        digits = r"\d*\.?\d*"
        if is_integer(name):
            digits = r"|[1-9]\d{0,8}" if definition.minimum() >= 1 else r"\d{0,9}"
        line.setValidator(QRegularExpressionValidator(QRegularExpression(digits), line))
        usual = {"time_budget_min": sentences.no_limit(), "epochs": sentences.usual_epochs()}
        line.setPlaceholderText(usual.get(name, sentences.automatic()))
        line.setMaximumWidth(line.fontMetrics().averageCharWidth() * _CHARACTERS)  # like the choices
    return line


def _choice(definition: QgsProcessingParameterDefinition, default: Enum) -> QComboBox:
    box = QComboBox()
    wrapper = definition.metadata()["widget_wrapper"]
    for choice, label, explanation in zip(type(default), wrapper["labels"], wrapper["explanations"]):
        box.addItem(label, choice.value)
        box.setItemData(box.count() - 1, f"{explanation} ({choice.value})", Qt.ItemDataRole.ToolTipRole)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_CHARACTERS)
    return box


def _show(field: QWidget, value: Any) -> None:
    if isinstance(field, QComboBox):
        field.setCurrentIndex(field.findData(value.value))
    elif isinstance(field, QCheckBox):
        field.setChecked(bool(value))
    elif isinstance(field, QLineEdit):
        text = "" if value is None else ", ".join(value) if isinstance(value, tuple) else number_text(value)
        field.setText(text)
    else:
        field.setValue(value)


def _value_in(field: QWidget, default: Any) -> Any:
    if isinstance(field, QComboBox):
        return type(default)(field.currentData())
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, QLineEdit):
        if default is None:
            return float(field.text()) if field.text().strip(". ") else None
        parts = tuple(part.strip() for part in field.text().split(","))
        return parts if any(parts) else ()
    return field.value()


def named(settings: Settings, algorithm: QgsProcessingAlgorithm) -> str:
    """The changed settings as text, for the heading above the rows."""
    names = [name for name, _value in settings.changed if name not in SHOWN_ELSEWHERE]
    definitions = [algorithm.parameterDefinition(parameter_of(name)) for name in names]
    changed_names = ", ".join(definition.description() for definition in definitions if definition is not None)
    return tr("All settings – changed: {names}").format(names=changed_names) if changed_names else tr("All settings")
