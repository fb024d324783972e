"""An engine that does as the test says: ``fake_engine.py SCENARIO train --attached --events job.json``.

Scripted events on standard output, a crash, a hang: whatever the launcher must survive, without the real engine. With
``serve`` in place of ``train`` it stays, and does that with every job on its standard input.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

if sys.argv[2] == "serve":  # each job as an engine of its own would do it
    print(json.dumps({"event": "started", "journey": "serve", "version": "0.0-fake"}), flush=True)
    for line in sys.stdin:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as job_file:
            job_file.write(line)
            job_file.flush()
            alone = [sys.executable, __file__, sys.argv[1], "predict", job_file.name]
            if subprocess.run(alone, stdin=subprocess.DEVNULL, check=False).returncode not in (0, 1):
                sys.exit(7)
    sys.exit(0)

scenario, journey, *_options, job_path = sys.argv[1:]
job = json.loads(Path(job_path).read_text(encoding="utf-8"))
outputs = {key.upper(): value for key, value in job.items() if key.startswith("output") and value}
if job.get("split_only"):
    outputs = {"OUTPUT_SAMPLES": outputs["OUTPUT_SAMPLES"]}


def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def write_raster(path):
    from osgeo import gdal

    dataset = gdal.GetDriverByName("GTiff").Create(path, 4, 3, 2, gdal.GDT_Byte)
    dataset.SetGeoTransform((500000, 10, 0, 5800000, 0, -10))
    dataset.GetRasterBand(1).SetNoDataValue(255)


def write_polygons(path):
    from osgeo import gdal, ogr

    dataset = gdal.GetDriverByName("GPKG").Create(path, 0, 0, 0, gdal.GDT_Unknown)
    layer = dataset.CreateLayer("areas", None, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("code", ogr.OFTInteger))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetField(0, 7)
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON ((0 0, 1 0, 1 1, 0 0))"))
    layer.CreateFeature(feature)


def write_output(name, path):
    """A map; areas; a model that holds what the test's model holds, where it has one; else a line."""
    if path.endswith(".tif"):
        write_raster(path)
    elif path.endswith(".gpkg"):
        write_polygons(path)
    elif name == "OUTPUT_MODEL" and os.environ.get("FAKE_MODEL"):
        shutil.copy(os.environ["FAKE_MODEL"], path)
    else:
        Path(path).write_text(name, encoding="utf-8")


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(3)


def numbers():
    names = [sensor["name"] for sensor in job.get("sensors", ())]
    kinds = ["SCORE", "SCORE_ALONE", "SCORE_FOREST", "SCORE_NETWORK", "SCORE_SHIPPED"]
    kinds += [] if job.get("method") == "alone" else ["GAIN", "GAIN_OVER_NETWORK"]
    scores = {f"{kind}:{name}": 0.5 + place for place, name in enumerate(names) for kind in kinds}
    return (
        {**scores, "SCORE_FUSED": 0.9, "TEST_SAMPLES": 7.0, "UNKNOWN": float("nan")}
        if journey == "train"
        else {"ACCURACY": 0.75, "R2": float("nan")}
    )


def sensor():
    """The one a map was made from: as asked for, else as recognized."""
    return "" if journey == "train" else job.get("sensor") or "optical"


def make_temporary():
    for path in map(Path, outputs.values()):
        folder = path.parent / f".{path.stem}.colearn-{job['run_id']}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_bytes(b"half")


say("started", journey=journey, version="0.0-fake")
if scenario == "blocks":
    for stage in ("Mapping: block", "Assembling the map: block"):
        for block in range(1, 19):
            say("progress", fraction=block / 40, stage=f"{stage} {block} of 18")
    say("progress", fraction=0.9, stage="Training co-learned")
if scenario in {"succeed", "linger", "blocks"}:
    if scenario != "blocks":
        say("progress", fraction=0.5, stage="learning")
    say("message", level="warning", code="x", text="the log says so")
    if job.get("split_only"):
        say("message", level="info", code="split", text="3 samples to train, 1 to validate, 1 to test.")
    say("epoch", training="co-learned", epoch=1, epochs=2, train_loss=1.5, validation_loss=1.25, score=0.5)
    for name, path in outputs.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_output(name, path)
    say("finished", outputs=outputs, numbers=numbers(), sensor=sensor())
    if scenario == "linger":
        threading.Thread(target=end_with_input, daemon=True).start()
        time.sleep(60)
elif scenario == "unfinished":
    say("interim", predictor="average of 2 forests", sensor="optical", score=0.5, metric="balanced accuracy")
    asked = sys.stdin.readline()
    for name, path in outputs.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_output(name, path)
    say("finished", outputs=outputs, numbers={"ASKED": float(asked == "finish\n")})
elif scenario == "fail":
    say(
        "failed",
        kind="InputError",
        code="labels_empty",
        subject="fields",
        found="no features",
        expected="some",
        remedy="Draw some.",
        details="line one\nline two",
    )
    sys.exit(1)
elif scenario == "crash":
    make_temporary()
    print("Fatal Python error: the GPU has left the building", file=sys.stderr, flush=True)
    sys.exit(7)
elif scenario == "killed":
    make_temporary()
    os.kill(os.getpid(), signal.SIGKILL)
elif scenario == "garbage":
    print("A library says hello\n{not json\n{}\n\x00\xff", flush=True)
    say("finished", outputs={}, numbers={})
elif scenario == "silent":
    sys.exit(0)
elif scenario == "lie":
    say("finished", outputs=outputs, numbers={})
elif scenario == "polite":
    make_temporary()
    threading.Thread(target=end_with_input, daemon=True).start()
    time.sleep(60)
elif scenario in {"deaf", "epochs"}:
    make_temporary()
    for epoch in range(1, int(os.environ.get("FAKE_EPOCHS", "0")) + 1):
        say("epoch", training="co-learned", epoch=epoch, epochs=9, train_loss=1.5, validation_loss=1.25, score=0.5)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        say("progress", fraction=0.1, stage="deaf")
        time.sleep(0.01)
elif scenario == "environment":
    say("message", level="info", code="x", text=json.dumps(dict(os.environ)))
    say("message", level="info", code="x", text=os.getcwd())
    say("finished", outputs={}, numbers={})
