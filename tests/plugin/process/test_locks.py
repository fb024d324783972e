"""Locks name every package of the set-up with the checksums of its wheels, and pip installs nothing else."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from colearn.plugin.process import installation
from colearn.plugin.process.installation import BasePython
from colearn.plugin.process.offers import MAPPING_PACKAGES, PIP, Purpose, locks, pins
from packaging.markers import Marker
from packaging.requirements import Requirement

LOCKS = installation.LOCKS
SYSTEMS = {"linux": ("Linux", "x86_64"), "linux arm": ("Linux", "aarch64"), "win32": ("Windows", "AMD64")}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
REQUIREMENTS = pins(installation.REQUIREMENTS.read_text(encoding="utf-8"))


def requirements_in(name):
    """Every requirement of a lock with its hashes."""
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement, *hashes = line.split("--hash=")
            found.append((Requirement(requirement.strip()), [each.strip() for each in hashes]))
    return found


def test_every_line_is_one_version_with_hashes_and_no_address():
    for path in LOCKS.iterdir():
        assert "://" not in path.read_text(encoding="utf-8")
        for requirement, hashes in requirements_in(path.stem):
            assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
            assert hashes and all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), requirement


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("system", [*SYSTEMS, "darwin"])
def test_each_requirement_is_in_its_lock_once(purpose, system, python):
    """`make lock` was run since engine-requirements.txt was changed."""
    name, machine = SYSTEMS.get(system, ("Darwin", "arm64"))
    platform = system.split()[0]
    there = {"sys_platform": platform, "platform_system": name, "platform_machine": machine}
    there |= {"python_version": python, "python_full_version": f"{python}.4"}
    named = [each for lock in locks(purpose, platform) for each, _hashes in requirements_in(lock)]
    named = [each for each in named if each.marker is None or Marker(str(each.marker)).evaluate(there)]
    versions = {each.name: str(each.specifier)[2:] for each in named}
    assert len(versions) == len(named)
    wanted = {key for key in REQUIREMENTS if purpose is not Purpose.MAP or key in MAPPING_PACKAGES}
    if purpose is Purpose.TRAIN_CPU and platform == "linux":
        wanted -= {"torch"}
    assert wanted <= versions.keys()
    for key in wanted:
        assert Requirement(REQUIREMENTS[key]).specifier.contains(versions[key]), key
    assert "numpy" not in versions
    has_cuda = purpose is Purpose.TRAIN_CUDA and platform == "linux"
    assert any(each.startswith("nvidia-") for each in versions) == has_cuda


def test_pip_is_one_that_says_how_far_it_is():
    ((pip, _hashes),) = requirements_in("pip")
    assert Requirement(PIP).specifier.contains(str(pip.specifier)[2:])


# With the real pip, and wheels made here ---------------------------------------------------------------------------


def make_wheel(folder: Path, name: str, code: str) -> str:
    """A wheel of one module; its SHA-256."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {file: hashlib.sha256(text.encode()).digest() for file, text in files.items()}
    sums = {file: base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for file, digest in digests.items()}
    record = "".join(f"{file},sha256={digest},{len(files[file])}\n" for file, digest in sums.items())
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(file, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """The steps of an installation from a folder of two wheels, and where they install to."""
    wheels, own = tmp_path / "wheels é", tmp_path / "locks"
    for folder in (wheels, own):
        folder.mkdir()
    good = make_wheel(wheels, "colearn_good", "x = 1")
    make_wheel(wheels, "colearn_changed", "x = 'not what was tested'")
    (own / "map.txt").write_text(f"colearn_good==1.0 --hash=sha256:{good}\n")
    monkeypatch.setattr(installation, "LOCKS", own)
    base = BasePython(Path(sys.executable), sys.version_info[:2], "1.24.2")
    target = tmp_path / "engine"
    return own, target, lambda: installation.installation_steps(base, target, Purpose.MAP, wheels)


def run(steps):
    for step in steps:
        options = {"env": installation.installation_environment(), "capture_output": True, "text": True}
        done = subprocess.run(step.command, check=False, **options)
        if done.returncode:
            return done.stdout + done.stderr
    return ""


def test_what_the_lock_names_is_installed(offline):
    _own, target, steps = offline
    assert run(steps()) == ""
    assert list(target.rglob("colearn_good.py"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"colearn_changed==1.0 --hash=sha256:{'0' * 64}\n", "DO NOT MATCH THE HASHES"),
        ("colearn_changed==1.0\n", "Hashes are required"),
    ],
)
def test_a_package_of_another_checksum_is_not_installed_nor_anything_with_it(offline, line, words):
    own, target, steps = offline
    with (own / "map.txt").open("a") as lock:
        lock.write(line)
    assert words in run(steps())
    assert not list(target.rglob("colearn_*.py"))
