"""The page of labels: layer, field, groups, and the classes to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Optional

from qgis.core import QgsMapLayerModel, QgsProject, QgsRasterLayer, QgsVectorLayer, QgsWkbTypes
from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ....engine.contract import CoLearnError, thousands
from ... import sentences
from ...layers.file_kinds import label_files
from ...messages import sentence, tr
from ..form.problems import Issue, Page
from ..session.session import Session
from . import words
from .checkable import check_only, on_check
from .class_table import ClassTable

SPLIT_PAGES = (Page.SENSORS, Page.LABELS)  # pages that must be valid for a split


class LabelsPage(QWidget):
    """Labels of a session."""

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filling = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.addLayout(self._choices())
        self._count_label = QLabel()
        self._count_label.setWordWrap(True)
        layout.addWidget(self._count_label)
        self.table = ClassTable(session)
        layout.addWidget(self.table, 1)
        self._below = QWidget()  # replaces the table if there are no classes, so that the layout does not shift
        layout.addWidget(self._below, 1)
        layout.addLayout(self._split())
        project = QgsProject.instance()
        project.layersAdded.connect(self.refresh_layers)
        project.layersRemoved.connect(self.refresh_layers)

    def fill(self) -> None:
        """Show the session's form."""
        self._filling = True
        self.refresh_layers()
        self._fill_fields()
        self._fill_classes()
        self.keep_samples.setChecked(self._session.form.samples)
        self._fill_split()
        self._filling = False

    # Building ------------------------------------------------------------------------------------------------------

    def _choices(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        row = QHBoxLayout()
        self.layer_box = QComboBox()
        self.layer_box.currentIndexChanged.connect(self._on_layer)
        row.addWidget(self.layer_box, 1)
        browse = QPushButton(tr("File…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        row.addWidget(browse)
        form.addRow(tr("Layer"), row)
        self.field_box = QgsCheckableComboBox()
        self.field_box.setDefaultText(tr("choose a field"))
        self.field_box.setToolTip(
            tr("One field with classes or measured values; several fields with 0 and 1 are multi-label")
        )
        on_check(self.field_box, self._on_fields)
        for box in (self.field_box, self.layer_box):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        form.addRow(tr("Field"), self.field_box)
        self.group_box = QComboBox()
        self.group_box.setToolTip(
            tr("Labels with the same value here (a site, a plot) always stay in the same part of the split")
        )
        self.group_box.currentIndexChanged.connect(self._on_group)
        self.group_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        form.addRow(tr("Group field"), self.group_box)
        return form

    def _split(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        row = QHBoxLayout()
        self.split_button = QPushButton()
        self.split_button.setAutoDefault(False)
        self.split_button.clicked.connect(lambda _checked=False: self._on_show_split())
        row.addWidget(self.split_button)
        self.split_label = QLabel()
        self.split_label.setTextFormat(Qt.TextFormat.PlainText)
        self.split_label.setWordWrap(True)
        row.addWidget(self.split_label, 1)
        rows.addLayout(row)
        self.keep_samples = QCheckBox(tr("Keep the samples after training and show them on the map"))
        self.keep_samples.setToolTip(
            tr("The samples as points: part of the split, and the predictions at the test samples")
        )
        self.keep_samples.toggled.connect(self._on_keep)
        rows.addWidget(self.keep_samples)
        self._session.split.changed.connect(self._fill_split)
        return rows

    # Filling -------------------------------------------------------------------------------------------------------

    def refresh_layers(self, *_changed: object) -> None:
        """List the layers that can contain labels."""
        was, self._filling = self._filling, True
        self.layer_box.clear()
        self.layer_box.addItem(sentences.choose_layer(), "")
        for layer in sorted(QgsProject.instance().mapLayers().values(), key=lambda each: each.name().casefold()):
            if _may_be_labels(layer):
                self.layer_box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
        labels = self._session.form.labels
        if labels.key and self.layer_box.findData(labels.key) < 0:
            self.layer_box.addItem(labels.name, labels.key)
        self.layer_box.setCurrentIndex(max(0, self.layer_box.findData(labels.key)))
        self._filling = was

    def _fill_fields(self) -> None:
        labels, facts = self._session.form.labels, self._session.reading.facts
        names = [field.name for field in facts.fields]
        if [self.field_box.itemText(at) for at in range(self.field_box.count())] != names:
            self.field_box.clear()
            self.field_box.addItems(names)
            self.group_box.clear()
            self.group_box.addItem(tr("none: by polygon, or by spatial block"), "")
            for name in names:
                self.group_box.addItem(name, name)
        check_only(self.field_box, labels.label_fields)
        self.group_box.setCurrentIndex(max(0, self.group_box.findData(labels.group_field or "")))
        for box in (self.field_box, self.group_box):
            box.setEnabled(bool(names))

    def _fill_classes(self) -> None:
        self.table.fill()
        has_classes = bool(self._session.reading.facts.classes)
        self.table.setVisible(has_classes)
        self._below.setVisible(not has_classes)
        self._count_label.setText(self._sentence())

    def _fill_split(self) -> None:
        split, verdict = self._session.split, self._session.verdict()
        wrong = [issue for issue in verdict.issues if issue.page in SPLIT_PAGES and not issue.is_warning]
        busy = split.is_running()
        self.split_button.setText(tr("Cancel") if busy else tr("Show the split on the map"))
        self.split_button.setEnabled(busy or not (wrong or self._session.is_running()))
        drawing = tr("Drawing the samples… {percent:.0f} %").format(percent=100 * split.share)
        if busy:
            self.split_label.setText(drawing)
        else:  # the disabled button shows the reason
            self.split_label.setText(self._no_split_yet(wrong) or split.summary)
        draws = tr("Draws the samples as the training would and shows their part: training, validation or test")
        missing = words.issue_sentence(wrong[0]) if wrong else ""
        self.split_button.setToolTip((drawing if busy else self._no_split_yet(wrong) or missing) or draws)

    def _no_split_yet(self, wrong: list[Issue]) -> str:
        if wrong and wrong[0].page is Page.LABELS:
            return ""  # already shown on this page
        if wrong:
            return tr("First: {problem}").format(problem=words.issue_sentence(wrong[0]))
        return tr("Available after the current training.") if self._session.is_running() else ""

    def _sentence(self) -> str:
        facts, labels = self._session.reading.facts, self._session.form.labels
        issues = self._session.verdict().of_page(Page.LABELS)
        if issues:
            return f'<span style="color:#c0392b">{escape(words.issue_sentence(issues[0]))}</span>'
        if facts.measured:
            return tr("Measured values: a regression of {field}.").format(field=words.listed(labels.label_fields))
        if labels.is_raster:
            return tr("A raster of classes or values; nodata is unlabelled.")
        counted = [tr("{count} features. Unchecked classes are excluded.").format(count=thousands(facts.features))]
        if facts.partly:
            counted.append(tr("Counts are of the first features read."))
        return " ".join(filter(None, (*counted, escape(words.no_class_sentence(self.table.without_class())))))

    # Edits ---------------------------------------------------------------------------------------------------------

    def _on_layer(self, _at: int) -> None:
        key = self.layer_box.currentData()
        if not self._filling and key != self._session.form.labels.key:
            self._session.set_labels(key or "", self.layer_box.currentText() if key else "")

    def _on_browse(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(self, tr("Labels"), "", label_files())
        if path:
            self._session.set_label_file(path)

    def _on_fields(self, checked: Sequence[str]) -> None:
        if not self._filling:
            self._change(label_fields=tuple(checked), left_out=(), colors=())

    def _on_group(self, _at: int) -> None:
        if not self._filling:
            self._change(group_field=self.group_box.currentData() or None)

    def _on_keep(self, kept: bool) -> None:
        if not self._filling:
            self._session.edit(replace(self._session.form, samples=kept))

    def _on_show_split(self) -> None:
        if self._session.split.is_running():
            self._session.split.cancel()
            return
        try:
            self._session.split.start()
        except CoLearnError as error:
            self._session.split.failed.emit(sentence(error))

    def _change(self, **values: object) -> None:
        labels = replace(self._session.form.labels, **values)  # type: ignore[arg-type]
        if labels != self._session.form.labels:
            self._session.edit(replace(self._session.form, labels=labels))


def _may_be_labels(layer: object) -> bool:
    shapes = (QgsWkbTypes.GeometryType.PointGeometry, QgsWkbTypes.GeometryType.PolygonGeometry)
    if isinstance(layer, QgsVectorLayer):
        return layer.geometryType() in shapes
    return isinstance(layer, QgsRasterLayer) and layer.bandCount() == 1
