"""Map layers as files that the engine can read.

Rasters are passed on as GDAL opens them, or as a virtual raster where QGIS has settings that are not in the file.
Vector layers are passed on as they are if the file alone is equivalent; memory layers, filters, selections, unsaved
edits, joins and other providers are exported first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Optional

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsProcessingFeatureSource,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtGui import QColor

from ...engine.contract import ClassColor, ErrorCode, InputError, RasterSource, VectorSource
from .. import sentences
from ..messages import tr
from .given_rasters import product_of
from .sources import absolute_source, gdal_source, needs_sign_in, short_name
from .virtual_raster import file_name, says_more_than_its_file, virtual_raster


def raster_source(layer: QgsMapLayer, store: Optional[Callable[[str, str], str]] = None) -> RasterSource:
    """The raster layer as a source that GDAL opens: its file, or a virtual raster with the settings made in QGIS.

    ``store`` takes the name and the text of a virtual raster and returns the path that it will have; without it the
    source is the layer's own file.

    Raises:
        InputError: a vector layer, a broken layer, a layer whose pixels are not read with GDAL, or settings that
            a virtual raster cannot represent.
    """
    _require_gdal_raster(layer)
    product = product_of(layer)
    if product is not None:
        return RasterSource(*product)
    plain = RasterSource(gdal_source(layer.source()), short_name(layer.name()))
    if not says_more_than_its_file(layer):
        return plain
    text = virtual_raster(layer)
    if store is None:
        return plain
    return RasterSource(store(file_name(layer), text), short_name(layer.name()), plain.path)


def _require_gdal_raster(layer: QgsMapLayer) -> None:
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        raise InputError(
            ErrorCode.RASTER_UNREADABLE,
            subject=layer.name(),
            found=tr("a layer that is not a raster, or whose file is missing"),
            expected=tr("a raster layer"),
            remedy=tr("Choose another layer, or repair its source in the layer's properties."),
        )
    if layer.providerType() != "gdal":
        raise InputError(
            ErrorCode.RASTER_IS_SERVICE,
            subject=layer.name(),
            found=tr("a layer of the provider “{provider}” (a web service or virtual layer)").format(
                provider=layer.providerType()
            ),
            expected=tr("a raster file, or an address that GDAL can read"),
            remedy=sentences.export_first(),
        )
    if needs_sign_in(layer.source()):
        raise InputError(
            ErrorCode.RASTER_IS_SERVICE,
            subject=layer.name(),
            found=tr("a raster that requires a QGIS login"),
            expected=tr("a raster that can be read without QGIS authentication"),
            remedy=sentences.export_first(),
        )


def raster_colors(layers: Iterable[QgsMapLayer]) -> tuple[ClassColor, ...]:
    """The classes and colours of the first layer that has a paletted style."""
    for layer in layers:
        renderer = layer.renderer() if isinstance(layer, QgsRasterLayer) else None
        if isinstance(renderer, QgsPalettedRasterRenderer):
            return tuple(
                ClassColor(_text_of(entry.value), _hex(entry.color), entry.label) for entry in renderer.classes()
            )
    return ()


def vector_colors(layer: Optional[QgsVectorLayer], field_names: Sequence[str]) -> tuple[ClassColor, ...]:
    """The classes and colours of a layer whose symbols are categorized by the (single) label field."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsCategorizedSymbolRenderer) or len(field_names) != 1:
        return ()
    if renderer.classAttribute().strip('"') != field_names[0]:
        return ()
    return tuple(
        ClassColor(_text_of(value), _hex(category.symbol().color()), category.label())
        for category in renderer.categories()
        for value in (category.value() if isinstance(category.value(), list) else [category.value()])
        if _text_of(value)
    )


def is_whole_in_file(layer: QgsVectorLayer, field_names: Sequence[str]) -> bool:
    """Whether the layer's file alone gives the same features, fields and locations as the layer in QGIS."""
    provider = layer.dataProvider()
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    options = {key for key, value in parts.items() if value not in (None, "", [], {})}
    return (
        layer.providerType() == "ogr"
        and options <= {"path", "layerName"}
        and not layer.subsetString()
        and not layer.isModified()
        and layer.crs() == provider.crs()
        and set(field_names) <= set(provider.fields().names())
    )


def file_of(layer: QgsVectorLayer) -> VectorSource:
    """The file behind an OGR layer."""
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    return VectorSource(absolute_source(parts["path"]), parts.get("layerName") or "", layer.name())


def require_usable_vector(source: QgsProcessingFeatureSource, polygons_only: bool) -> None:
    """Refuse layers that can be neither labels nor a mask.

    Raises:
        InputError: no CRS, no feature, or the wrong geometry.
    """
    shape = QgsWkbTypes.geometryType(source.wkbType())
    kinds = QgsWkbTypes.GeometryType
    allowed = {kinds.PolygonGeometry, kinds.UnknownGeometry} | (set() if polygons_only else {kinds.PointGeometry})
    if shape not in allowed:
        raise InputError(
            ErrorCode.LABELS_UNREADABLE,
            subject=source.sourceName(),
            found=tr("a layer with the geometry type “{shape}”").format(shape=QgsWkbTypes.geometryDisplayString(shape)),
            expected=tr("polygons") if polygons_only else tr("points or polygons"),
            remedy=tr("Choose a layer with the correct geometry type."),
        )
    if not source.sourceCrs().isValid():
        raise InputError(
            ErrorCode.LABELS_WITHOUT_CRS,
            subject=source.sourceName(),
            found=tr("no coordinate reference system"),
            expected=tr("a CRS, to locate the features on the rasters"),
            remedy=tr("Set the CRS of the layer (right-click > Layer CRS)."),
        )
    if source.featureCount() == 0:
        raise InputError(
            ErrorCode.MASK_EMPTY if polygons_only else ErrorCode.LABELS_EMPTY,
            subject=source.sourceName(),
            found=tr("no features"),
            expected=tr("at least one feature"),
            remedy=tr("Check the filter and selection of the layer, or choose another layer."),
        )


def require_one_layer(layer: QgsVectorLayer) -> None:
    """Refuse a file with several layers if none was named: QGIS would silently use the first.

    Raises:
        InputError: LABELS_UNREADABLE, naming the layers.
    """
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    if parts.get("layerName") or parts.get("layerId") is not None:
        return
    provider = layer.dataProvider()
    described = [each.split(provider.sublayerSeparator()) for each in provider.subLayers()]
    no_geometry = {QgsWkbTypes.displayString(QgsWkbTypes.Type.NoGeometry), "None", "Unknown (any) None"}
    names = [words[1] for words in described if len(words) > 3 and words[3] not in no_geometry]
    if len(names) < 2:
        return
    raise InputError(
        ErrorCode.LABELS_UNREADABLE,
        subject=layer.name(),
        found=tr("a file with several layers: {layers}").format(layers=", ".join(names)),
        expected=sentences.one_of_them(),
        remedy=tr("Append the layer name to the file name: {example}.").format(
            example=f"{layer.source()}|layername={names[0]}"
        ),
    )


def require_fields(source: QgsProcessingFeatureSource, field_names: Iterable[str]) -> None:
    """Refuse fields that the layer does not have (QGIS 3.22 accepts them).

    Raises:
        InputError: LABEL_FIELD_MISSING, naming the available fields.
    """
    there = source.fields().names()
    for field_name in field_names:
        if field_name not in there:
            raise InputError(
                ErrorCode.LABEL_FIELD_MISSING,
                subject=source.sourceName(),
                found=tr("the fields {fields}").format(fields=", ".join(there) or "-"),
                expected=tr("a field {field}").format(field=field_name),
                remedy=tr("Choose a field of the layer."),
            )


def _text_of(value: object) -> str:
    """A class value as the engine will read it from the field."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or str(value) == "NULL" else str(value)


def _hex(color: QColor) -> str:
    return color.name()
