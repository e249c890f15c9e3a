"""The store over TLS: whose certificates are believed, and what is said where they are not."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import certifi
import pytest
import trustme
from sqlalchemy import create_engine, text
from tests.runtime import postgres_store
from tests.runtime.tls_store import encrypting
from tests.store.postgres import Server

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.central_store.connection import (
    Refused,
    Settings,
    connect,
    engine_arguments,
    settings,
)


@pytest.fixture
def encrypted(postgres: Server, database: Settings, authority: trustme.CA) -> Iterator[Settings]:
    """The database, by the name of the certificate, over TLS that is verified."""
    with encrypting(postgres.port, authority) as port:
        yield replace(database, host="localhost", port=port, sslmode="verify-full")


@pytest.fixture
def roots(authority: trustme.CA, tmp_path: Path) -> str:
    """The file of the authority that signed the server's certificate."""
    file = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(file)
    return str(file)


def is_encrypted(store: Settings) -> bool:
    with connect(store) as connection:
        return bool(connection.pgconn.ssl_in_use)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_roots_of_one_s_own_are_believed(encrypted: Settings, roots: str, mode: str) -> None:
    variables = {**postgres_store.environment(encrypted), "PGSSLMODE": mode}
    assert is_encrypted(settings({**variables, "PGSSLROOTCERT": roots}))


def test_engines_verify_too(encrypted: Settings, roots: str) -> None:
    engine = create_engine(DIALECT, **engine_arguments(replace(encrypted, root_certificates=roots)))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()
    with pytest.raises(Refused, match="certificate verify failed"):
        connect(encrypted, patience=3600)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_without_roots_those_of_the_package_are_believed(
    encrypted: Settings, roots: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = replace(encrypted, sslmode=mode)
    with pytest.raises(Refused, match="certificate verify failed"):
        connect(store, patience=3600)
    monkeypatch.setattr(certifi, "where", lambda: roots)
    assert is_encrypted(store)


def test_who_does_not_verify_needs_no_roots(encrypted: Settings) -> None:
    assert is_encrypted(replace(encrypted, sslmode="require"))


def test_another_host_s_certificate_is_refused_at_once(encrypted: Settings, roots: str) -> None:
    store = replace(encrypted, host="127.0.0.1", root_certificates=roots)
    with pytest.raises(Refused, match="does not match host name"):
        connect(store, patience=3600)
    assert is_encrypted(replace(store, sslmode="verify-ca"))


@pytest.mark.parametrize(
    ("content", "message"), [(None, "does not exist"), ("x", "could not read")]
)
def test_roots_that_cannot_be_read_are_told_at_once(
    encrypted: Settings, tmp_path: Path, content: str | None, message: str
) -> None:
    file = tmp_path / "none.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Refused, match=message):
        connect(replace(encrypted, root_certificates=str(file)), patience=3600)


def test_the_package_knows_who_signs_for_azure() -> None:
    """https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-ssl-tls."""
    known = ssl.create_default_context(cafile=certifi.where()).get_ca_certs()
    for name in ("DigiCert Global Root G2", "Microsoft RSA Root Certificate Authority 2017"):
        assert any((("commonName", name),) in one["subject"] for one in known)
