"""Tokens for Azure, from an Entra ID on loopback, and what is said where there is none."""

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.runtime.entra_server import CLIENT, ISSUER, Entra, assertion, error, said

from modelops_runtime.azure_login.refusal import Answer, LoginRefused, claims, refused
from modelops_runtime.azure_login.workload import (
    NoWorkloadIdentity,
    WorkloadLogin,
    workload_login,
)

SCOPE = "https://storage.azure.com/.default"


def login(entra: Entra, **changed: str) -> WorkloadLogin:
    return workload_login({**entra.variables, **changed})


def refusal(entra: Entra, **changed: str) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        login(entra, **changed).get_token(SCOPE)
    return caught.value


def test_the_service_account_s_token_is_exchanged(entra: Entra) -> None:
    token = login(entra).get_token(SCOPE)
    assert token.token == entra.state.given[0]
    assert said(token.token)["aud"] == "https://storage.azure.com"
    assert entra.state.asked[0]["client_assertion"] == entra.file.read_text()
    assert entra.state.asked[0]["scope"] == SCOPE


def test_only_the_environment_that_is_given_counts(
    entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        monkeypatch.setenv(name, "https://nowhere.invalid")
    assert login(entra).get_token(SCOPE).token


def test_a_token_is_kept_as_long_as_it_is_good(entra: Entra) -> None:
    here = login(entra)
    assert len({here.get_token(SCOPE).token for _ in range(5)}) == 1
    assert here.get_token("https://other.example/.default").token == entra.state.given[1]


def test_an_expired_token_is_renewed_by_what_the_file_holds_then(entra: Entra) -> None:
    here, entra.state.expires_in = login(entra), 2
    first = here.get_token(SCOPE)
    entra.file.write_text(assertion(number=1))
    while time.time() < first.expires_on:
        time.sleep(0.1)
    assert here.get_token(SCOPE).token != first.token
    assert entra.state.asked[1]["client_assertion"] == assertion(number=1)


def test_threads_share_a_login(entra: Entra) -> None:
    here, found = login(entra), set[str]()
    threads = [
        threading.Thread(target=lambda: found.add(here.get_token(SCOPE).token)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found <= set(entra.state.given)


def test_a_service_account_that_the_identity_does_not_trust_is_named(entra: Entra) -> None:
    entra.file.write_text(assertion("system:serviceaccount:elsewhere:worker"))
    found = refusal(entra)
    assert (found.code, found.passes) == ("AADSTS700213", False)
    for word in (CLIENT, "`system:serviceaccount:elsewhere:worker`", f"`{ISSUER}`"):
        assert word in str(found)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("AZURE_CLIENT_ID", "another", "AADSTS700016"),
        ("AZURE_TENANT_ID", "another", "AADSTS90002"),
    ],
)
def test_another_identity_is_refused(entra: Entra, name: str, value: str, code: str) -> None:
    found = refusal(entra, **{name: value})
    assert (found.code, found.passes) == (code, False)
    assert code in str(found)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, error("AADSTS90033: A transient error has occurred.")),
        (401, error("AADSTS700024: Client assertion is not within its valid time range.")),
        (429, error("AADSTS50196: The server terminated an operation.")),
        (503, "<html>busy</html>"),
        (500, "{}"),
    ],
)
def test_what_passes_is_told_from_what_does_not(entra: Entra, status: int, text: str) -> None:
    entra.state.refusals = [(status, text)]
    found = refusal(entra)
    assert found.passes
    assert login(entra).get_token(SCOPE).token


def test_who_asks_again_gets_over_a_short_fault(entra: Entra) -> None:
    entra.state.refusals = [(503, "<html>busy</html>")] * 2
    assert workload_login(entra.variables, retries=2).get_token(SCOPE).token


def test_nobody_answers(entra: Entra) -> None:
    found = refusal(entra, AZURE_AUTHORITY_HOST="https://127.0.0.1:9")
    assert found.passes
    assert "does not answer" in str(found)


def test_the_file_goes_away(entra: Entra) -> None:
    here = login(entra)
    entra.file.unlink()
    with pytest.raises(LoginRefused, match="azure-identity-token") as caught:
        here.get_token(SCOPE)
    assert caught.value.passes


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("AZURE_CLIENT_ID", "", "AZURE_CLIENT_ID is not set: AKS sets it"),
        ("AZURE_TENANT_ID", "", "AZURE_TENANT_ID is not set: AKS sets it"),
        ("AZURE_FEDERATED_TOKEN_FILE", "", "AZURE_FEDERATED_TOKEN_FILE is not set"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token", "`/nowhere/token`: there is no such file"),
        ("AZURE_AUTHORITY_HOST", "http://plain", "AZURE_AUTHORITY_HOST is wrong"),
    ],
)
def test_what_is_missing_is_named(entra: Entra, name: str, value: str, words: str) -> None:
    with pytest.raises(NoWorkloadIdentity, match=words):
        login(entra, **{name: value})


def test_without_the_extra_the_image_is_told_of(
    entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(NoWorkloadIdentity, match="lacks the extra `azure`"):
        login(entra)


def test_what_azure_s_packages_say_of_each_request_is_not_logged(
    entra: Entra, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    login(entra).get_token(SCOPE)
    refusal(entra, AZURE_CLIENT_ID="another")
    assert [one for one in caplog.records if one.name.startswith("azure")] == []


@pytest.mark.parametrize("token", ["", "no token", "a.b.c", "a.bnVsbA.c", "..", "a.W10.c"])
def test_what_is_no_token_says_nothing(token: str) -> None:
    assert claims(token) == {}
    found = refused(Answer(401, "AADSTS70021: no match"), CLIENT, token)
    assert "subject `unknown`" in str(found)


def test_the_runtime_can_be_imported_without_the_extra(tmp_path: Path) -> None:
    """As an image without it would: every module, with nothing of Azure's to be found."""
    program = """
import pkgutil, sys
from importlib import import_module

for name in ("azure", "msal"):
    sys.modules[name] = None
import modelops_runtime

for module in pkgutil.walk_packages(modelops_runtime.__path__, "modelops_runtime."):
    if "__main__" not in module.name and ".executors.runner." not in module.name:
        import_module(module.name)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
