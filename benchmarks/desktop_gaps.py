"""How long QGIS stands still while windows open and files are chosen: the longest gap between two turns of its loop.

A gap is told by the clock, which other programs prolong, and by the processor time of QGIS's own thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Optional
from unittest.mock import MagicMock

import numpy as np
from osgeo import gdal, osr

TURN_MS = 1
AFTER_S = 0.5  # what follows an opening is part of it
PATIENCE_S = 120
SIDE_PX = 3000  # of the large image, a single block: QGIS decodes all of it for its style
ORIGIN = 500000, 5800000


@dataclass(frozen=True)
class Files:
    """The files of the cases: the demo's bands and labels, its model, an image that is slow to open."""

    bands: tuple[Path, ...]
    labels: Path
    model: Path
    large: Path


class Desktop:
    """The plugin in a stand-in for QGIS's main window."""

    def __init__(self, application: Any, files: Files) -> None:
        self.application, self.files = application, files
        self._window = import_module("qgis.PyQt.QtWidgets").QMainWindow()
        self._canvas = import_module("qgis.gui").QgsMapCanvas()
        iface = MagicMock()
        iface.mainWindow.return_value = self._window
        iface.mapCanvas.return_value = self._canvas
        iface.layerTreeView().selectedLayersRecursive.return_value = []
        self.plugin = import_module("colearn").classFactory(iface)
        self.plugin.initGui()
        self.hooks = self.plugin._mapping
        session = import_module("colearn.plugin.mapping_dock.session").MapSession
        session.warm_up = lambda _session: None  # the engine's start is another case
        self.restart: Callable[[], None] = lambda: None  # forget what a case took to prepare

    def layers(self) -> list[Any]:
        """The demo's bands, in the project."""
        core = import_module("qgis.core")
        layers = [core.QgsRasterLayer(str(path), path.stem) for path in self.files.bands]
        core.QgsProject.instance().addMapLayers(layers)
        return layers

    def trained(self) -> Optional[Any]:
        """The session of the last training window, if there is one."""
        windows = self.plugin._trainings.windows if self.plugin._trainings is not None else []
        return windows[-1].session if windows else None

    def dock(self) -> Any:
        """The dock, shown with the model."""
        dock = self.hooks.dock()
        dock.open_model(str(self.files.model))
        self.work(AFTER_S)
        return dock

    def work(self, seconds: float) -> None:
        """Let the event loop work for a while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.application.processEvents()
            time.sleep(TURN_MS / 1000)


Case = Callable[[Desktop], tuple[Callable[[], Any], Callable[[], bool]]]  # what to do, and whether it is done


def _window(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    train = desktop.plugin._actions[0]
    return train.trigger, lambda: desktop.trained() is not None


def _toolbox(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    opener = import_module("colearn.plugin.gui.window_button").openers[-1]
    given = {"SENSOR_A": [str(path) for path in desktop.files.bands], "LABELS": str(desktop.files.labels)}
    return lambda: opener(given), lambda: _labelled(desktop)


def _label_file(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    desktop.plugin.show_training()
    desktop.work(AFTER_S)
    session = desktop.plugin._trainings.windows[-1].session
    return lambda: session.set_label_file(str(desktop.files.labels)), lambda: _labelled(desktop)


def _first_dock(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    return desktop.hooks.open_selected, lambda: desktop.hooks._dock is not None


def _first_menu(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    menu, layers = import_module("qgis.PyQt.QtWidgets").QMenu(), desktop.layers()
    desktop.hooks._selected = lambda: layers[:1]
    return lambda: desktop.hooks._on_context_menu(menu), lambda: bool(menu.actions())


def _jp2(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    dock = desktop.dock()
    return lambda: dock.session.open_files([str(desktop.files.large)]), lambda: bool(dock.session.form.rasters)


def _project_layer(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    layers, dock = desktop.layers(), desktop.dock()
    return lambda: dock.open_layers(layers), lambda: len(dock.session.form.rasters) == len(layers)


def _drawn_layer(desktop: Desktop) -> tuple[Callable[[], Any], Callable[[], bool]]:
    """Another thread reads the layer's pixels meanwhile, as QGIS does to draw it."""
    core = import_module("qgis.core")
    layer, dock = core.QgsRasterLayer(str(desktop.files.large), "large"), desktop.dock()
    core.QgsProject.instance().addMapLayer(layer)
    copy = layer.dataProvider().clone()
    whole = {"extent": layer.extent(), "sampleSize": SIDE_PX**2}
    drawing = threading.Thread(target=lambda: copy.bandStatistics(1, **whole))

    def act() -> None:
        drawing.start()
        time.sleep(0.1)
        desktop.restart()
        dock.open_layers([layer])

    return act, lambda: bool(dock.session.form.rasters) and not drawing.is_alive()


def _labelled(desktop: Desktop) -> bool:
    session = desktop.trained()
    return session is not None and session.reading.facts.features > 0


CASES: dict[str, Case] = {
    "First opening of the training window": _window,
    "First opening of the training window, from the toolbox dialog with files": _toolbox,
    "Choosing a label file": _label_file,
    "First opening of the dock": _first_dock,
    "First context menu of a layer": _first_menu,
    "Opening a JPEG 2000 file in the dock": _jp2,
    "Choosing layers of the project in the dock": _project_layer,
    "Choosing a JPEG 2000 layer in the dock while QGIS draws it": _drawn_layer,
}


def gaps_ms(name: str, application: Any, files: Files) -> dict[str, float]:
    """The longest gap of a case, in milliseconds by the clock and of processor time.

    Raises:
        TimeoutError: it does not come to its end.
    """
    timer = import_module("qgis.PyQt.QtCore").QTimer()
    desktop = Desktop(application, files)
    desktop.work(AFTER_S)
    act, is_done = CASES[name](desktop)
    by_clock, by_processor, last = [0.0], [0.0], _now()

    def turn() -> None:
        now = _now()
        by_clock.append(now[0] - last[0])
        by_processor.append(now[1] - last[1])
        last[:] = now

    timer.setInterval(TURN_MS)
    timer.timeout.connect(turn)
    timer.start()

    def restart() -> None:
        last[:] = _now()

    desktop.restart = restart
    restart()
    act()
    until = time.monotonic() + PATIENCE_S
    while not is_done():
        desktop.work(AFTER_S / 10)
        if time.monotonic() > until:
            raise TimeoutError(name)
    desktop.work(AFTER_S)
    timer.stop()
    desktop.plugin.unload()
    return {"clock": 1000 * max(by_clock), "processor": 1000 * max(by_processor)}


def _now() -> list[float]:
    return [time.perf_counter(), time.thread_time()]


def large_image(path: Path) -> Path:
    """A band of JPEG 2000 in one block, made once."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    plain = gdal.GetDriverByName("MEM").Create("", SIDE_PX, SIDE_PX, 1, gdal.GDT_UInt16)
    plain.SetProjection(crs.ExportToWkt())
    plain.SetGeoTransform((ORIGIN[0], 10, 0, ORIGIN[1], 0, -10))
    wave = np.sin(np.linspace(0, 60, SIDE_PX))
    noise = np.random.default_rng(1).normal(0, 60, (SIDE_PX, SIDE_PX))
    plain.GetRasterBand(1).WriteArray((1500 + 700 * wave * wave[:, None] + noise).clip(0).astype(np.uint16))
    options = ["QUALITY=25", "REVERSIBLE=NO", f"BLOCKXSIZE={SIDE_PX}", f"BLOCKYSIZE={SIDE_PX}"]
    gdal.GetDriverByName("JP2OpenJPEG").CreateCopy(str(path), plain, options=options)
    return path
