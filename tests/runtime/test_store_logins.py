"""Entering the store with tokens of Entra ID: new ones, old ones, and none.

The server here takes a token as it takes a password, and only the last that was given.
"""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import optuna
import psycopg
import pytest
import sqlalchemy.exc
from optuna.storages import RDBStorage
from sqlalchemy import create_engine, text
from tests.runtime import postgres_store, program
from tests.runtime.entra_server import CLIENT, ISSUER, SUBJECT, Entra, assertion, error
from tests.runtime.entra_store import Door, door
from tests.runtime.run_files import run_file
from tests.runtime.search_grounds import make_tables, patiently, run
from tests.store.postgres import Server, free_port

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.algorithms.conformance import completed
from modelops_runtime.algorithms.protocol import Telling, Unavailable
from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import (
    NotConfigured,
    Refused,
    Settings,
    Unreachable,
    connect,
    engine_arguments,
    opener,
    settings,
)
from modelops_runtime.central_store.log import SharedLog
from modelops_runtime.central_store.login import LOGIN, SCOPE
from modelops_runtime.central_store.optuna_schema import make_study
from modelops_runtime.optuna_adapter import adapter

STORE_INIT = [sys.executable, "-m", "modelops_runtime", "store-init"]


@pytest.fixture
def pod(postgres: Server, database: Settings, entra: Entra) -> Iterator[Door]:
    with door(postgres, database, entra) as pod:
        yield pod


def user_of(store: Settings) -> str:
    with connect(store) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row
    return str(row[0])


def cut(pod: Door) -> None:
    """Have the server end all connections of the role."""
    ended = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = %s"
    with postgres_store.admin(pod.server) as connection:
        assert connection.execute(ended, [pod.user]).rowcount


# --- what the environment says --------------------------------------------------------------------


def test_without_a_word_it_is_a_password(entra: Entra) -> None:
    for word in ({}, {LOGIN: ""}, {LOGIN: "password"}):
        here = {"PGHOST": "h", "PGUSER": "u", "PGDATABASE": "d", "PGPASSWORD": "p"}
        found = settings({**here, **entra.variables, **word})
        assert found == Settings("h", 5432, "u", "d", "p")


def test_another_word_is_an_error(pod: Door) -> None:
    with pytest.raises(NotConfigured, match="`Entra`: it is one of password, entra"):
        settings({**pod.variables, LOGIN: "Entra"})


@pytest.mark.parametrize(
    "missing", ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"]
)
def test_a_pod_without_an_identity_is_told_what_it_lacks(pod: Door, missing: str) -> None:
    with pytest.raises(NotConfigured, match=f"{LOGIN} is `entra`: {missing} is not set: AKS"):
        settings({**pod.variables, missing: ""})


# --- entering -------------------------------------------------------------------------------------


def test_a_token_is_shown_instead_of_a_password(pod: Door) -> None:
    assert user_of(pod.settings) == pod.user
    assert [asked["scope"] for asked in pod.entra.state.asked] == [SCOPE]
    assert pod.settings.password is None


def test_connections_share_a_token_as_long_as_it_is_good(pod: Door) -> None:
    store = pod.settings
    assert {user_of(store) for _ in range(3)} == {pod.user}
    assert len(pod.entra.state.given) == 1


def test_each_connection_shows_a_token_that_is_good_then(pod: Door) -> None:
    pod.renew()
    store = pod.settings
    with connect(store) as first:
        assert user_of(store) == pod.user
        assert first.execute("SELECT 1").fetchone() == (1,), "who is in, stays"
    old, new = pod.entra.state.given
    with pytest.raises(Refused, match="password authentication failed"):
        connect(replace(store, login=None, password=old))
    assert user_of(replace(store, login=None, password=new)) == pod.user


def test_what_the_kubelet_has_renewed_is_shown_to_entra(pod: Door) -> None:
    pod.renew()
    store = pod.settings
    shown = []
    for number in (1, 2):
        pod.entra.file.write_text(assertion(number=number))
        assert user_of(store) == pod.user
        shown.append(pod.entra.state.asked[-1]["client_assertion"])
    assert shown == [assertion(number=1), assertion(number=2)]


def test_engines_show_new_tokens(pod: Door) -> None:
    pod.renew()
    engine = create_engine(DIALECT, **engine_arguments(pod.settings))
    for _ in range(2):
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_user")).scalar() == pod.user
        cut(pod)
    engine.dispose()
    assert len(pod.entra.state.given) == 2


def test_an_engine_s_transaction_is_one(pod: Door) -> None:
    engine = create_engine(DIALECT, **engine_arguments(pod.settings))
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE half_done ()"))
        connection.rollback()
        found = connection.execute(text("SELECT to_regclass('half_done')")).scalar()
    engine.dispose()
    assert found is None


def test_optuna_s_storage_shows_new_tokens(pod: Door) -> None:
    pod.renew()
    storage = RDBStorage(DIALECT, engine_arguments(pod.settings))
    study = optuna.create_study(storage=storage)
    cut(pod)
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=2)
    cut(pod)
    assert len(study.trials) == 2
    storage.engine.dispose()
    assert len(pod.entra.state.given) >= 3


def test_a_shared_search_goes_on_with_new_tokens(pod: Door) -> None:
    pod.renew()
    store, config = pod.settings, run(trials=4)
    make_tables(store)
    make_study(store, config.study, config.direction.value)
    search = adapter.shared(config, opener(store), "worker")
    for one in search.ask(4):
        cut(pod)
        told = patiently(partial(search.tell, one.number, completed(one, 1.0)))
        assert told is Telling.ACCEPTED
    assert search.finished()
    search.close()


def test_a_shared_log_goes_on_with_new_tokens(pod: Door) -> None:
    pod.renew()
    make_tables(pod.settings)
    log = SharedLog(pod.settings, "dev/sir")
    assert list(log.replay()) == []
    cut(pod)
    log.close()
    assert list(log.replay()) == []
    log.close()
    assert len(pod.entra.state.given) == 3


# --- no token -------------------------------------------------------------------------------------


def test_an_identity_that_entra_does_not_know_is_told_at_once(pod: Door) -> None:
    wrong = {**pod.variables, "AZURE_CLIENT_ID": "00000000-0000-0000-0000-000000000000"}
    message = f"`{pod.user}` cannot enter the store at .*identity 00000000-.*AADSTS700016"
    with pytest.raises(Refused, match=message):
        connect(settings(wrong), patience=3600)
    assert len(pod.entra.state.asked) == 1


def test_a_subject_that_the_identity_does_not_trust_yet_is_told(pod: Door) -> None:
    subject = "system:serviceaccount:modelops:other"
    pod.entra.file.write_text(assertion(subject))
    with pytest.raises(Unreachable) as caught:
        connect(pod.settings, patience=0.5)
    for word in (pod.user, CLIENT, subject, ISSUER, "AADSTS700213"):
        assert word in str(caught.value)
    assert len(pod.entra.state.asked) > 1


def test_a_credential_that_was_just_made_is_waited_for(pod: Door) -> None:
    unknown = error(f"AADSTS70021: No matching federated identity record: {SUBJECT}")
    pod.entra.state.refusals = [(400, unknown), (400, unknown)]
    assert user_of(pod.settings) == pod.user


@pytest.mark.parametrize(
    "answer",
    [
        (503, "<html>Service Unavailable</html>"),
        (429, error("AADSTS90033: A transient error has occurred.")),
        (401, error("AADSTS700024: Client assertion is not within its valid time range.")),
    ],
    ids=lambda answer: str(answer[0]),
)
def test_an_entra_that_is_busy_is_asked_again(pod: Door, answer: tuple[int, str]) -> None:
    pod.entra.state.refusals = [answer, answer]
    assert user_of(pod.settings) == pod.user
    assert len(pod.entra.state.asked) == 3


def test_an_entra_that_is_not_there_is_waited_for_and_then_given_up(pod: Door) -> None:
    away = {**pod.variables, "AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{free_port()}/"}
    message = r"cannot enter the store .* within 0\.5 s: Entra ID does not answer"
    with pytest.raises(Unreachable, match=message):
        connect(settings(away), patience=0.5)


def test_an_account_s_token_that_is_being_written_is_waited_for(pod: Door) -> None:
    store, text = pod.settings, pod.entra.file.read_text()
    pod.entra.file.unlink()
    later = threading.Timer(0.5, pod.entra.file.write_text, [text])
    later.start()
    assert user_of(store) == pod.user
    later.join()


def test_a_token_that_the_server_refuses_is_told_at_once(pod: Door) -> None:
    pod.entra.state.on_token = lambda _: None
    with pytest.raises(Refused, match="password authentication failed") as caught:
        connect(pod.settings, patience=3600)
    assert pod.entra.state.given[0] not in str(caught.value)


def test_without_a_token_a_database_does_not_answer(pod: Door) -> None:
    """What drives Optuna and the copy knows no exceptions of ours."""
    pod.entra.file.write_text(assertion("somebody else"))
    with pytest.raises(Unavailable, match="AADSTS700213"):
        adapter.shared(run(), opener(pod.settings), "worker")
    engine = create_engine(DIALECT, **engine_arguments(pod.settings))
    with pytest.raises(sqlalchemy.exc.OperationalError) as caught:
        engine.connect()
    assert isinstance(caught.value.orig, psycopg.OperationalError)


# --- what is shown of it --------------------------------------------------------------------------


def test_no_token_is_shown(pod: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    store = pod.settings
    with connect(store) as connection:
        shown = [repr(store), repr(opener(store)), repr(connection), connection.info.dsn]
    engine = create_engine(DIALECT, echo=True, **engine_arguments(store))
    with engine.connect() as connected:
        shown += [repr(engine), repr(connected)]
    engine.dispose()
    pod.entra.state.refusals = [(400, error("AADSTS700016: unknown"))]
    with pytest.raises(Refused) as caught:
        connect(pod.settings)
    shown += [str(caught.value), caplog.text]
    secrets = [*pod.entra.state.given, pod.entra.file.read_text()]
    assert len(secrets) == 2
    assert not [secret for secret in secrets for text in shown if secret in text]


# --- a pod ----------------------------------------------------------------------------------------


def test_the_pod_s_identity_makes_all_without_a_password(
    postgres: Server, entra: Entra, tmp_path: Path
) -> None:
    missing = postgres_store.no_database(postgres)
    with door(postgres, missing, entra, attributes="CREATEDB") as pod:
        pod.renew()
        variables = {**run_file(tmp_path), **pod.variables}
        done = program.run([*STORE_INIT, "--create-database"], variables)
        assert (done.status, done.stdout) == (0, "")
        with connect(pod.settings) as connection:
            schema.checked(connection, "dev/sir")
    assert len(entra.state.given) > 3
    for secret in (*entra.state.given, entra.file.read_text()):
        assert secret not in done.stderr
    assert "azure" not in {line["logger"].partition(".")[0] for line in done.log}


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        ({"AZURE_CLIENT_ID": ""}, 64, "AZURE_CLIENT_ID is not set"),
        ({"AZURE_CLIENT_ID": "0000"}, 64, "AADSTS700016"),
        ({"AZURE_AUTHORITY_HOST": "https://127.0.0.1:1"}, 75, "Entra ID does not answer"),
    ],
)
def test_an_identity_without_a_token_is_told(
    pod: Door, tmp_path: Path, changed: dict[str, str], status: int, message: str
) -> None:
    variables = {**run_file(tmp_path), **pod.variables, **changed}
    done = program.run([*STORE_INIT, "--timeout", "1"], variables)
    assert done.status == status
    assert message in done.told
