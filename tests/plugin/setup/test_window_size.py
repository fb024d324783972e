"""The set-up window is as large as what it shows."""

from colearn.engine.contract.wire.errors import EngineError, ErrorCode
from colearn.plugin.process import environment, installation
from colearn.plugin.setup.window import SetUpWindow
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QLabel

from ..waiting import work_until


def no_python():
    raise EngineError(ErrorCode.DEPENDENCY_MISSING, found="none", expected="one", remedy="Install one.")


def test_every_paragraph_is_whole_when_the_log_opens(provider, settings, tmp_path, monkeypatch):
    """The window grows: the place where it is installed had half of its lines cut off."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "a long way" / "to the profile" / "engine")
    monkeypatch.setattr(installation, "find_base_python", no_python)
    window = SetUpWindow()
    window.show()
    work_until(lambda: "Checking" not in window.state_text())
    window.make()
    QgsApplication.processEvents()
    paragraphs = [label for label in window.findChildren(QLabel) if label.wordWrap() and label.isVisible()]
    assert len(paragraphs) > 2
    assert [label.text() for label in paragraphs if label.height() < label.heightForWidth(label.width())] == []
    work_until(lambda: window._runner is None)
    window.leave()
    window.deleteLater()
