"""An untrusted model file, read in QGIS's own process and in the engine: one reader, and it has bounds."""

import os
import random
import time
import tracemalloc

import pytest
from colearn.engine.contract.manifest.manifest_text import manifest_to_text
from colearn.engine.contract.manifest.model_reader import read_manifest
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.model_file.archive import ModelFile
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines import on_this_machine
from security.hostile_models import FILES, of_manifest, write
from unprivileged import PEAK_MB, own_folder, run_python

MB = 2**20
READS = """
import sys, time
from pathlib import Path
from engine.contract.wire.errors import ModelError
from engine.contract.manifest.model_reader import read_manifest
read = list(map(Path, sys.argv[1:]))
for path in read:
    began, peak = time.process_time(), peak_mb()
    try:
        read_manifest(path)
    except ModelError as error:
        code = error.code.value
    else:
        code = "read"
    more_mb = peak_mb() - peak
    print(f"{code}|{time.process_time() - began:.3f}|{more_mb:.0f}|{path.stem}")
"""
REFUSED = {ErrorCode.MODEL_UNREADABLE.value, ErrorCode.MODEL_DAMAGED.value, ErrorCode.MODEL_TOO_NEW.value}


@pytest.fixture(scope="module")
def outcomes():
    """How each of the hostile files ended: the code, seconds, MB."""
    with own_folder() as folder:
        paths = [write(folder, name) for name in FILES]
        done = run_python(PEAK_MB + READS, *paths, folder=folder)
        assert done.returncode == 0, done.stderr
        lines = [line.split("|") for line in done.stdout.splitlines()]
    return {name: (code, float(seconds), float(more_mb)) for code, seconds, more_mb, name in lines}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_with_a_reason_and_costs_next_to_nothing(outcomes, name):
    """The bounds: QGIS shall not stand still for 0.2 s, nor lose 50 MB. Here, beside other tests, ten times that."""
    code, seconds, more_mb = outcomes[name]
    assert code in REFUSED
    assert seconds < 2
    assert more_mb < 50


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link to a device"])
def test_what_is_no_file_is_not_opened(tmp_path, kind):
    path = tmp_path / "model.colearn"
    {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: None,
        "folder": path.mkdir,
        "link to a device": lambda: path.symlink_to("/dev/zero"),
    }[kind]()
    began = time.monotonic()
    with pytest.raises(ModelError) as caught:
        read_manifest("/dev/zero" if kind == "device" else path)
    assert caught.value.code is ErrorCode.MODEL_UNREADABLE
    assert time.monotonic() - began < on_this_machine(2)


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "x" * 5000, ""])
def test_nor_is_a_name_that_no_system_has(path):
    with pytest.raises(ModelError) as caught:
        read_manifest(path)
    assert caught.value.code is ErrorCode.MODEL_UNREADABLE


def test_a_link_that_a_person_made_to_a_model_works(tmp_path, small_model):
    (tmp_path / "model.colearn").symlink_to(small_model)
    assert read_manifest(tmp_path / "model.colearn") == ModelFile.open(small_model).manifest


def test_the_plugin_reads_through_the_same_door(tmp_path):
    from colearn.plugin import model_card

    for name in ("packed by bz2", "claims 3 GB", "lists in lists", "half a character", "2,000 entries"):
        with pytest.raises(ModelError) as caught:
            model_card.read_manifest(str(write(tmp_path, name)))
        assert caught.value.code.value in REFUSED


def test_changed_bytes_end_in_a_model_error_or_change_nothing(small_model, tmp_path):
    """A slice of `make fuzz`: bits turned, pieces cut out, doubled and exchanged."""
    whole, chance = small_model.read_bytes(), random.Random(1)
    good, path = ModelFile.open(small_model).manifest, tmp_path / "model.colearn"
    for _ in range(200):
        changed = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            at, length = chance.randrange(len(changed)), chance.choice((1, 2, 4, 64))
            piece = changed[(other := chance.randrange(len(changed))) : other + length]
            changed[at : at + chance.choice((0, length))] = chance.choice((piece, bytes(length), b"\xff" * length, b""))
        path.write_bytes(changed)
        try:
            assert ModelFile.open(path).manifest == good
        except ModelError:
            continue


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_manifest_with_any_value_anywhere_is_read_or_refused(data, manifests_folder):
    """Whatever stands in place of a value: the manifest is read, or a model error says what was found."""
    import json

    from tests.plugin.manifests import a_manifest

    plain = json.loads(manifest_to_text(a_manifest()))
    holder, key = plain, data.draw(st.sampled_from(sorted(plain)))
    while isinstance(holder[key], (dict, list)) and holder[key] and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(_JSON)
    path = manifests_folder / "model.colearn"
    path.write_bytes(of_manifest(json.dumps(plain)))
    try:
        read_manifest(path)
    except ModelError as error:
        assert error.found
        error.sentence().encode()


@pytest.fixture(scope="module")
def manifests_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("manifests")


def test_sixteen_of_the_largest_stay_in_no_cache(tmp_path):
    """What a dialog remembers of the models it was asked for is bounded."""
    from colearn.plugin import model_card

    tracemalloc.start()
    for number in range(16):
        path = tmp_path / f"{number}.colearn"
        path.write_bytes(FILES["empty objects"]())
        with pytest.raises(ModelError):
            model_card.read_manifest(str(path))
    kept_bytes, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept_bytes < 2 * MB
    assert peak_bytes < 100 * MB
    assert model_card._read_manifest.cache_info().maxsize <= 4
