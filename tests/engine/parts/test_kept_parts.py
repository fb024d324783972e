"""Who may remove parts: nobody but the run that has finished their map."""

from __future__ import annotations

from pathlib import Path

from colearn.engine.contract.job.job import PredictJob
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.outputs.stale_outputs import clear_place, temporary_folder
from colearn.plugin.process.launcher import remove_temporary
from colearn.plugin.process.run_files import RunFiles


def test_neither_the_plugin_nor_a_new_run_removes_kept_parts(outputs) -> None:
    output = outputs / "map.tif"
    parts = outputs / ".map.colearn-parts-0123456789abcdef"
    (parts / "inner").mkdir(parents=True)
    run_files = RunFiles()
    Path(run_files.stage(str(outputs / "layer.gpkg"))).touch()
    run_files.put_in_place()
    run_files.will_need_folder_of(str(output))
    for run_id in ("0123456789ab", "a", "0123456789abcdef"):
        remove_temporary(PredictJob("model", (RasterSource("scene.tif"),), str(output), run_id=run_id))
        clear_place(output, temporary_folder(output, run_id))
    run_files.remove()
    assert (parts / "inner").is_dir()
    assert not (outputs / "layer.gpkg").exists()
