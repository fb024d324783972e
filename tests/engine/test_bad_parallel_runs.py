"""Two runs at once that write the same outputs."""

import os
from concurrent.futures import ThreadPoolExecutor

from colearn.engine.contract.wire.errors import ErrorCode, OutputError
from colearn.engine.outputs.output_set import OutputSet

from journeys import predict_job, read, run_predict
from refusals import refused, says


class TestTwoRuns:
    def test_an_output_that_another_run_is_writing(self, world, small_model, outputs) -> None:
        (outputs / "map.tif").write_bytes(b"the map of last year")
        with OutputSet("another") as other:
            other.stage(outputs / "map.tif").write_bytes(b"half a map")
            error = refused(
                run_predict, predict_job(small_model, world.camera, outputs / "map.tif"), ErrorCode.OUTPUT_BUSY, outputs
            )
        says(error, "map.tif", "another run", f"process {os.getpid()}", "Wait until it has finished")

    def test_the_map_of_one_of_them_is_whole(self, world, small_model, outputs) -> None:
        """Camera and radar, again and again to the same file: who comes too late is refused, sidecars never mix."""

        def run(raster) -> list[ErrorCode]:
            refusals = []
            for _ in range(4):
                try:
                    run_predict(predict_job(small_model, raster, outputs / "map.tif", block_px=32, threads=1))
                except OutputError as error:
                    refusals.append(error.code)
            return refusals

        with ThreadPoolExecutor(2) as pool:
            refusals = [pool.submit(run, raster) for raster in (world.camera, world.radar)]
            assert {code for each in refusals for code in each.result()} <= {ErrorCode.OUTPUT_BUSY}
        assert read(outputs / "map.tif").shape in {(1, 120, 120), (1, 60, 60)}
        assert {path.name for path in outputs.iterdir()} <= {"map.tif", "map.tif.aux.xml"}
