"""Reading that fails as nobody has foreseen: a sentence where the layer stands, no endless wait, no traceback."""

import sys

import pytest
from colearn.plugin.layers.feature_export import FeatureExport
from colearn.plugin.process import background
from colearn.plugin.training.form.problems import Page, Problem
from colearn.plugin.training.layers import header_reader, header_reading, label_reading
from colearn.plugin.training.layers.form_layers import FormLayers
from colearn.plugin.training.pages.words import issue_sentence
from qgis.core import QgsApplication

from .verdicts import problems


@pytest.fixture(autouse=True)
def slowly(monkeypatch):
    """Nobody waits for a thread, and nothing reaches QGIS's handler of errors."""
    raised = []
    monkeypatch.setattr(background, "PATIENCE_S", 0)
    monkeypatch.setattr(sys, "excepthook", lambda *error: raised.append(error))
    yield
    QgsApplication.processEvents()
    assert raised == []


def failing(kind, *said, function=lambda *_given: (), where=""):
    """A function that raises a new exception each time: one that is kept keeps layers until after QGIS has left."""

    def fails(*given):
        if any(where in str(each) for each in given):
            raise kind(*said)
        return function(*given)

    return fails


def issue(window, problem):
    (found,) = [each for each in window.session.verdict().issues if each.problem is problem]
    return found


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (MemoryError, (), "MemoryError"),
        (TypeError, ("'NoneType' object is not iterable",), "TypeError: 'NoneType' object is not iterable"),
        (UnicodeDecodeError, ("utf-8", b"\xff", 0, 1, "invalid start byte"), "invalid start byte"),
    ],
)
def test_a_header_that_cannot_be_read_is_an_issue_of_its_row(window, raster_file, monkeypatch, wait, kind, said, words):
    for module in (header_reader, header_reading):
        monkeypatch.setattr(module, "facts_of", failing(kind, *said, function=header_reading.facts_of, where="radar"))
    window.session.add_files([raster_file("optical.tif"), raster_file("radar.tif")])
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical", "radar"]
    found = issue(window, Problem.HEADER_FAILED)
    assert (found.sensor, found.page) == (1, Page.SENSORS)
    sentence = issue_sentence(found)
    assert sentence.startswith("radar: cannot be read (") and words in sentence
    window.session.mend(found)
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical"]


def test_an_error_in_the_thread_alone_is_none(window, raster_file, monkeypatch, wait):
    """QGIS reads the header again, and that counts."""
    monkeypatch.setattr(header_reader, "facts_of", failing(OSError, "gone for a moment"))
    window.session.add_files([raster_file("optical.tif"), raster_file("radar.tif")])
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert Problem.HEADER_FAILED not in problems(window)


def test_an_error_in_qgiss_thread_ends_too(window, raster_layer, monkeypatch, wait):
    """It was raised at every turn of a timer."""
    layers = [raster_layer("optical.tif"), raster_layer("radar.tif")]
    header = FormLayers.header
    monkeypatch.setattr(
        FormLayers, "header", failing(ValueError, "no such thing", function=header, where=layers[0].id())
    )
    window.session.add_layers(layers)
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert issue_sentence(issue(window, Problem.HEADER_FAILED)).startswith("optical: cannot be read (ValueError: no")


def test_labels_that_cannot_be_read_are_an_issue_of_their_page(window, memory_labels, monkeypatch, wait):
    monkeypatch.setattr(label_reading, "_table", failing(SystemError, "provider"))
    window.session.add_layers([memory_labels()])
    wait(lambda: not window.session.reading.facts.is_being_read)
    found = issue(window, Problem.LABELS_FAILED)
    assert found.page is Page.LABELS
    assert issue_sentence(found).startswith("what grows: cannot be read (SystemError: provider). Export the layer")
    monkeypatch.undo()
    window.session.set_labels(memory_labels().id(), "others")
    wait(lambda: not window.session.reading.facts.is_being_read)
    assert Problem.LABELS_FAILED not in problems(window)


def test_a_label_layer_that_cannot_even_be_described_is_one_too(window, memory_labels, monkeypatch):
    monkeypatch.setattr(label_reading, "vector_colors", failing(RuntimeError, "renderer"))
    window.session.add_layers([memory_labels()])
    assert "(RuntimeError: renderer)" in issue_sentence(issue(window, Problem.LABELS_FAILED))


def test_a_job_that_cannot_be_saved_as_nobody_foresaw_is_a_message(filled, monkeypatch, wait, tmp_path):
    def write(_export, _feedback, path):
        with open(path, "wb") as file:
            file.write(b"half")
        raise KeyError("fclass")

    monkeypatch.setattr(FeatureExport, "write", write)
    wait(lambda: filled.session.form.labels.label_fields)
    filled.save_job(str(tmp_path / "jobs" / "job.json"))
    wait(filled.message_text)
    assert "KeyError: 'fclass'" in filled.message_text() and "[unforeseen]" in filled.message_text()
    assert not (tmp_path / "jobs").exists()
