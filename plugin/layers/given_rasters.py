"""Rasters given as text that QGIS does not recognize as layers: sources only GDAL opens, and products as delivered.

Each becomes a temporary layer of the run (never of the project) that is found by this text, so that QGIS's parameters
accept it like any other.
"""

from __future__ import annotations

import os
from typing import Optional

from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingUtils, QgsRasterLayer

from ...engine.contract.naming import Delivery, delivery_at
from .. import sentences
from ..messages import tr

_PRODUCT = "colearn/product"
_PRODUCT_NAME = "colearn/product_name"
_MOST_NAMED = 12


def make_findable(text: str, context: QgsProcessingContext) -> bool:
    """Whether a text names a layer of the project, a file that QGIS opens, a source that GDAL opens, or a product."""
    delivery = delivery_at(text)
    if delivery is not None:
        return _is_kept(text, context) or _keep_product(text, delivery, context)
    found = QgsProcessingUtils.mapLayerFromString(text, context)
    if found is None:
        return _keep(QgsRasterLayer(text, text, "gdal"), context)
    # QGIS would at most open a file with several subdatasets as a mesh.
    return isinstance(found, QgsRasterLayer) or not (os.path.exists(text) and data_sets_in(text))


def product_of(layer: QgsMapLayer) -> Optional[tuple[str, str]]:
    """The folder or archive, and the name, of the product that a layer represents; None for an ordinary layer."""
    root = layer.customProperty(_PRODUCT)
    return (str(root), str(layer.customProperty(_PRODUCT_NAME))) if root else None


def data_sets_in(text: str) -> tuple[str, ...]:
    """GDAL's names of the subdatasets of a file that contains several and is not a raster itself."""
    layer = QgsRasterLayer(text, text, "gdal")
    provider = layer.dataProvider()
    separator = provider.sublayerSeparator() if provider is not None else ""
    return tuple(each.split(separator)[0] for each in provider.subLayers()) if provider is not None else ()


def unopened_words(text: str) -> tuple[str, str, str]:
    """What was found, what was expected and what to do, for a text that neither QGIS nor GDAL can open."""
    inside = data_sets_in(text) if os.path.exists(text) else ()
    if inside:
        named = ", ".join(inside[:_MOST_NAMED]) + (", …" if len(inside) > _MOST_NAMED else "")
        return (
            tr("{item}, which has {count} subdatasets: {named}").format(item=text, count=len(inside), named=named),
            sentences.one_of_them(),
            tr("Enter its name as listed here, or load it as a layer and choose the layer."),
        )
    return (
        sentences.unopened(text),
        tr(
            'raster layers or files, GDAL dataset names (/vsizip/…, NETCDF:"…":name), or Sentinel-2, Landsat or EnMAP '
            "products"
        ),
        tr("Check the path, or load it as a layer in QGIS and choose the layer."),
    )


def _is_kept(text: str, context: QgsProcessingContext) -> bool:
    return any(layer.name() == text for layer in context.temporaryLayerStore().mapLayers().values())


def _keep(layer: QgsRasterLayer, context: QgsProcessingContext) -> bool:
    if not layer.isValid():
        return False
    context.temporaryLayerStore().addMapLayer(layer)
    return True


def _keep_product(text: str, delivery: Delivery, context: QgsProcessingContext) -> bool:
    """Let one of its images represent the product, for its CRS; the engine receives the product itself."""
    for member, _ in delivery.band_files():
        layer = QgsRasterLayer(delivery.gdal_path(member), text, "gdal")
        layer.setCustomProperty(_PRODUCT, delivery.root)
        layer.setCustomProperty(_PRODUCT_NAME, delivery.name)
        if _keep(layer, context):
            return True
    return False
