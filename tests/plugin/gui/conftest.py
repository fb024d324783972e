"""Forms as QGIS opens them."""

import pytest


@pytest.fixture
def form(dialog, settings):
    """The fields of an algorithm's form, by parameter."""
    return lambda name: dialog(name).mainWidget().wrappers
