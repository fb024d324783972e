"""The message bar: offered once where there is no engine, withdrawn when there is one."""

import pytest
from colearn.plugin.process import environment
from colearn.plugin.setup.offer_bar import OfferBar
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QPushButton


class Desktop:
    """As much of QGIS's window as the bar needs."""

    def __init__(self):
        self.bar = QgsMessageBar()

    def messageBar(self):  # noqa: N802
        return self.bar


@pytest.fixture
def desktop(qgis_app, settings, tmp_path, monkeypatch):
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "engine")
    return Desktop()


def test_it_is_offered_with_sizes_and_a_button_once(desktop):
    pressed = []
    offer = OfferBar(desktop, lambda: pressed.append(True))
    offer.offer()
    offer.offer()
    (item,) = desktop.bar.items()
    assert item.text() == "One-time set-up needed (up to 310 MB)."
    next(each for each in item.findChildren(QPushButton) if each.text() == "Set up…").click()
    assert pressed == [True]
    offer.withdraw()
    assert desktop.bar.items() == []


def test_nothing_of_it_is_left_in_the_bar_that_outlives_it(desktop):
    """Items are deleted later, perhaps after the plugin: a slot of its own called then ended the process."""
    before = desktop.bar.receivers(desktop.bar.widgetRemoved)
    offer = OfferBar(desktop, lambda: None)
    offer.offer()
    (item,) = desktop.bar.items()
    plain = desktop.bar.pushWidget(desktop.bar.createMessage("another's"))  # what QGIS itself listens to
    assert item.receivers(item.destroyed) == plain.receivers(plain.destroyed)
    offer.withdraw()
    assert desktop.bar.receivers(desktop.bar.widgetRemoved) == before


def test_what_was_closed_is_offered_again_when_it_is_needed(desktop, qgis_app):
    offer = OfferBar(desktop, lambda: None)
    offer.offer()
    desktop.bar.popWidget(desktop.bar.items()[0])
    qgis_app.processEvents()
    qgis_app.sendPostedEvents(None, 52)  # deferred deletion
    offer.offer()
    assert len(desktop.bar.items()) == 1


def test_nothing_is_offered_where_an_engine_is_named(desktop, monkeypatch):
    monkeypatch.setenv(environment.VARIABLE, "/some/python")
    OfferBar(desktop, lambda: None).offer()
    assert desktop.bar.items() == []


def test_an_algorithm_that_lacks_its_engine_offers_the_set_up(desktop, algorithm, monkeypatch):
    """QGIS's own message has only a button to close it."""
    offer = OfferBar(desktop, lambda: None)
    monkeypatch.setattr(environment, "on_missing", [offer.offer])
    ready, reason = algorithm("train").canExecute()
    assert not ready and "message bar" in reason
    assert len(desktop.bar.items()) == 1
