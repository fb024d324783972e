"""Untrusted text in a model, a file's name or a class is shown as text, wherever QGIS shows it."""

from dataclasses import replace

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.contract.wire.events import Epoch, Level, Message, Progress
from colearn.engine.contract.wire.untrusted_text import shown_text, without_controls
from colearn.plugin.messages import sentence
from colearn.plugin.model_card import card_lines
from colearn.plugin.process.listener import FeedbackListener
from colearn.plugin.styles.layer_metadata import map_metadata
from colearn.plugin.styles.raster_styling import Kind, Style
from colearn.plugin.styles.vector_styling import PolygonStyle
from hypothesis import given
from hypothesis import strategies as st
from qgis.core import QgsExpression, QgsExpressionContext, QgsProcessingFeedback, QgsRasterLayer
from qgis.PyQt.QtCore import Qt

from .manifests import a_manifest

EVIL = '<img src="\\\\host\\share"><a href="http://x">[% env(\'HOME\') %]</a>\x1b[2J\u202e'


def is_harmless(text):
    return not Qt.mightBeRichText(text) and "[%" not in text and not set(text) & set("\x1b\u202e")


@pytest.fixture
def manifest():
    """A model in which everything that is a text is hostile."""
    plain = a_manifest()
    sensors = tuple(
        replace(each, name=f"{EVIL}{each.name}", score=replace(each.score, metric=EVIL)) for each in plain.sensors
    )
    classes = tuple(replace(each, name=EVIL) for each in plain.classes)
    return replace(plain, sensors=sensors, classes=classes, label_fields=(EVIL,), created=EVIL, method=EVIL)


@given(st.text())
def test_no_text_is_taken_for_markup_or_evaluated(text):
    shown = shown_text(f"{text}<b>{text}[%{text}")
    assert is_harmless(shown.replace("\x1b", ""))
    assert len(shown) <= 800
    shown.encode()


@pytest.mark.parametrize("text", ["Wald", "Érable à sucre", "ヒノキ", "a < b & c > d", "50 %", "[a]", "کشت‌زار", "1 <2"])
def test_names_as_people_give_them_stay_as_they_are(text):
    assert shown_text(text) == text


def test_an_expression_is_not_evaluated(qgis_app):
    evaluated = QgsExpression.replaceExpressionText("[% 1 + 1 %]", QgsExpressionContext())
    assert evaluated == "2"  # so it would be
    assert "2" not in QgsExpression.replaceExpressionText(shown_text("[% 1 + 1 %]"), QgsExpressionContext())


def test_errors_are_text_and_fit_on_a_screen():
    error = ModelError(ErrorCode.MODEL_DAMAGED, subject=EVIL, found=EVIL * 1000, expected=EVIL, remedy=EVIL)
    assert is_harmless(sentence(error))
    assert len(sentence(error)) < 3000
    assert sentence(error).endswith("[model_damaged]")


def test_cards_are(manifest):
    assert all(map(is_harmless, card_lines(manifest)))


def test_styles_are(manifest):
    renderer = Style(manifest, Kind.MAP).renderer()
    labels = [each.label for each in renderer.classes()]
    labels += [each.label() for each in PolygonStyle(manifest.classes).renderer().categories()]
    assert len(labels) == 4
    assert all(map(is_harmless, labels))


def test_layer_metadata_are(manifest):
    layer = QgsRasterLayer(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
    )
    map_metadata(f"/a/{EVIL}.colearn", manifest, manifest.sensors[0].name, EVIL, (EVIL,)).describe(layer)
    metadata = layer.metadata()
    assert all(map(is_harmless, [metadata.title(), metadata.abstract(), *metadata.history()]))
    assert metadata.title()


def test_what_the_engine_tells_is():
    texts = []

    class Feedback(QgsProcessingFeedback):
        def pushInfo(self, text):  # noqa: N802
            texts.append(text)

        pushWarning = pushDebugInfo = setProgressText = pushInfo  # noqa: N815

    listener = FeedbackListener(Feedback())
    for event in (
        Message(Level.WARNING, "a", EVIL),
        Message(Level.INFO, "a", EVIL),
        Progress(0.5, EVIL),
        Epoch(EVIL, 1, 2, 0.1, 0.2, 0.3),
    ):
        listener.on_event(event)
    listener.on_noise(EVIL)
    assert len(texts) == 5
    assert all(map(is_harmless, texts))


def test_a_terminal_obeys_nothing():
    assert without_controls("a\x1b]0;title\x07\x9b2J\rb\nc\td") == "a\ufffd]0;title\ufffd\ufffd2J\ufffdb\nc\td"
