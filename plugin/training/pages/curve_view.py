"""Live learning curves: loss and score of every training, drawn with QPainter."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF, QTextOption
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ....engine.contract import REFERENCE
from ...messages import tr
from ..form.progress.axis import LOSSES, SCORES, mark_texts, marks
from ..form.progress.curves import Curve, Curves

# Distinguishable with colour vision deficiency (Okabe and Ito).
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6FDF", "#7A5C3A")
FAST_COPY = "fast copy"  # the engine's name of that training
LEFT, RIGHT, TOP, BOTTOM, LEGEND = 56, 14, 22, 26, 20

_TRAINING = re.compile(r"Training (.+?)( on all labels)?")


class CurveView(QWidget):
    """Two panels, validation loss and validation score. One colour per sensor, dashed if trained alone."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._curves = Curves()
        self._references: dict[str, float] = {}
        self._in_percent = True
        self._expects_networks = True
        self._order: tuple[str, ...] = ()  # of the sensors
        self.setMinimumHeight(170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Large enough to read."""
        return QSize(640, 240)

    def show_curves(self, curves: Curves, in_percent: bool) -> None:
        """Draw these curves; scores in percent unless they are R²."""
        self._curves, self._in_percent = curves, in_percent
        self.update()

    def show_references(self, scores: dict[str, float]) -> None:
        """Draw the references' test scores, by sensor, as lines."""
        self._references = dict(scores)
        self.update()

    def order_sensors(self, names: Sequence[str]) -> None:
        """The sensors in the order of colours and legend, whichever is trained first."""
        self._order = tuple(names)
        self.update()

    def expect_networks(self, expected: bool) -> None:
        """Whether this training has networks, whose curves are worth waiting for."""
        self._expects_networks = expected
        self.update()

    def empty_text(self) -> str:
        """What stands in place of the curves."""
        if self._references or not self._expects_networks:
            return tr("Only networks have curves: a higher effort trains some as well.")
        return tr("Scores of networks appear here as they come.")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Redraw everything, which is cheap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if not self._curves.trainings:  # do not draw empty axes
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawText(QRectF(self.rect()), self.empty_text(), QTextOption(Qt.AlignmentFlag.AlignCenter))
            painter.end()
            return
        half = self.width() / 2
        height = self.height() - LEGEND * self._legend_rows() - 4
        self._panel(painter, QRectF(0, 0, half, height), True)
        self._panel(painter, QRectF(half, 0, half, height), False)
        self._legend(painter, height)
        painter.end()

    # Panels --------------------------------------------------------------------------------------------------------

    def _panel(self, painter: QPainter, place: QRectF, is_loss: bool) -> None:
        plot = place.adjusted(LEFT, TOP, -RIGHT, -BOTTOM)
        ink = self.palette().color(QPalette.ColorRole.Text)
        painter.setPen(ink)
        unit = tr("%") if self._in_percent else "R²"
        title = tr("Validation loss") if is_loss else tr("Validation score ({unit})").format(unit=unit)
        _write(painter, QRectF(plot.left(), 2, plot.width(), TOP - 4), Qt.AlignmentFlag.AlignLeft, title)
        axis = self.axis(is_loss)
        epochs = max((curve.epochs for curve in self._curves.trainings), default=1)
        self._axes(painter, plot, axis, epochs, self._in_percent and not is_loss)
        for curve in self._curves.trainings:
            self._line(painter, plot, curve, curve.validation_loss if is_loss else curve.score, axis, epochs)
        if not is_loss:
            self._reference_lines(painter, plot, axis)

    def axis(self, is_loss: bool) -> tuple[float, ...]:
        """The tick values of a panel's axis: round values that enclose the curves."""
        trainings = self._curves.trainings
        if is_loss:
            return marks((value for curve in trainings for value in curve.validation_loss), LOSSES)
        return marks([*(value for curve in trainings for value in curve.score), *self._references.values()], SCORES)

    def _axes(self, painter: QPainter, plot: QRectF, axis: tuple[float, ...], epochs: int, percent: bool) -> None:
        faint = self.palette().color(QPalette.ColorRole.Mid)
        ink = self.palette().color(QPalette.ColorRole.Text)
        for value, label in zip(axis, mark_texts(axis, 100 if percent else 1)):
            y = plot.bottom() - plot.height() * _up(value, axis)
            painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(ink)
            side = QRectF(plot.left() - LEFT, y - 8, LEFT - 6, 16)
            _write(painter, side, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
        painter.setPen(QPen(faint, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot)
        painter.setPen(ink)
        below = QRectF(plot.left(), plot.bottom() + 4, plot.width(), 18)
        _write(painter, below, Qt.AlignmentFlag.AlignLeft, "1")
        _write(painter, below, Qt.AlignmentFlag.AlignRight, str(epochs))
        _write(painter, below, Qt.AlignmentFlag.AlignHCenter, tr("epoch"))

    def _line(
        self,
        painter: QPainter,
        plot: QRectF,
        curve: Curve,
        values: tuple[float, ...],
        axis: tuple[float, ...],
        epochs: int,
    ) -> None:
        points = [
            QPointF(plot.left() + plot.width() * _along(at, epochs), plot.bottom() - plot.height() * _up(value, axis))
            for at, value in enumerate(values)
            if math.isfinite(value)
        ]
        pen = self._pen(curve)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        best = curve.best_epoch
        if best is not None and best <= len(values) and math.isfinite(values[best - 1]):
            at = QPointF(
                plot.left() + plot.width() * _along(best - 1, epochs),
                plot.bottom() - plot.height() * _up(values[best - 1], axis),
            )
            painter.setPen(QPen(pen.color(), 1))
            painter.setBrush(pen.color())
            painter.drawEllipse(at, 3.5, 3.5)

    def _reference_lines(self, painter: QPainter, plot: QRectF, axis: tuple[float, ...]) -> None:
        for sensor, score in self._references.items():
            y = plot.bottom() - plot.height() * _up(score, axis)
            painter.setPen(self._reference_pen(sensor))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

    # Legend --------------------------------------------------------------------------------------------------------

    def _entries(self) -> list[tuple[QPen, str]]:
        order = self._sensors()
        groups = sorted(
            self._curves.alike(), key=lambda each: order.index(each[-1].sensor) if each[-1].sensor else len(order)
        )
        entries = [(self._pen(each[-1]), curve_words(each[-1], len(each))) for each in groups]
        entries += [
            (
                QPen(self._color(sensor), 1.2, Qt.PenStyle.DashDotDotLine),
                tr("{reference}, test: {name}").format(reference=tr(REFERENCE), name=sensor),
            )
            for sensor in self._references
        ]
        return entries

    def _legend_rows(self) -> int:
        return max(1, -(-len(self._entries()) // 3))

    def _legend(self, painter: QPainter, top: float) -> None:
        width = (self.width() - 2 * RIGHT) / 3
        for at, (pen, label) in enumerate(self._entries()):
            x, y = RIGHT + (at % 3) * width, top + LEGEND * (at // 3) + LEGEND / 2
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), QPointF(x + 24, y))
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            room = QRectF(x + 30, y - 9, width - 34, 18)
            elided = self.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(room.width()))
            _write(painter, room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)

    def _pen(self, curve: Curve) -> QPen:
        style = Qt.PenStyle.DashLine if curve.is_alone else Qt.PenStyle.SolidLine
        if curve.method == FAST_COPY:
            style = Qt.PenStyle.DotLine
        color = self._color(curve.sensor) if curve.sensor else self._neutral(curve.training)
        return QPen(color, 1.6 if curve.sensor else 2.2, style)

    def _reference_pen(self, sensor: str) -> QPen:
        return QPen(self._color(sensor), 1.2, Qt.PenStyle.DashDotDotLine)

    def _sensors(self) -> list[str]:
        return list(dict.fromkeys([*self._order, *self._curves.sensors(), *self._references]))

    def _color(self, sensor: str) -> QColor:
        order = self._sensors()
        return QColor(COLORS[order.index(sensor) % len(COLORS)]) if sensor in order else QColor("#555555")

    def _neutral(self, training: str) -> QColor:
        """A different grey for each training over all sensors."""
        together = [curve.training for curve in self._curves.trainings if not curve.sensor]
        shade = 90 + 50 * (together.index(training) % 3)
        return QColor(shade, shade, shade)


def curve_words(curve: Curve, networks: int = 1) -> str:
    """The legend entry of a training, or of several that differ only in their seed."""
    method = {
        "alone": tr("alone"),
        "mdico": tr("MDiCo, all sensors"),
        "mdico_distillation": tr("MDiCo with distillation"),
        "distillation": tr("distillation"),
        "sensor_dropout": tr("sensor dropout"),
        "all sensors": tr("all sensors fused"),
        FAST_COPY: tr("fast copy"),
    }.get(curve.method, curve.method)
    label = f"{curve.sensor}, {method}" if curve.sensor else method
    if networks > 1:
        label = tr("{name} ({count} networks)").format(name=label, count=networks)
    return label if curve.run == 1 else tr("{name} (run {run})").format(name=label, run=curve.run)


def stage_words(stage: str) -> str:
    """A stage of the engine for display: a training by its sensor and method instead of its internal name."""
    match = _TRAINING.fullmatch(stage)
    if match is None:
        return stage
    training, on_all = match.groups()
    method, _colon, sensor = training.partition(": ")
    curve = Curve(training, sensor, is_alone=False, epochs=1)
    number = method[len(curve.method) :].strip()
    name = curve_words(curve) + (tr(" (network {number})").format(number=number) if number else "")
    return (tr("Training {name}, on all labels") if on_all else tr("Training {name}")).format(name=name)


def _along(at: int, epochs: int) -> float:
    return at / (epochs - 1) if epochs > 1 else 0.5


def _up(value: float, axis: tuple[float, ...]) -> float:
    return min(max((value - axis[0]) / (axis[-1] - axis[0]), 0.0), 1.0)


def _write(painter: QPainter, place: QRectF, alignment: Qt.AlignmentFlag, text: str) -> None:
    """Draw one line of text; Qt 6 does not accept integers as flags."""
    option = QTextOption(alignment)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    painter.drawText(place, text, option)
