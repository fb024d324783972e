"""The content of a label layer: fields, classes, and locations to compare with rasters."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Optional, Union

from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsRasterLayer,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)

from ....engine.contract import ClassColor
from ...layers.layer_files import raster_colors, vector_colors
from ...process import background
from ...process.background import Background, words_of
from ..form.labels import MOST_INTEGERS, ClassFacts, FieldFacts, LabelFacts, LabelForm, likeliest_field

MOST_FEATURES = 20_000  # of which classes are determined and counted
METRES = "EPSG:3857"  # a CRS in metres; the name of the unit differs between versions
MOST_PLACES = 2000  # locations compared with the rasters' bounds
_TEXT = {10}  # QMetaType codes, the same in Qt 5 and 6; in QGIS 3.22 those of QVariant
_WHOLE = {2, 3, 4, 5}


@dataclass(frozen=True)
class LabelReading:
    """Facts for the form, and locations in the layer's CRS."""

    facts: LabelFacts = field(default_factory=LabelFacts)
    places: tuple[QgsPointXY, ...] = ()


class LabelReader:
    """Reads a layer in the background; the layer may safely change or be removed meanwhile."""

    def __init__(
        self, layer: Optional[QgsMapLayer], chosen: LabelForm, then: Callable[[LabelForm, LabelReading], None]
    ) -> None:
        """Start; ``then`` is called with the labels, including their most likely field, and the result of reading."""
        self._stopped = False
        self._chosen, self._then = chosen, then
        self._work: Optional[Background] = None
        prepared = _prepared(layer, chosen)
        if isinstance(prepared, LabelFacts):
            then(chosen, LabelReading(prepared))
            return
        described = prepared
        work = Background(lambda: _read(described, chosen, lambda: self._stopped), self._deliver, self._fail)
        self._work = work
        work.settle()

    def stop(self) -> None:
        """Stop; the result is no longer needed."""
        self._stopped = True
        if self._work is not None:
            self._work.forget()

    def wait(self) -> None:
        """Stop, and wait at exit for the thread to release the file; with a time limit, as a drive may be gone."""
        self.stop()
        if self._work is not None:
            self._work.wait(background.LEAVE_S)

    def _deliver(self, found: tuple[LabelForm, LabelReading]) -> None:
        self._work = None
        self._then(*found)

    def _fail(self, error: Exception) -> None:
        self._work = None
        self._then(self._chosen, LabelReading(LabelFacts(failure=words_of(error))))


@dataclass(frozen=True)
class _Described:
    """A snapshot of a vector layer; any thread may read its features from ``source``."""

    source: QgsVectorLayerFeatureSource
    fields: tuple[tuple[str, int], ...]  # names and types
    colors: Mapping[str, tuple[ClassColor, ...]]  # by field
    features: int
    shape: str
    has_crs: bool
    unit_m: float  # unit of the CRS in metres, at the equator if it is a degree
    in_degrees: bool


@dataclass(frozen=True)
class _Table:
    """The features read: values by field, locations in the layer's CRS, their mean area, whether there are more."""

    values: Mapping[str, Sequence[Any]]
    places: Sequence[QgsPointXY]
    mean_m2: float
    features: int
    partly: bool


def _prepared(layer: Optional[QgsMapLayer], chosen: LabelForm) -> Union[_Described, LabelFacts]:
    """A snapshot of a layer whose features are to be read; of other layers all there is to know."""
    try:
        if isinstance(layer, QgsRasterLayer) and layer.isValid():
            return _raster_facts(layer)
        if isinstance(layer, QgsVectorLayer) and layer.isValid():
            return _described(layer)
    except Exception as error:  # noqa: BLE001  (a layer of any provider; the form says what is wrong)
        return LabelFacts(failure=words_of(error))
    return LabelFacts(is_gone=bool(chosen.key))


def _described(layer: QgsVectorLayer) -> _Described:
    names = layer.fields().names()
    is_point = layer.geometryType() == QgsWkbTypes.GeometryType.PointGeometry
    return _Described(
        QgsVectorLayerFeatureSource(layer),
        tuple((each.name(), _type_number(each)) for each in layer.fields()),
        {name: vector_colors(layer, [name]) for name in names},
        int(layer.featureCount()),
        "points" if is_point else "polygons",
        layer.crs().isValid(),
        QgsUnitTypes.fromUnitToUnitFactor(layer.crs().mapUnits(), QgsCoordinateReferenceSystem(METRES).mapUnits()),
        layer.crs().isGeographic(),
    )


def _type_number(field_of_layer: Any) -> int:
    kind = field_of_layer.type()
    return int(getattr(kind, "value", kind))


def _read(layer: _Described, chosen: LabelForm, stopped: Callable[[], bool]) -> tuple[LabelForm, LabelReading]:
    table = _table(layer, stopped)
    fields = tuple(_field_facts(name, kind, table.values[name]) for name, kind in layer.fields)
    found = with_likeliest_field(chosen, fields)
    return found, LabelReading(_vector_facts(layer, found, table, fields), _thinned(table.places))


def _table(layer: _Described, stopped: Callable[[], bool]) -> _Table:
    """The first features of a layer."""
    names = [name for name, _kind in layer.fields]
    values: dict[str, list[Any]] = {name: [] for name in names}
    places: list[QgsPointXY] = []
    count, area_m2 = 0, 0.0
    request = QgsFeatureRequest()
    request.setLimit(MOST_FEATURES)
    for feature in layer.source.getFeatures(request):
        if stopped():
            break
        count += 1
        for name, value in zip(names, feature.attributes()):
            values[name].append(value)
        if feature.hasGeometry():
            places.append(feature.geometry().boundingBox().center())
            area_m2 += _area_m2(layer, feature.geometry(), places[-1])
    more = count < layer.features or (layer.features < 0 and count == MOST_FEATURES)  # negative: unknown
    return _Table(values, places, area_m2 / max(count, 1), max(layer.features, count), more)


def _area_m2(layer: _Described, geometry: QgsGeometry, centre: QgsPointXY) -> float:
    """The approximate area of a polygon; 0 of a point, and of what is nowhere."""
    if geometry.isEmpty() or not math.isfinite(centre.y()):
        return 0.0
    squeezed = math.cos(math.radians(centre.y())) if layer.in_degrees else 1.0
    area_m2 = float(geometry.area()) * layer.unit_m**2 * squeezed
    return area_m2 if math.isfinite(area_m2) else 0.0


def with_likeliest_field(chosen: LabelForm, fields: Sequence[FieldFacts]) -> LabelForm:
    """The labels with the field that most likely contains the classes, if none is chosen."""
    found = None if chosen.label_fields or chosen.is_raster else likeliest_field(fields)
    return replace(chosen, label_fields=(found,)) if found else chosen


def _vector_facts(layer: _Described, chosen: LabelForm, table: _Table, fields: tuple[FieldFacts, ...]) -> LabelFacts:
    own = chosen.label_fields[0] if len(chosen.label_fields) == 1 and chosen.label_fields[0] in table.values else None
    facts = {each.name: each for each in fields}
    measured = own is not None and not facts[own].is_text and _is_measured(facts[own])
    classes = () if own is None or measured else _classes(layer.colors[own], chosen, own, table.values)
    found = LabelFacts(fields, classes, table.features, layer.shape, layer.has_crs, table.partly, False, measured)
    return replace(found, mean_m2=table.mean_m2)


def _field_facts(name: str, kind: int, values: Sequence[Any]) -> FieldFacts:
    there = [value for value in values if value is not None and value != NULL]
    return FieldFacts(name, kind in _TEXT, kind in _WHOLE, len(set(map(str, there))), len(there))


def _is_measured(facts: FieldFacts) -> bool:
    """Whether numbers look like measurements, by the engine's rule: decimals, or very many distinct values."""
    return not facts.is_whole or facts.distinct > MOST_INTEGERS


def _classes(
    colors: Sequence[ClassColor], chosen: LabelForm, own: str, values: Mapping[str, Sequence[Any]]
) -> tuple[ClassFacts, ...]:
    known = {color.value: color for color in colors}
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
    """Sort key: integers by value, then texts."""
    return (int(value), "") if value.isdecimal() else (2**63, value)


def _raster_facts(layer: QgsRasterLayer) -> LabelFacts:
    classes = tuple(
        ClassFacts(each.value, each.name or each.value, each.color, 0, 0) for each in raster_colors([layer])
    )
    return LabelFacts((), classes, 0, "raster", layer.crs().isValid(), True)


def _thinned(places: Sequence[QgsPointXY]) -> tuple[QgsPointXY, ...]:
    step = max(1, -(-len(places) // MOST_PLACES))
    return tuple(places[::step])
