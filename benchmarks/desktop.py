"""`make bench-desktop`: waiting times in QGIS: the plugin's start, its windows, an error from headers, previews.

The start is measured as processor time in fresh processes with QGIS's libraries: the first one compiles the plugin, as
after an installation; the median of the others is the usual start. Everything else uses the classes behind the windows
with the demo's files (`make demo`), and is also measured in wall time, which other programs prolong.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

from desktop_gaps import CASES, Files, gaps_ms, large_image
from root import ROOT, load_root

QGIS_PYTHON = ("/usr/share/qgis/python/plugins", "/usr/share/qgis/python")
STARTS = 6
GAP_RUNS = 3
PATIENCE_S = 120
DATA = ROOT / "build" / "data"
MODEL = ROOT / "build" / "demo" / "colearned.colearn"
BAND = "T33UUU_20170216T102101_{}.jp2"
BANDS = ("B02", "B03", "B04", "B08")
LARGE = ROOT / "build" / "bench" / "large.jp2"


def main() -> int:
    """Measure all of it, each in processes of its own; print a table."""
    if sys.argv[1:]:
        measures = {"start": start_ms, "waits": waits_s, "gap": gap_ms}
        sys.stdout.write(json.dumps(measures[sys.argv[1]](*sys.argv[2:])) + "\n")
        return 0
    large_image(LARGE)
    with tempfile.TemporaryDirectory() as cache:
        first, *others = [_measured("start", cache)["ms"] for _run in range(STARTS)]
        rows = [
            ("Start of the plugin, every day", f"{statistics.median(others):.0f} ms of processor time"),
            ("Start of the plugin, the first time", f"{first:.0f} ms of processor time"),
        ]
        rows += [(f"{name}: QGIS stands still for", _gap(name, cache)) for name in CASES]
        rows += [(what, words) for what, words in _measured("waits", cache).items()]
    sys.stdout.write(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n\n")
    sys.stdout.write("| What a person waits for | |\n|---|---|\n")
    sys.stdout.writelines(f"| {what} | {words} |\n" for what, words in rows)
    return 0


def _gap(name: str, cache: str) -> str:
    """The longest gap of a case: the median of some runs, by the clock and by processor time."""
    runs = [_measured("gap", cache, name) for _run in range(GAP_RUNS)]
    by_clock, by_processor = (statistics.median(run[way] for run in runs) for way in ("clock", "processor"))
    return f"{by_processor:.0f} ms of processor time, {by_clock:.0f} ms by the clock"


def _measured(what: str, cache: str, *of: str) -> dict[str, Any]:
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": cache}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, __file__, what, *of]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def start_ms() -> dict[str, float]:
    """Processor time from the plugin's first module to its menus, where QGIS and Processing are loaded already."""
    _kept = _application()
    window = import_module("qgis.PyQt.QtWidgets").QMainWindow()
    iface = MagicMock()  # costs some 3 ms itself
    iface.mainWindow.return_value = window
    began = time.process_time()
    load_root()
    plugin = sys.modules["colearn"].classFactory(iface)
    plugin.initGui()
    spent = time.process_time() - began
    plugin.unload()
    return {"ms": spent * 1000}


def gap_ms(name: str) -> dict[str, float]:
    """The longest gap of QGIS's event loop in a case of ``desktop_gaps.py``."""
    application = _application()
    load_root()
    files = Files(tuple(DATA / BAND.format(each) for each in BANDS), DATA / "training_polygons.gpkg", MODEL, LARGE)
    return gaps_ms(name, application, files)


def waits_s() -> dict[str, str]:
    """Seconds from a click to what it brings, by the classes behind the windows."""
    application = _application()
    load_root()
    plugin = sys.modules["colearn"].classFactory(None)
    plugin.initProcessing()
    return {"An error that needs only headers": _header_error(application), **_previews(application)}


def _header_error(application: Any) -> str:
    """Bands of 10 m and of 20 m in one sensor, to the message of why not."""
    run_module = import_module("colearn.plugin.training.runs.run")
    environment = import_module("colearn.plugin.process.environment")
    environment.engine_command()  # was proven when the window opened
    rasters = [str(DATA / BAND.format(name)) for name in ("B02", "B03", "B05")]
    given = {
        **{"SENSOR_A": rasters, "SENSOR_B": [str(DATA / BAND.format("B11"))]},
        **{"LABELS": str(DATA / "training_polygons.gpkg"), "LABEL_FIELD": "fclass"},
        "OUTPUT": str(Path(tempfile.mkdtemp()) / "none.colearn"),
    }
    algorithm = import_module("qgis.core").QgsApplication.processingRegistry().algorithmById("colearn:train")
    run = run_module.AlgorithmRun(algorithm, given, noted=False)
    said: list[str] = []
    run.ended.connect(lambda _succeeded, _results, wrong: said.append(wrong))
    before, began = _children_s(), time.monotonic()
    run.start()
    _wait(application, lambda: bool(said))
    seconds = time.monotonic() - began
    if "20 m" not in said[0]:
        raise RuntimeError(f"another error came: {said[0]}")
    return f"{seconds:.2f} s, of which the engine computed {_children_s() - before:.2f} s"


def _previews(application: Any) -> dict[str, str]:
    """A first preview at once, one by an engine that was started when the dock opened, and one more."""
    core = import_module("qgis.core")
    environment = import_module("colearn.plugin.process.environment")
    session_class = import_module("colearn.plugin.mapping_dock.session").MapSession
    layers = [core.QgsRasterLayer(str(DATA / BAND.format(name)), name) for name in BANDS]
    core.QgsProject.instance().addMapLayers(layers)
    found = {}
    for name, is_warm in (("First preview, asked for at once", False), ("First preview, once the dock is open", True)):
        environment.forget_probes()
        session = session_class()
        session.choose_model(str(MODEL))
        session.choose_layers(layers)
        _wait(application, session.is_ready)
        if is_warm:
            session.warm_up()
            session._engine._warming.join()
        found[name] = _preview(application, session, layers[0])
        if is_warm:
            found["Next preview"] = _preview(application, session, layers[0])
        session.close()
    return found


def _preview(application: Any, session: Any, layer: Any) -> str:
    shown: list[object] = []
    session.previewed.connect(shown.append)
    session.failed.connect(sys.exit)
    before, began = _engine_s(session), time.monotonic()
    if not session.preview(layer.extent().center(), layer.crs()):
        raise RuntimeError("the place is outside the image")
    _wait(application, lambda: bool(shown))
    return f"{time.monotonic() - began:.1f} s, of which the engine computed {_engine_s(session) - before:.1f} s"


def _engine_s(session: Any) -> float:
    """Processor time so far of the engine that stays; on Linux."""
    process = session._engine._process
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _application() -> Any:
    sys.path[:0] = QGIS_PYTHON
    application = import_module("qgis.core").QgsApplication([], True)
    application.initQgis()
    import_module("qgis.gui")
    import_module("processing.core.Processing").Processing.initialize()
    return application


def _wait(application: Any, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        application.processEvents()
        time.sleep(0.005)
        if time.monotonic() > until:
            raise TimeoutError(f"nothing came within {PATIENCE_S} s")


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
