"""A Python of the user's own is as good as one that the set-up installed."""

from types import SimpleNamespace

from colearn.plugin.process import environment
from colearn.plugin.setup.offer_bar import OfferBar
from colearn.plugin.setup.window import SetUpWindow
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QFileDialog

from ..waiting import work_until


def test_the_offer_is_withdrawn_once_a_python_is_chosen(provider, settings, tmp_path, monkeypatch):
    """The message bar kept offering a set-up that was done."""
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "profile" / "engine")
    monkeypatch.setattr(environment, "require_health", lambda _python, _modules: None)
    chosen = tmp_path / "python3"
    chosen.touch()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_asked: (str(chosen), ""))
    bar = QgsMessageBar()
    offer = OfferBar(SimpleNamespace(messageBar=lambda: bar), lambda: None)
    offer.offer()
    window = SetUpWindow()
    window.ready.connect(offer.withdraw)
    work_until(lambda: window.state_text() == "✗ Not set up yet.")
    assert len(bar.items()) == 1
    assert window._make_button.isDefault()
    window._choose_button.click()
    work_until(lambda: window.state_text().startswith("✓ Ready to train and map."))
    assert bar.items() == []
    assert not window._make_button.isDefault()  # Return would download what is there
    window.leave()
    window.deleteLater()
