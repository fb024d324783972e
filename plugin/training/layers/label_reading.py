"""What a label layer holds: fields, classes, and places to compare with rasters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from qgis.core import NULL, QgsFeatureRequest, QgsMapLayer, QgsPointXY, QgsRasterLayer, QgsVectorLayer, QgsWkbTypes

from ...layers.layer_files import raster_colors, vector_colors
from ..form.labels import ClassFacts, FieldFacts, LabelFacts, LabelForm, likeliest_field

MOST_FEATURES = 20_000  # read in the window's own thread: some tenths of a second
MOST_GUESSED = 30  # integers of more values are taken for measurements, as by the engine
MOST_PLACES = 2000  # compared with the rasters' bounds
_TEXT = {10}  # QMetaType's numbers are the same in Qt 5 and 6; 3.22 has them as QVariant's
_WHOLE = {2, 3, 4, 5}


@dataclass(frozen=True)
class LabelReading:
    """Facts for the form, and places in the layer's CRS."""

    facts: LabelFacts = field(default_factory=LabelFacts)
    places: tuple[QgsPointXY, ...] = ()


def read_label_layer(layer: Optional[QgsMapLayer], chosen: LabelForm) -> LabelReading:
    """Read the first features of a layer; of a raster, its palette."""
    if isinstance(layer, QgsRasterLayer):
        return LabelReading(_raster_facts(layer))
    if not isinstance(layer, QgsVectorLayer) or not layer.isValid():
        return LabelReading(LabelFacts(is_gone=True) if chosen.key else LabelFacts())
    names = layer.fields().names()
    values: dict[str, list[Any]] = {name: [] for name in names}
    places: list[QgsPointXY] = []
    request = QgsFeatureRequest()
    request.setLimit(MOST_FEATURES)
    for feature in layer.getFeatures(request):
        for name, value in zip(names, feature.attributes()):
            values[name].append(value)
        if feature.hasGeometry():
            places.append(feature.geometry().boundingBox().center())
    return LabelReading(_vector_facts(layer, chosen, values, len(places)), _thinned(places))


def with_likeliest_field(chosen: LabelForm, facts: LabelFacts) -> LabelForm:
    """The labels with the field that most probably holds the classes, where none is chosen."""
    found = None if chosen.label_fields or chosen.is_raster else likeliest_field(facts.fields)
    return LabelForm(chosen.key, chosen.name, False, (found,)) if found else chosen


def _vector_facts(layer: QgsVectorLayer, chosen: LabelForm, values: dict[str, list[Any]], read: int) -> LabelFacts:
    fields = tuple(_field_facts(each, values[each.name()]) for each in layer.fields())
    total = max(int(layer.featureCount()), read)
    own = chosen.label_fields[0] if len(chosen.label_fields) == 1 and chosen.label_fields[0] in values else None
    facts = {each.name: each for each in fields}
    measured = own is not None and not facts[own].is_text and _is_measured(facts[own])
    classes = () if own is None or measured else _classes(layer, chosen, own, values)
    return LabelFacts(
        fields,
        classes,
        total,
        "points" if layer.geometryType() == QgsWkbTypes.GeometryType.PointGeometry else "polygons",
        layer.crs().isValid(),
        read < total,
        measured,
    )


def _field_facts(described: Any, values: Sequence[Any]) -> FieldFacts:
    there = [value for value in values if value is not None and value != NULL]
    kind = described.type()
    kind = int(getattr(kind, "value", kind))
    return FieldFacts(described.name(), kind in _TEXT, kind in _WHOLE, len(set(map(str, there))), len(there))


def _is_measured(facts: FieldFacts) -> bool:
    """Whether numbers look like a measured quantity, as the engine sees it: with decimals, or of very many values."""
    return not facts.is_whole or facts.distinct > MOST_GUESSED


def _classes(
    layer: QgsVectorLayer, chosen: LabelForm, own: str, values: dict[str, list[Any]]
) -> tuple[ClassFacts, ...]:
    known = {color.value: color for color in vector_colors(layer, [own])}
    counts: Counter[str] = Counter()
    groups: dict[str, set[str]] = defaultdict(set)
    group_values = values.get(chosen.group_field or "", ())
    for at, value in enumerate(values[own]):
        if value is None or value == NULL or str(value).strip() == "":
            continue
        text = str(value)
        counts[text] += 1
        groups[text].add(str(group_values[at]) if group_values else str(at))
    return tuple(
        ClassFacts(
            value,
            (known[value].name or value) if value in known else value,
            known[value].color if value in known else "",
            count,
            len(groups[value]),
        )
        for value, count in sorted(counts.items(), key=lambda each: _in_order(each[0]))
    )


def _in_order(value: str) -> tuple[int, str]:
    """Integers by size, then texts."""
    return (int(value), "") if value.isdecimal() else (2**63, value)


def _raster_facts(layer: QgsRasterLayer) -> LabelFacts:
    classes = tuple(
        ClassFacts(each.value, each.name or each.value, each.color, 0, 0) for each in raster_colors([layer])
    )
    return LabelFacts((), classes, 0, "raster", layer.crs().isValid(), True)


def _thinned(places: list[QgsPointXY]) -> tuple[QgsPointXY, ...]:
    step = max(1, -(-len(places) // MOST_PLACES))
    return tuple(places[::step])
