"""The steps that make the private environment. Nothing is downloaded here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import EngineError, ErrorCode, OutputError
from colearn.plugin.process import environment, installation
from colearn.plugin.process.installation import BasePython
from colearn.plugin.process.offers import MAPPING_PACKAGES, Purpose
from qgis.core import QgsSettings

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
