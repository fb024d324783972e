"""A test leaves its process as it was."""

import os
import signal

import numpy as np
import pytest
import torch
from osgeo import gdal

from process_state import ProcessState


def test_all_that_was_changed_is_put_back(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("COLEARN_TEST_CHANGED", "before")
    monkeypatch.setenv("COLEARN_TEST_REMOVED", "before")
    folder, cache = os.getcwd(), gdal.GetCacheMax()
    handler = signal.getsignal(signal.SIGTERM)
    before = ProcessState.now()

    os.environ.update(COLEARN_TEST_CHANGED="after", COLEARN_TEST_ADDED="after")
    del os.environ["COLEARN_TEST_REMOVED"]
    os.chdir(tmp_path)
    umask = os.umask(0o777)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    np.seterr(all="raise")
    gdal.SetConfigOption("GDAL_HTTP_PROXY", "http://127.0.0.1:9")
    before.restore()

    assert (os.environ["COLEARN_TEST_CHANGED"], os.environ["COLEARN_TEST_REMOVED"]) == ("before", "before")
    assert "COLEARN_TEST_ADDED" not in os.environ
    assert (os.getcwd(), os.umask(umask)) == (folder, umask)
    assert signal.getsignal(signal.SIGTERM) is handler
    assert np.geterr()["over"] == "warn"
    assert (gdal.GetConfigOption("GDAL_HTTP_PROXY"), gdal.GetCacheMax()) == (None, cache)


def test_settings_of_torch_are_put_back() -> None:
    before, threads = ProcessState.now(), torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.use_deterministic_algorithms(True)
    before.restore()
    assert torch.get_num_threads() == threads
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    assert not torch.are_deterministic_algorithms_enabled()


def test_settings_and_providers_of_qgis_are_put_back(qgis_app, qgis_processing) -> None:
    from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsProcessingProvider, QgsSettings

    class Provider(QgsProcessingProvider):
        def id(self) -> str:
            return "colearntest"

        name = id

        def loadAlgorithms(self) -> None:  # noqa: N802
            """None."""

    registry = QgsApplication.processingRegistry()
    QgsSettings().setValue("colearn/test changed", "before")
    before, timeout_ms, added = ProcessState.now(), QgsNetworkAccessManager.timeout(), Provider()
    QgsSettings().setValue("colearn/test changed", "after")
    QgsSettings().setValue("colearn/test added", 1)
    assert registry.addProvider(added)
    QgsNetworkAccessManager.setTimeout(timeout_ms + 1)
    before.restore()
    assert QgsSettings().value("colearn/test changed") == "before"
    assert not QgsSettings().contains("colearn/test added")
    assert registry.providerById("colearntest") is None
    assert registry.providerById("native") is not None
    assert QgsNetworkAccessManager.timeout() == timeout_ms


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_limits_are_put_back() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = ProcessState.now()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 40, hard))
    before.restore()
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == (soft, hard)


def leave_traces() -> None:
    os.environ["COLEARN_TEST_TRACE"] = "left by the test before"
    os.chdir("/")


def test_one_test_leaves_traces() -> None:
    leave_traces()


def test_the_next_one_finds_none() -> None:
    assert "COLEARN_TEST_TRACE" not in os.environ
    assert os.getcwd() != "/"
