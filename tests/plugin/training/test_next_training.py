"""What the window expects of the next training: its time, by that of the last one, and where its model is written."""

from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract import Effort, Level, Message
from colearn.plugin.training.form.effort import with_effort
from qgis.core import QgsProject, QgsSettings


@pytest.fixture
def long(filled):
    """A training that is expected to take long; the engine of the tests ends it in a moment."""
    give(filled, filled.session.form.settings.having(epochs=100_000))
    return filled


def give(window, settings):
    window.session.edit(replace(window.session.form, settings=settings))


def minutes(window):
    return window.session.verdict().minutes


def train(window, wait):
    window.train()
    wait(lambda: not window.session.is_running())


def test_time_of_the_next_training_is_estimated_from_the_last(long, fake_engine, wait):
    fake_engine("succeed")
    before = minutes(long)
    assert "about" in long.foot.verdict_label.text()
    train(long, wait)
    assert 0 < minutes(long) < before / 2


def test_trainings_of_forests_alone_have_a_speed_of_their_own(long, fake_engine, wait):
    """A graphics card speeds up networks, and forests not at all."""
    fake_engine("succeed")
    train(long, wait)
    networks = minutes(long)
    for name, slowness in (("forests", 7.0), ("networks", 3.0)):
        QgsSettings().setValue(f"colearn/training_slowness_{name}", slowness)
    slow = minutes(long)
    assert slow > networks
    give(long, with_effort(long.session.form.settings, Effort.QUICK))
    quick = minutes(long)
    QgsSettings().remove("colearn/training_slowness_forests")
    assert minutes(long) < quick  # that of networks is better than nothing


def test_a_training_with_a_time_limit_does_not_tell_how_fast_the_computer_is(long, fake_engine, wait):
    """The engine leaves networks out of it, so that the next one, without limit, would be promised far too early."""
    fake_engine("succeed")
    before, settings = minutes(long), long.session.form.settings
    give(long, settings.having(time_budget_min=5.0))
    assert minutes(long) == 5.0
    train(long, wait)
    give(long, settings)
    assert minutes(long) == before


def test_neither_does_one_that_was_ended_early(long, fake_engine, wait):
    fake_engine("unfinished")
    before = minutes(long)
    long.train()
    wait(lambda: not long.run_page.finish_button.isHidden())
    long.run_page.finish_button.click()
    wait(lambda: not long.session.is_running())
    assert minutes(long) == before


def test_nor_one_that_went_on_from_a_checkpoint(long, fake_engine, wait):
    fake_engine("succeed")
    before = minutes(long)
    long.train()
    long.session.training._on_event(Message(Level.INFO, "resumed", "Resuming an interrupted training."))
    wait(lambda: not long.session.is_running())
    assert minutes(long) == before


def test_nor_one_that_is_hardly_longer_than_its_start(filled, fake_engine, wait):
    fake_engine("succeed")
    give(filled, with_effort(filled.session.form.settings, Effort.QUICK))
    before = minutes(filled)
    train(filled, wait)
    assert minutes(filled) == before


def test_the_folder_of_a_model_is_remembered_only_if_it_was_chosen(filled, trainings, fake_engine, wait, tmp_path):
    """“Train again with more” made the default of one project the choice of the next."""
    fake_engine("succeed")
    project, session = QgsProject.instance(), filled.session
    session.set_model("")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        assert project.write(str(tmp_path / folder / "p.qgz"))
        assert Path(session.form.output_model).parent == tmp_path / folder / "models"  # the default follows
        filled.train()
        wait(lambda: not session.is_running())
        session.with_more_effort()
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    session.set_model(str(chosen / "land.colearn"))
    filled.train()
    wait(lambda: not session.is_running())
    session.set_model("")
    assert Path(session.form.output_model).parent == chosen


def test_the_folder_that_a_job_names_is_not_the_choice_of_the_project(window, fake_engine, wait, filled, tmp_path):
    fake_engine("succeed")
    session = filled.session
    assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
    filled.save_job(str(tmp_path / "job.json"))
    session.set_model("")
    filled.open_job(str(tmp_path / "job.json"))
    wait(lambda: session.verdict().is_ready and Path(session.form.output_model).name == "land.colearn")
    filled.train()
    wait(lambda: not session.is_running())
    session.set_model("")
    assert Path(session.form.output_model).parent == tmp_path / "models"
