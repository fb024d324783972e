"""A zip installed from file into a fresh profile, in a real QGIS window on a display of its own."""

import zipfile
from pathlib import Path

import pytest

from release.archive import Package, build
from release.window import WindowError, install_and_start

ROOT = Path(__file__).resolve().parents[3]


def test_the_zip_is_installed_and_started_in_a_path_with_blanks_and_accents(tmp_path):
    window = install_and_start(build(ROOT, tmp_path / "dist"), tmp_path / "Profil d'été ü")
    assert {"colearn:train", "colearn:predict", "colearn:evaluate"} <= set(window.algorithms)
    assert window.picture.stat().st_size > 10_000
    installed = tmp_path / "Profil d'été ü" / "profile" / "profiles" / "default" / "python" / "plugins" / "colearn"
    assert (installed / "metadata.txt").is_file()


def test_a_plugin_that_does_not_start_is_reported_with_the_message_of_qgis(tmp_path):
    path = tmp_path / "broken.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("broken/metadata.txt", "[general]\nname=Broken\nversion=1.0\nqgisMinimumVersion=3.0\n")
        archive.writestr("broken/__init__.py", "def classFactory(iface):\n    raise RuntimeError('no such luck')\n")
    with pytest.raises(WindowError, match="no such luck"):
        install_and_start(Package(path, "broken", "1.0"), tmp_path / "home")
