"""A swipe over the canvas: one layer on the left of the divider, another in its place on the right."""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPen

GRIP_PX = 8  # distance from the divider within which the mouse grabs it
_PAD_PX = 4
_SHADE = QColor(255, 255, 255, 200)


class Swipe(QObject):
    """Shows ``right`` instead of ``left``, a layer of the canvas, on the right of a draggable divider.

    Map tools keep working: only a press on the divider itself is intercepted.
    """

    def __init__(self, canvas: QgsMapCanvas, left: QgsRasterLayer, right: QgsRasterLayer) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._left_id = left.id()
        self._right = right
        self._job: Optional[QgsMapRendererParallelJob] = None
        self._finished_job: Optional[QgsMapRendererParallelJob] = None  # kept: a sender must outlive its own signal
        self._is_dragged = False
        self.item = SwipeItem(canvas, left.name(), right.name())
        canvas.viewport().installEventFilter(self)
        canvas.extentsChanged.connect(self._forget)
        canvas.mapCanvasRefreshed.connect(self._draw)
        self._draw()

    def end(self) -> None:
        """Remove the divider."""
        self._canvas.viewport().removeEventFilter(self)
        self._canvas.viewport().unsetCursor()
        self._canvas.extentsChanged.disconnect(self._forget)
        self._canvas.mapCanvasRefreshed.disconnect(self._draw)
        self._stop()
        self._canvas.scene().removeItem(self.item)
        self.deleteLater()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Let the mouse drag the divider; all other events go to the canvas."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and self._is_near(event.pos().x()):
            self._is_dragged = True
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._is_dragged:
            self._is_dragged = False
            return True
        if kind == QEvent.Type.MouseMove and self._is_dragged:
            self.move(event.pos().x())
            return True
        if kind == QEvent.Type.MouseMove and self._is_near(event.pos().x()):
            self._canvas.viewport().setCursor(Qt.CursorShape.SplitHCursor)
            return True
        if kind == QEvent.Type.MouseMove and self._canvas.mapTool() is not None:
            self._canvas.viewport().setCursor(self._canvas.mapTool().cursor())
        return False

    def move(self, x_px: int) -> None:
        """Move the divider to a column of the canvas, in pixels."""
        self.item.share = min(1.0, max(0.0, x_px / max(1, self._canvas.width())))
        self.item.update()

    def _is_near(self, x_px: int) -> bool:
        return abs(x_px - self.item.divider_px()) <= GRIP_PX

    def _forget(self) -> None:
        """Discard the rendered image: the extent has changed."""
        self._stop()
        self.item.image = None
        self.item.update()

    def _draw(self) -> None:
        """Render the canvas with the other layer in place of the left one."""
        self._stop()
        settings = QgsMapSettings(self._canvas.mapSettings())
        shown = [self._right if layer.id() == self._left_id else layer for layer in self._canvas.layers()]
        if self._right not in shown:  # the layer is hidden or was removed: nothing to compare with
            self._forget()
            return
        settings.setLayers(shown)
        self._job = QgsMapRendererParallelJob(settings)
        self._job.finished.connect(self._on_drawn)
        self._job.start()

    def _on_drawn(self) -> None:
        if self._job is not None:
            self.item.image = self._job.renderedImage()
            self._finished_job, self._job = self._job, None
            self.item.update()

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None and job.isActive():
            job.finished.disconnect(self._on_drawn)
            job.cancel()


class SwipeItem(QgsMapCanvasItem):
    """Draws the right part of the canvas with the other layer, the divider, and both names."""

    def __init__(self, canvas: QgsMapCanvas, left: str, right: str) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._names = left, right
        self.share = 0.5
        self.image: Optional[QImage] = None

    def divider_px(self) -> int:
        """The divider's column."""
        return round(self.share * self._canvas.width())

    def boundingRect(self) -> QRectF:
        """The whole canvas."""
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def updatePosition(self) -> None:
        """Do nothing: the item is fixed to the window, whatever extent is shown."""

    def paint(self, painter: QPainter, *_more: Any) -> None:
        """Draw the item; nothing until the image is rendered."""
        if self.image is None:
            return
        whole, at = self.boundingRect(), self.divider_px()
        painter.save()
        painter.setClipRect(QRectF(at, 0, whole.width() - at, whole.height()))
        painter.fillRect(whole, self._canvas.canvasColor())
        painter.drawImage(QPointF(0, 0), self.image)
        painter.restore()
        painter.setPen(QPen(QColor("white"), 4))
        painter.drawLine(QPointF(at, 0), QPointF(at, whole.height()))
        painter.setPen(QPen(QColor("black"), 2))
        painter.drawLine(QPointF(at, 0), QPointF(at, whole.height()))
        for name, side in zip(self._names, (-1, 1)):
            self._write(painter, name, at, side)

    def _write(self, painter: QPainter, name: str, at: int, side: int) -> None:
        """Draw a layer's name next to the divider, on its side."""
        box = painter.fontMetrics().boundingRect(name).adjusted(-_PAD_PX, -_PAD_PX, _PAD_PX, _PAD_PX)
        left = at + 2 * _PAD_PX if side > 0 else at - 2 * _PAD_PX - box.width()
        box.moveTo(int(left), self._canvas.height() - box.height() - 2 * _PAD_PX)  # QGIS's messages are at the top
        painter.fillRect(box, _SHADE)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
