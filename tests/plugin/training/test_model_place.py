"""Where the next model is proposed: beside the project, or where the user chose for this project."""

from pathlib import Path

from qgis.core import QgsProject


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
