"""Layers of the project that parameters name; no file is opened."""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsProperty,
)


def project_context() -> QgsProcessingContext:
    """A context in which layers of the project are found."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return context


def source_in(value: Any) -> Any:
    """The layer, or the text that names it, in the value of a layer or feature source parameter."""
    value = value.source if isinstance(value, QgsProcessingFeatureSourceDefinition) else value
    return value.staticValue() if isinstance(value, QgsProperty) else value


def layer_named(text: str) -> Optional[QgsMapLayer]:
    """The layer of the project that Processing finds by a text: by id, name or source."""
    return QgsProcessingUtils.mapLayerFromString(text, project_context(), False) if text else None
