"""Icons: QGIS's own, so that they fit its theme."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap


def sensor() -> QIcon:
    """A sensor."""
    return QgsApplication.getThemeIcon("/mIconRasterGroup.svg")


def raster() -> QIcon:
    """A raster."""
    return QgsApplication.getThemeIcon("/mIconRaster.svg")


def warning() -> QIcon:
    """A warning sign."""
    return QgsApplication.getThemeIcon("/mIconWarning.svg")


def done() -> QIcon:
    """A check mark."""
    return QgsApplication.getThemeIcon("/mIconSuccess.svg")


def blank() -> QIcon:
    """An empty icon, as a spacer."""
    pixmap = QPixmap(18, 18)
    pixmap.fill(QColor(0, 0, 0, 0))
    return QIcon(pixmap)


def swatch(color: str) -> QIcon:
    """A square of a colour; grey and empty where there is none."""
    pixmap = QPixmap(16, 16)
    pixmap.fill(QColor(color) if color else QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setPen(QColor("#888888"))
    painter.drawRect(0, 0, 15, 15)
    painter.end()
    return QIcon(pixmap)
