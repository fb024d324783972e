"""A cluster is spoken to with certificates where they are given, and one without is warned of."""

from types import SimpleNamespace

import pytest
from colearn.engine.__main__ import _parse
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.parts.compute.dask_cluster import _security, _warn_of_open
from colearn.engine.parts.plan.execution import Certificates, Execution
from colearn.engine.process.reporting import Reporter

from dask_clusters import cluster
from journeys import Listening, predict_job
from runs_in_parts import finished, start, texts

pytest.importorskip("distributed")


@pytest.fixture
def certificates(tmp_path):
    """An authority, and a certificate of its."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "colearn test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    secret = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(secret)
    return [str(tmp_path / "ca.pem"), str(tmp_path / "ca.pem"), str(tmp_path / "key.pem")]


@pytest.fixture
def scheduler(tmp_path, certificates):
    """A scheduler that speaks to nobody without a certificate, and its worker; the scheduler's address."""
    ca, certificate, key = certificates
    tls = [f"--tls-ca-file={ca}", f"--tls-cert={certificate}", f"--tls-key={key}"]
    with cluster(tmp_path, "--protocol=tls", *tls) as address:
        yield address


def test_a_map_is_made_by_a_cluster_that_asks_for_certificates(world, small_model, scheduler, certificates, tmp_path):
    assert scheduler.startswith("tls://")
    (tmp_path / "outputs").mkdir()
    job = predict_job(small_model, world.camera, tmp_path / "outputs" / "map.tif", block_px=8, threads=1)
    logged = finished(start(job, tmp_path, "--dask", scheduler, "--dask-tls", *certificates))
    assert f"Dask at {scheduler}" in texts(logged)
    assert "without certificates" not in texts(logged)
    assert (tmp_path / "outputs" / "map.tif").exists()


def test_a_missing_certificate_is_reported(certificates, tmp_path):
    import distributed

    wrong = Certificates(certificates[0], certificates[1], str(tmp_path / "gone.pem"))
    with pytest.raises(CoLearnError) as caught:
        _security(wrong, distributed)
    assert caught.value.code is ErrorCode.CLUSTER_FAILED
    assert "gone.pem" in caught.value.found
    assert _security(Certificates(*certificates), distributed).require_encryption is True
    assert _security(None, distributed) is None


@pytest.mark.parametrize(
    ("address", "warned"),
    [("tcp://node-1:8786", True), ("tls://node-1:8786", True), ("local", False), ("local:2", False)],
)
def test_an_open_scheduler_is_warned_of(address, warned):
    sink = Listening()
    _warn_of_open(Execution(cluster=address), Reporter(sink))
    assert ("can run code" in sink.texts()) is warned
    _warn_of_open(Execution(cluster=address, tls=Certificates("a", "b", "c")), Reporter(closed := Listening()))
    assert closed.texts() == ""


def test_a_local_cluster_listens_on_this_machine_alone(monkeypatch):
    from colearn.engine.parts.compute import dask_cluster

    asked = {}

    class Cluster:
        def __init__(self, **options):
            asked.update(options)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    with dask_cluster._cluster("local:1", SimpleNamespace(LocalCluster=Cluster)):
        assert asked["host"] == "127.0.0.1"
        assert asked["dashboard_address"] is None


@pytest.mark.parametrize("more", [[], ["--dask", "tcp://a:1"], ["--dask", "local"]])
def test_certificates_are_for_an_encrypted_scheduler(more, capsys):
    with pytest.raises(SystemExit):
        _parse(["predict", "job.json", *more, "--dask-tls", "a", "b", "c"])
    assert "tls://" in capsys.readouterr().err
