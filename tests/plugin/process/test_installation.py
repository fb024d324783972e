"""The steps that make the private environment, and what runs them. Nothing is downloaded here."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import EngineError, ErrorCode, OutputError
from colearn.plugin.process import environment, installation
from colearn.plugin.process.installation import BasePython, RunningPython, Step, candidates
from colearn.plugin.process.offers import MAPPING_PACKAGES, Purpose
from colearn.plugin.setup.step_runner import StepRunner
from qgis.core import QgsApplication, QgsSettings

BASE = BasePython(Path("/usr/bin/python3"), (3, 11), "1.24.2")


@pytest.fixture
def proxy_settings(provider):
    settings = QgsSettings()
    yield settings
    settings.remove("proxy")


def lock_files(step):
    """Names of the locks that a step installs, all of what they name and nothing else."""
    at = step.command.index("--require-hashes")
    options, files = step.command[at + 1 :: 2], step.command[at + 2 :: 2]
    assert set(options) == {"-r"}
    assert all(Path(file).is_file() for file in files)
    return [Path(file).name for file in files]


def test_environment_sees_qgis_packages_and_keeps_its_numpy(tmp_path):
    make, _index, pip, torch, install = installation.installation_steps(BASE, tmp_path / "engine", system="linux")
    isolated = ("-I", "-X", "utf8", "-m")
    assert make.command[:6] == ("/usr/bin/python3", *isolated, "venv")
    assert make.command[6:] == ("--clear", "--system-site-packages", str(tmp_path / "engine"))
    for step in (pip, torch, install):
        assert step.command[:7] == (
            str(environment.interpreter_in(tmp_path / "engine")),
            *isolated,
            "pip",
            "install",
        )
        assert "--no-deps" in step.command  # whatever a package wants: numpy stays what GDAL was built with
        assert "--no-index" not in step.command
    assert lock_files(pip) == ["pip.txt"]


def pinned(name):
    lines = installation.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{name}=="))


def test_whoever_wants_the_cpu_gets_pytorch_without_cuda(tmp_path):
    """On Linux PyPI has only the build with CUDA, ten times as large."""
    *_, torch, install = installation.installation_steps(BASE, tmp_path, Purpose.TRAIN_CPU, system="linux")
    at = torch.command.index("--index-url")
    assert torch.command[at + 1 :] == ("https://download.pytorch.org/whl/cpu", f"{pinned('torch')}+cpu")
    assert torch.title.endswith("(no checksum)")  # nobody is left in the belief that it has one
    assert lock_files(install) == ["map.txt", "train.txt"]
    for purpose, system in (
        (Purpose.TRAIN_CUDA, "linux"),
        (Purpose.TRAIN_CPU, "win32"),
        (Purpose.TRAIN_CPU, "darwin"),
    ):
        steps = installation.installation_steps(BASE, tmp_path, purpose, system=system)
        assert not any("--index-url" in step.command for step in steps)
        assert lock_files(steps[-1]) == ["map.txt", "train.txt", "torch.txt"]


def test_whoever_only_maps_gets_no_pytorch(tmp_path):
    steps = installation.installation_steps(BASE, tmp_path, Purpose.MAP, system="linux")
    assert not any("torch" in part for step in steps for part in step.command)
    assert lock_files(steps[-1]) == ["map.txt"]


def test_what_only_maps_has_all_that_mapping_and_evaluation_need():
    """Modules of the probes, by their packages; GDAL and numpy are QGIS's."""
    needed = {name.split(".")[0] for name in environment.EVALUATE_MODULES} - {"numpy", "osgeo"}
    assert {{"sklearn": "scikit-learn"}.get(name, name) for name in needed} == set(MAPPING_PACKAGES)


@pytest.mark.parametrize(
    ("journey", "modules"), [("predict", environment.PREDICT_MODULES), ("evaluate", environment.EVALUATE_MODULES)]
)
def test_a_journey_imports_no_module_that_its_probe_does_not_ask_for(journey, modules):
    """Else a set-up for maps only is called ready, and evaluation fails in the middle."""
    code = (
        "import importlib.util, sys; root = sys.argv[1]; "
        "spec = importlib.util.spec_from_file_location('colearn', root + '/__init__.py', "
        "submodule_search_locations=[root]); package = importlib.util.module_from_spec(spec); "
        "sys.modules['colearn'] = package; spec.loader.exec_module(package); "
        f"import colearn.engine.{journey}; print(*sorted(set(name.split('.')[0] for name in sys.modules)))"
    )
    root = str(environment.ROOT)
    done = subprocess.run([sys.executable, "-c", code, root], capture_output=True, text=True, check=True)
    asked = {name.split(".")[0] for name in modules}
    packages = {"torch", "sklearn", "onnx", "onnxruntime", "matplotlib", "jinja2", "tqdm", "dask"}
    assert set(done.stdout.split()) & packages <= asked


def test_folder_of_wheels_needs_no_network(tmp_path):
    def steps_of(purpose, system):
        return installation.installation_steps(BASE, tmp_path, purpose, Path("/media/wheels"), system)[1:]

    (install,) = steps_of(Purpose.TRAIN_CPU, "win32")
    assert lock_files(install) == ["map.txt", "train.txt", "torch.txt"]
    torch, others = steps_of(Purpose.TRAIN_CPU, "linux")
    assert torch.command[-1] == pinned("torch")
    assert lock_files(others) == ["map.txt", "train.txt"]
    for step in (install, torch, others):
        at = step.command.index("--no-index")
        assert step.command[at : at + 3] == ("--no-index", "--find-links", "/media/wheels")


def test_proxy_of_qgis_is_used_and_kept_off_the_command_line(proxy_settings):
    assert "HTTPS_PROXY" not in installation.installation_environment() or not installation.proxy_of(proxy_settings)
    for key, value in {
        "proxyEnabled": True,
        "proxyType": "HttpProxy",
        "proxyHost": "proxy.example.org",
        "proxyPort": "8080",
        "proxyUser": "ann@home",
        "proxyPassword": "p:w",
    }.items():
        proxy_settings.setValue(f"proxy/{key}", value)
    address = "http://ann%40home:p%3Aw@proxy.example.org:8080"
    assert installation.installation_environment()["HTTPS_PROXY"] == address
    proxy_settings.setValue("proxy/proxyType", "Socks5Proxy")
    assert installation.proxy_of(proxy_settings).startswith("socks5://")
    proxy_settings.setValue("proxy/proxyEnabled", False)
    assert installation.proxy_of(proxy_settings) == ""


def test_base_python_is_a_real_interpreter_of_qgis_version_with_its_numpy():
    base = installation.find_base_python()
    assert base.version == sys.version_info[:2]
    assert base.numpy_version == __import__("numpy").__version__


def touched(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def running(executable, prefix, *, version=(3, 12), windows=False):
    return RunningPython(executable, prefix, prefix, version, windows)


def test_python_is_found_in_osgeo4w(tmp_path):
    """C:\\OSGeo4W: qgis-bin.exe and a python3.exe of its own in bin, Python in apps."""
    root = touched(
        tmp_path / "OSGeo4W", "bin/qgis-bin.exe", "bin/python3.exe", "apps/Python312/python.exe", "apps/qgis/x.dll"
    )
    found = list(candidates(running(root / "bin/qgis-bin.exe", root / "apps/Python312", windows=True)))
    assert found == [root / "apps/Python312/python.exe", root / "bin/python3.exe"]


def test_python_is_found_in_the_standalone_installation_of_windows(tmp_path):
    """C:\\Program Files\\QGIS 3.40.4: qgis-ltr-bin.exe in bin; its prefix may be written in another way."""
    root = touched(
        tmp_path / "QGIS 3.40.4", "bin/qgis-ltr-bin.exe", "apps/Python312/python.exe", "apps/Python312/python3.exe"
    )
    found = list(candidates(running(root / "bin/qgis-ltr-bin.exe", tmp_path / "gone", windows=True)))
    assert found == [root / "apps/Python312/python.exe", root / "apps/Python312/python3.exe"]


def test_python_is_found_in_the_application_of_macos(tmp_path):
    """QGIS.app: the executable is Contents/MacOS/QGIS, its Python Contents/MacOS/bin/python3.x."""
    contents = touched(tmp_path / "QGIS.app/Contents", "MacOS/QGIS", "MacOS/bin/python3.12", "MacOS/bin/python3")
    found = list(candidates(running(contents / "MacOS/QGIS", contents / "Frameworks")))
    assert found == [contents / "MacOS/bin/python3.12", contents / "MacOS/bin/python3"]
    touched(contents, "Frameworks/bin/python3.12")
    assert (
        list(candidates(running(contents / "MacOS/QGIS", tmp_path / "x")))[-1] == contents / "Frameworks/bin/python3.12"
    )


def test_python_is_found_on_linux(tmp_path):
    """The embedded Python calls itself /usr/bin/python3; a QGIS that does not is never taken for one."""
    root = touched(tmp_path / "usr", "bin/python3", "bin/python3.11", "bin/qgis")
    found = list(candidates(running(root / "bin/python3", root, version=(3, 11))))
    assert found == [root / "bin/python3", root / "bin/python3.11"]
    assert list(candidates(running(root / "bin/qgis", tmp_path / "x"))) == []


def test_no_usable_python_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "candidates", lambda: iter([tmp_path / "python3"]))
    with pytest.raises(EngineError, match="python3") as caught:
        installation.find_base_python()
    for words in ("Python 3.11 or later", "COLEARN_ENGINE_PYTHON", "Use another Python…"):
        assert words in caught.value.remedy


def test_a_python_that_no_package_is_made_for_is_refused(monkeypatch):
    version = sys.version_info[:2]
    monkeypatch.setattr(installation, "NEWEST_PYTHON", (version[0], version[1] - 1))
    with pytest.raises(EngineError) as caught:
        installation.find_base_python()
    assert caught.value.found == f"Python {version[0]}.{version[1]}"
    assert caught.value.expected.startswith(f"Python 3.11 to {version[0]}.{version[1] - 1}, ")


def test_a_profile_that_cannot_be_written_is_reported_before_anything_runs(tmp_path):
    (tmp_path / "profile").write_text("a file, where a folder is wanted", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        installation.require_writable(tmp_path / "profile" / "colearn" / "engine")
    assert caught.value.code is ErrorCode.OUTPUT_UNWRITABLE
    assert str(tmp_path / "profile" / "colearn") in caught.value.found
    installation.require_writable(tmp_path / "new" / "colearn" / "engine")
    assert list((tmp_path / "new" / "colearn").iterdir()) == []


def test_macs_that_no_package_is_made_for_are_refused():
    installation._require_known_platform("darwin", "arm64")
    installation._require_known_platform("linux", "x86_64")
    with pytest.raises(EngineError, match="Intel") as caught:
        installation._require_known_platform("darwin", "x86_64")
    assert caught.value.code is ErrorCode.DEPENDENCY_MISSING


def test_only_wheels_are_installed_and_the_index_is_shown_without_its_password(tmp_path):
    import subprocess

    for wheels in (None, tmp_path):
        steps = installation.installation_steps(BASE, tmp_path / "engine", wheels=wheels, system="linux")
        installing = [step.command for step in steps if "install" in step.command]
        assert installing
        for command in installing:
            at = command.index("--only-binary")
            assert command[at + 1] == ":all:"
    question = installation._INDEX_QUESTION
    shown = {"PIP_INDEX_URL": "https://me:secret@example.org/simple", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "-I", "-c", question],
        env={**os.environ, **shown},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "example.org/simple" in done.stdout
    assert "secret" not in done.stdout


# Running the steps ---------------------------------------------------


def say(text, exit_code=0):
    code = f"import sys; print({text!r}); sys.exit({exit_code})"
    return Step(text, (sys.executable, "-c", code))


class Outcome:
    def __init__(self, runner):
        self.lines = []
        self.ends = []
        runner.line.connect(self.lines.append)
        runner.finished.connect(lambda succeeded, message: self.ends.append((succeeded, message)))

    def wait(self):
        deadline = time.monotonic() + 20
        while not self.ends and time.monotonic() < deadline:
            QgsApplication.processEvents()
            time.sleep(0.01)
        return self


def run_steps(*steps):
    runner = StepRunner(steps, installation.installation_environment())
    outcome = Outcome(runner)
    runner.start()
    return runner, outcome


def test_steps_run_in_order_and_show_their_output(provider):
    _runner, outcome = run_steps(say("one"), say("zwei ü"))
    assert outcome.wait().ends == [(True, "Done.")]
    assert outcome.lines == ["▶ one", "one", "▶ zwei ü", "zwei ü"]


def test_failed_step_ends_it(provider):
    _runner, outcome = run_steps(say("one", 3), say("never"))
    assert not outcome.wait().ends[0][0]
    assert "exit code 3" in outcome.ends[0][1]
    assert "never" not in outcome.lines


def test_step_that_does_not_start_ends_it(provider):
    _runner, outcome = run_steps(Step("gone", ("/nowhere/python",)))
    assert [succeeded for succeeded, _message in outcome.wait().ends] == [False]


def test_cancel_ends_the_running_step(provider):
    sleep = Step("sleep", (sys.executable, "-c", "import time; print('asleep', flush=True); time.sleep(60)"))
    runner, outcome = run_steps(sleep, say("never"))
    deadline = time.monotonic() + 20
    while "asleep" not in outcome.lines and time.monotonic() < deadline:
        QgsApplication.processEvents()
    cancelled_at = time.monotonic()
    runner.cancel()
    assert outcome.wait().ends == [(False, "Cancelled.")]
    assert time.monotonic() - cancelled_at < 1
