"""A model trained through qgis_process."""

import pytest

from real_runs import QUICK, ROOT, qgis_process


@pytest.fixture(scope="session")
def qgis(tmp_path_factory):
    """qgis_process with this checkout linked under a name, and in a path, with spaces and accents."""
    return qgis_process.QgisProcess(ROOT, tmp_path_factory.mktemp("qgis à côté"), plugin_name="Mon plügin 2")


@pytest.fixture(scope="session")
def trained(qgis, world, tmp_path_factory):
    """A model trained through qgis_process: its folder and the results."""
    folder = tmp_path_factory.mktemp("modèle et carte")
    results = qgis.run(
        "colearn:train",
        SENSOR_A=world.camera,
        SENSOR_A_NAME="camera",
        SENSOR_B=world.radar,
        LABELS=world.polygons,
        LABEL_FIELD="kind",
        SPLIT_BUFFER_M=1,
        OUTPUT_MODEL=folder / "model.colearn",
        OUTPUT_REPORT=folder / "report.html",
        **QUICK,
    )
    return folder, results
