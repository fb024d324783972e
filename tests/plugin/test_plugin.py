"""The plugin as QGIS and its repository see it."""

import ast
import configparser
import re
from pathlib import Path
from types import SimpleNamespace

import colearn
import pytest
from colearn.engine.contract import ENGINE_VERSION
from colearn.engine.contract.version import version_in
from colearn.engine.contract.wire.errors import EngineError, ErrorCode
from colearn.plugin.algorithms.toolbox_entry import ICON
from colearn.plugin.gui.window_button import openers
from colearn.plugin.messages import headline, sentence
from colearn.plugin.process.environment import needed_python
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtGui import QIcon

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "plugin").rglob("*.py"))


@pytest.fixture(scope="module")
def metadata():
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


def test_metadata_has_what_the_repository_demands(metadata):
    for key in (
        "name",
        "description",
        "about",
        "version",
        "qgisMinimumVersion",
        "author",
        "email",
        "tracker",
        "repository",
    ):
        assert metadata[key].strip(), key
    assert metadata["hasProcessingProvider"] == "yes"
    assert "PyTorch" in metadata["about"]
    assert f"Python {needed_python()} or newer" in metadata["about"]


def test_version_stands_in_one_place(metadata, tmp_path):
    assert metadata["version"] == ENGINE_VERSION
    (tmp_path / "metadata.txt").write_text("[general]\nversion=7.8.9\nabout=100 % real\n", encoding="utf-8")
    assert version_in(tmp_path / "metadata.txt") == "7.8.9"
    assert version_in(tmp_path / "not there") == "unknown"


def test_every_qgis_from_3_22_on_offers_the_plugin(metadata):
    assert (metadata["qgisMinimumVersion"], metadata["qgisMaximumVersion"]) == ("3.22", "4.99")
    assert "supportsQt6" not in metadata  # no QGIS reads it any more


def test_files_the_metadata_names_are_there(metadata):
    assert (ROOT / metadata["icon"]).is_file()
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_icon_can_be_drawn(qgis_app):
    assert not QIcon(ICON).pixmap(24, 24).isNull()


class Registry:
    """The part of QGIS's registry a plugin talks to."""

    def __init__(self):
        self.providers = []

    def addProvider(self, provider):  # noqa: N802
        self.providers.append(provider)

    def removeProvider(self, provider):  # noqa: N802
        self.providers.remove(provider)

    def providerById(self, name):  # noqa: N802
        return next((provider for provider in self.providers if provider.id() == name), None)


@pytest.fixture
def registry(qgis_app, monkeypatch):
    registry = Registry()
    monkeypatch.setattr(QgsApplication, "processingRegistry", lambda: registry)
    return registry


def test_plugin_adds_and_removes_its_provider_without_a_desktop(registry):
    plugin = colearn.classFactory(None)
    plugin.initProcessing()
    assert [provider.id() for provider in registry.providers] == ["colearn"]
    plugin.unload()
    assert registry.providers == []


def test_plugin_adds_and_removes_its_menu_in_the_desktop(registry, qgis_iface, monkeypatch):
    added, removed = [], []
    monkeypatch.setattr(qgis_iface, "addPluginToMenu", lambda _menu, action: added.append(action), raising=False)
    monkeypatch.setattr(qgis_iface, "removePluginMenu", lambda _menu, action: removed.append(action), raising=False)
    plugin = colearn.classFactory(qgis_iface)
    plugin.initGui()
    assert [action.text() for action in added] == ["Train a model…", "Map from a layer…", "Trainings", "Set up…"]
    plugin.unload()
    assert removed == added
    assert registry.providers == []


@pytest.fixture
def started(registry, qgis_iface, monkeypatch):
    """The plugin in a desktop that takes its menu."""
    monkeypatch.setattr(qgis_iface, "addPluginToMenu", lambda _menu, _action: None, raising=False)
    monkeypatch.setattr(qgis_iface, "removePluginMenu", lambda _menu, _action: None, raising=False)
    plugin = colearn.classFactory(qgis_iface)
    plugin.initGui()
    yield plugin
    plugin.unload()


def test_the_menu_of_trainings_imports_nothing_as_long_as_there_are_none(started):
    menu = started._trainings_menu
    for _time in range(2):
        menu.aboutToShow.emit()
        assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [("none yet", False)]
    assert started._trainings is None


def test_the_toolbox_opens_the_training_window_once_its_modules_are_imported(started, monkeypatch):
    opened, waiting = [], []
    monkeypatch.setattr(started._imports, "start", waiting.append)
    monkeypatch.setattr(started, "trainings", lambda: SimpleNamespace(open_with=opened.append))
    openers[-1]({"EPOCHS": 7})
    assert opened == []
    waiting[0]()
    assert opened == [{"EPOCHS": 7}]
    started.unload()
    assert openers == []


def test_the_dock_opens_once_its_modules_are_imported_with_the_layers_still_there(started, monkeypatch, raster_layer):
    layers = [raster_layer("optical.tif"), raster_layer("radar.tif")]
    shown, waiting = [], []
    monkeypatch.setattr(started._mapping._imports, "start", waiting.append)
    dock = SimpleNamespace(open_layers=lambda *given: shown.append(given))
    monkeypatch.setattr(started._mapping, "dock", lambda: dock)
    started._mapping.open_layers(layers, "m.colearn", "optical")
    QgsProject.instance().removeMapLayer(layers[1].id())
    assert shown == []
    waiting[0]()
    assert shown == [([layers[0]], "m.colearn", "optical")]
    QgsProject.instance().clear()


def test_every_error_has_words(qgis_app):
    for code in ErrorCode:
        assert headline(code)


def test_sentence_tells_everything(qgis_app):
    error = EngineError(ErrorCode.ENGINE_DIED, subject="s", found="f.", expected="e", remedy="Do r.")
    assert sentence(error) == (
        "The engine ended unexpectedly: s.\nFound: f.\nExpected: e.\nWhat to do: Do r.\n[engine_died]"
    )


# Rules for Qt 6 and QGIS 4 (design/qgis.md) --------------------------


@pytest.mark.parametrize(
    "forbidden", [r"\.exec_\(", r"QVariant\.(Int|String|Double)\b", "QRegExp", "PyQt5", "PyQt6", "PyQt4"]
)
def test_sources_read_right_on_qt_6(forbidden):
    assert [str(source) for source in SOURCES if re.search(forbidden, source.read_text(encoding="utf-8"))] == []


def prints(source):
    calls = [node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)


def test_sources_never_print():
    """One stray line on standard output corrupts the JSON of qgis_process."""
    assert len(SOURCES) > 100
    assert [str(source) for source in SOURCES if prints(source)] == []


@pytest.mark.parametrize("name", ["train", "predict", "evaluate", "inspectmodel", "editclasses", "exportsensor"])
def test_every_algorithm_has_its_help_page(name):
    page = (ROOT / "resources" / "help" / f"{name}.html").read_text(encoding="utf-8")
    assert f"colearn:{name}" in page
