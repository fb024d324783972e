"""Runs of the real engine through qgis_process and inside QGIS: few epochs, and how long one waits."""

import importlib.util
import sys
from pathlib import Path

from osgeo import gdal

ROOT = Path(__file__).resolve().parents[1]


PATIENCE_S = 600


END_S = 2.0


QUICK = {"CONTEXT_M": 50, "METHOD": "mdico", "EPOCHS": 3, "MAX_SAMPLES": 400, "DEVICE": "cpu"}


def _tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


qgis_process = _tool("qgis_process")


def band(path):
    dataset = gdal.Open(str(path))
    return dataset.GetRasterBand(1).ReadAsArray()
