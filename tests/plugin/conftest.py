"""QGIS with the CoLearn provider, tiny layers, and an engine that is not the real one."""

import sys
from pathlib import Path

import pytest
from colearn.plugin.parameters.types.output_files import write_inputs
from colearn.plugin.parameters.types.values import ParameterValues
from colearn.plugin.process import background, environment
from colearn.plugin.provider import CoLearnProvider
from osgeo import gdal, osr
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsLayerTreeModel,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.gui import QgsLayerTreeView
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent

from .manifests import write_model
from .waiting import gate, work_until  # noqa: F401  (a fixture)

FAKE_ENGINE = Path(__file__).with_name("fake_engine.py")
PIXEL_M = 10


class Log(QgsProcessingFeedback):
    """Feedback that remembers its messages."""

    def __init__(self):
        super().__init__(False)
        self.lines = []
        self.warnings = []
        self.errors = []
        self.steps = []

    def pushInfo(self, info):  # noqa: N802
        self.lines.append(info)

    def pushWarning(self, warning):  # noqa: N802
        self.warnings.append(warning)

    def reportError(self, error, fatalError=False):  # noqa: N802, N803
        self.errors.append(error)

    def pushConsoleInfo(self, info):  # noqa: N802
        self.lines.append(info)

    def setProgressText(self, text):  # noqa: N802
        self.steps.append(text)


@pytest.fixture(autouse=True)
def _errors_in_slots_fail_the_test(monkeypatch):
    """Without a hook of its own, PyQt ends Python where a slot raises."""
    errors = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: errors.append(error))
    yield
    assert errors == []


@pytest.fixture(autouse=True)
def _what_is_read_is_there_at_once(monkeypatch):
    """However busy the machine; tests of what shows while something is read set it to nothing."""
    monkeypatch.setattr(background, "PATIENCE_S", 20)


@pytest.fixture(scope="session")
def provider(qgis_app, qgis_processing, qgis_iface):
    if Qgis.QGIS_VERSION_INT >= 34000:
        view = QgsLayerTreeView()  # it takes no mock
        view.setModel(QgsLayerTreeModel(QgsProject.instance().layerTreeRoot(), view))
        qgis_iface.layerTreeView = lambda: view
    provider = CoLearnProvider()
    registry = QgsApplication.processingRegistry()
    assert registry.addProvider(provider)
    yield provider
    registry.removeProvider(provider)


@pytest.fixture
def algorithm(provider):
    """A fresh algorithm by its name."""
    kept = []  # definitions die with their algorithm, and Python does not know

    def create(name):
        kept.append(QgsApplication.processingRegistry().createAlgorithmById(f"colearn:{name}"))
        return kept[-1]

    return create


@pytest.fixture
def context(provider):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    yield context
    context.temporaryLayerStore().removeAllMapLayers()  # the context itself may live on until QGIS has left
    QgsProject.instance().clear()


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def build_job(algorithm, context):
    """The job an algorithm builds from parameters, after its own checks passed; layers are exported as by a run."""

    def build(name, parameters):
        chosen = algorithm(name)
        accepted, reason = chosen.checkParameterValues(parameters, context)
        assert accepted, reason
        values = ParameterValues(chosen, parameters, context)
        job = chosen.build_job(values)
        write_inputs(values.run_files, values.exports, job, None, QgsProcessingFeedback(False))
        return job

    return build


@pytest.fixture
def refusal(algorithm, context):
    """The sentence an algorithm refuses parameters with."""

    def refuse(name, parameters):
        accepted, reason = algorithm(name).checkParameterValues(parameters, context)
        assert not accepted
        return reason

    return refuse


@pytest.fixture
def fake_engine(monkeypatch, tmp_path_factory):
    """Make every algorithm start the fake engine with a scenario; what it trains is a model that can be read."""
    monkeypatch.setenv("FAKE_MODEL", write_model(tmp_path_factory.mktemp("trained") / "fake.colearn"))

    def use(scenario="succeed"):
        command = [sys.executable, str(FAKE_ENGINE), scenario]
        monkeypatch.setattr(environment, "engine_command", lambda _modules=(): command)

    return use


@pytest.fixture
def no_desktop(monkeypatch):
    """Processing's dialogs without QGIS's window: pytest-qgis's stand-in is not one that QGIS takes."""
    from processing.gui import ParametersPanel, Postprocessing

    monkeypatch.setattr(ParametersPanel, "iface", None)
    monkeypatch.setattr(Postprocessing, "iface", None, raising=False)  # 3.22 has none there


@pytest.fixture
def dialog(algorithm, no_desktop):
    """The dialog of an algorithm."""
    from processing.gui.AlgorithmDialog import AlgorithmDialog

    made = []

    def make(name):
        made.append(AlgorithmDialog(algorithm(name), False, None))
        return made[-1]

    yield make
    for each in made:
        if not sip.isdeleted(each):  # one that was closed deletes itself
            each.deleteLater()


@pytest.fixture
def wrapper(dialog):
    """The widget of a parameter in its algorithm's dialog."""
    return lambda name, parameter: dialog(name).mainWidget().wrappers[parameter]


@pytest.fixture
def settings(provider):
    """QGIS's settings, without CoLearn's afterwards."""
    yield QgsSettings()
    QgsSettings().remove("colearn")


@pytest.fixture
def raster_file(tmp_path):
    """A small GeoTIFF; returns its path."""

    def make(name="image.tif", bands=2, epsg=32633):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), 8, 6, bands, gdal.GDT_UInt16)
        dataset.SetGeoTransform((500000, PIXEL_M, 0, 5800000, 0, -PIXEL_M))
        if epsg:
            reference = osr.SpatialReference()
            reference.ImportFromEPSG(epsg)
            dataset.SetProjection(reference.ExportToWkt())
        for band in range(1, bands + 1):
            dataset.GetRasterBand(band).WriteRaster(0, 0, 2, 1, b"\x01\x00\x02\x00")
        dataset = None
        return str(path)

    return make


@pytest.fixture
def raster_layer(raster_file):
    """A small raster layer in the project."""

    def make(name="image.tif", **options):
        return _in_project(QgsRasterLayer(raster_file(name, **options), Path(name).stem))

    return make


@pytest.fixture
def memory_labels(provider):
    """A memory layer in the project: three polygons, fields fclass, level and site."""

    def make(geometry="Polygon"):
        uri = f"{geometry}?crs=EPSG:32633&field=fclass:string&field=level:int&field=site:string"
        layer = QgsVectorLayer(uri, "what grows", "memory")
        features = []
        for place, fclass in enumerate(("forest", "meadow", "forest")):
            feature = QgsFeature(layer.fields())
            box = QgsRectangle(500000 + 20 * place, 5799960, 500010 + 20 * place, 5799990)
            shape = QgsGeometry.fromRect(box)
            feature.setGeometry(shape if geometry == "Polygon" else shape.centroid())
            feature.setAttributes([fclass, place, f"site {place}"])
            features.append(feature)
        assert layer.dataProvider().addFeatures(features)[0]
        layer.updateExtents()
        return _in_project(layer)

    return make


@pytest.fixture
def file_labels(memory_labels, tmp_path):
    """The same labels in a GeoPackage with a second layer; returns the layer in the project."""

    def make(name="labels.gpkg", layer_name="training"):
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        path = tmp_path / name
        for each in ("other", layer_name):
            options.layerName = each
            error = QgsVectorFileWriter.writeAsVectorFormatV3(
                memory_labels(), str(path), QgsProject.instance().transformContext(), options
            )
            assert error[0] == QgsVectorFileWriter.WriterError.NoError, error
            options.actionOnExistingFile = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        return _in_project(QgsVectorLayer(f"{path}|layername={layer_name}", "from file"))

    return make


def _in_project(layer):
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def wait():
    """Let QGIS work until something holds: ``wait(holds, patience_s=60)``."""
    return work_until


@pytest.fixture
def trainings(provider, settings):
    """The trainings of a session, whose windows are closed at the end; the project is emptied."""
    from colearn.plugin.training.trainings import Trainings

    trainings = Trainings(None)
    yield trainings
    trainings.close_all()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QgsApplication.processEvents()
    QgsProject.instance().clear()
