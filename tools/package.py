"""`make package`: the plugin zip in dist/, scanned as by the plugin repository, installed and started in QGIS.

    python tools/package.py [--no-window] [--journey]

With --journey the window also trains on a small synthetic world and maps it; look at dist/window.png.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from release.archive import Package, build
from release.scans import scan
from release.window import Window, WindowError, install_and_start

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
HOME = ROOT / "build" / "package" / "Profil d'été 1 ü"  # blanks and accents, as in real users' folders
ALGORITHMS = {"colearn:train", "colearn:predict", "colearn:evaluate"}


def main(arguments: list[str] | None = None) -> int:
    """Build, scan, install, start; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--no-window", action="store_true", help="do not install it into a QGIS")
    parser.add_argument("--journey", action="store_true", help="train and map in the window, too")
    options = parser.parse_args(arguments)
    try:
        package = build(ROOT, DIST)
        found = scan(package.path)
        if found:
            raise ValueError("the plugin repository would refuse the zip:\n" + "\n".join(found))
        _say(f"{package.path.relative_to(ROOT)}: {package.path.stat().st_size / 1e6:.1f} MB; the scans find nothing")
        if not options.no_window:
            _tell(_start(package, options.journey))
    except (ValueError, WindowError) as error:
        _say(str(error))
        return 1
    return 0


def _start(package: Package, journey: bool) -> Window:
    steps = _journey(HOME.parent / "wörld") if journey else []
    window = install_and_start(package, HOME, steps, sys.executable)
    missing = ALGORITHMS.difference(window.algorithms)
    if missing:
        raise WindowError(f"the toolbox lacks {sorted(missing)}")
    shutil.copy(window.picture, DIST / "window.png")
    return window


def _journey(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """A training on two sensors and a map from one, in the tests' synthetic world."""
    sys.path.append(str(ROOT / "tests"))
    from world import make_world

    shutil.rmtree(folder, ignore_errors=True)
    world = make_world(folder)
    model = str(folder / "model.colearn")
    train = {
        "SENSOR_A": [str(world.camera)],
        "SENSOR_B": [str(world.radar)],
        "LABELS": str(world.polygons),
        "LABEL_FIELD": ["kind"],
        "CONTEXT_M": 50,
        "METHOD": "mdico",
        "EPOCHS": 3,
        "MAX_SAMPLES": 400,
        "OUTPUT_MODEL": model,
        "OUTPUT_REPORT": str(folder / "report.html"),
    }
    predict = {"MODEL": model, "INPUT": [str(world.camera)], "OUTPUT": str(folder / "map.tif")}
    return [("colearn:train", train), ("colearn:predict", predict)]


def _tell(window: Window) -> None:
    _say(f"installed from file and started in QGIS {window.qgis} (Qt {window.qt}); look at dist/window.png")
    for results in window.results:
        _say(f"  ran: {', '.join(sorted(results))}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
