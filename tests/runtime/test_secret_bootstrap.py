"""`secret-bootstrap` as a process, against a server that answers as the Kubernetes API does."""

import signal
import sys
import time
from pathlib import Path

import pytest
import trustme
from tests.runtime.kubernetes_server import (
    NAMESPACE,
    Cluster,
    Fault,
    State,
    service_account,
    serving,
)
from tests.runtime.program import arguments, bootstrap, ended, environment, run, started

STORE = ("--secret", "store=password")
BOTH = (*STORE, "--secret", "store-admin=password,replication")


def test_each_secret_gets_values_of_its_own(cluster: Cluster) -> None:
    assert bootstrap(cluster, *BOTH).status == 0
    secrets = cluster.state.secrets
    assert sorted(secrets) == ["store", "store-admin"]
    values = [
        *cluster.state.values("store").values(),
        *cluster.state.values("store-admin").values(),
    ]
    assert len(set(values)) == 3
    assert all(len(value) == 40 and value.isascii() and value.isalnum() for value in values)


def test_a_secret_can_be_neither_changed_nor_pruned(cluster: Cluster) -> None:
    bootstrap(cluster, *STORE)
    body = cluster.state.secrets["store"]
    assert body["immutable"] is True
    assert body["type"] == "Opaque"
    assert body["metadata"] == {
        "name": "store",
        "namespace": NAMESPACE,
        "labels": {
            "app.kubernetes.io/managed-by": "modelops",
            "app.kubernetes.io/part-of": "modelops",
        },
    }


def test_a_second_run_changes_nothing(cluster: Cluster) -> None:
    bootstrap(cluster, *BOTH)
    before = {name: cluster.state.values(name) for name in cluster.state.secrets}
    again = bootstrap(cluster, *BOTH)
    assert again.status == 0
    assert [line["verdict"] for line in again.log] == ["there", "there"]
    assert {name: cluster.state.values(name) for name in cluster.state.secrets} == before
    assert {method for method, _ in cluster.state.seen} == {"POST", "GET"}


def test_two_at_once_agree_on_one_value(cluster: Cluster) -> None:
    running = [started(cluster.port, cluster.service_account, *STORE) for _ in range(2)]
    found = [ended(one) for one in running]
    assert [one.status for one in found] == [0, 0]
    assert sorted(one.log[-1]["verdict"] for one in found) == ["made", "there"]


def test_no_value_is_told(cluster: Cluster) -> None:
    found = [bootstrap(cluster, *BOTH) for _ in range(2)]
    values = [
        value for name in cluster.state.secrets for value in cluster.state.values(name).values()
    ]
    for one in found:
        assert one.stdout == ""
        assert not any(value in one.stderr for value in values)
        assert all({"time", "level", "logger", "message"} <= set(line) for line in one.log)


def test_a_webhook_s_quotation_is_blacked_out(cluster: Cluster) -> None:
    cluster.state.faults.append(Fault.WEBHOOK)
    found = bootstrap(cluster, *STORE)
    assert found.status == 69
    assert found.told.startswith("400 BadRequest: admission webhook denied the request")
    assert '"password": "***"' in found.told


def test_an_existing_secret_without_a_declared_key_is_refused(cluster: Cluster) -> None:
    bootstrap(cluster, *STORE)
    before = cluster.state.values("store")
    found = bootstrap(cluster, "--secret", "store=password,token,cookie")
    assert found.status == 69
    assert found.told.startswith("it exists without cookie, token, and is never changed")
    assert cluster.state.values("store") == before


def test_one_that_is_refused_does_not_keep_the_others_back(cluster: Cluster) -> None:
    cluster.state.faults.append(Fault.WEBHOOK)
    assert bootstrap(cluster, *BOTH).status == 69
    assert sorted(cluster.state.secrets) == ["store-admin"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROPPED,
        Fault.CUT,
        Fault.GATEWAY,
        Fault.BUSY,
        Fault.UNAVAILABLE,
        Fault.QUOTA,
        Fault.UNAUTHORIZED,
        Fault.FORBIDDEN,
    ],
)
def test_what_passes_is_waited_for(cluster: Cluster, fault: Fault) -> None:
    cluster.state.faults.append(fault)
    found = bootstrap(cluster, *STORE)
    assert (found.status, found.log[-1]["verdict"]) == (0, "made")
    assert found.log[0]["level"] == "warning"
    assert found.log[0]["message"]
    assert found.log[0]["secret"] == "store"  # noqa: S105 -- a name


def test_an_answer_that_came_too_late_was_an_answer(cluster: Cluster) -> None:
    cluster.state.faults.append(Fault.LOST)
    found = bootstrap(cluster, *STORE, timeout=1)
    assert "timed out" in found.log[0]["message"]
    assert (found.status, found.log[-1]["verdict"]) == (0, "there")


def test_a_secret_deleted_in_between_is_made_anew(cluster: Cluster) -> None:
    bootstrap(cluster, *STORE)
    before = cluster.state.values("store")
    cluster.state.faults.extend([None, Fault.DELETED])
    found = bootstrap(cluster, *STORE)
    assert (found.status, found.log[-1]["verdict"]) == (0, "made")
    assert cluster.state.values("store") != before


def test_a_namespace_that_is_not_there_is_refused_at_once(cluster: Cluster) -> None:
    command = arguments(cluster.service_account, *STORE)
    found = run(command, environment(cluster.port, "elsewhere"))
    assert (found.status, len(cluster.state.seen)) == (69, 1)
    assert found.told.startswith("404 NotFound: ")


def test_what_is_invalid_is_refused_at_once(cluster: Cluster) -> None:
    cluster.state.faults.append(Fault.INVALID)
    found = bootstrap(cluster, *STORE)
    assert (found.status, len(cluster.state.seen)) == (69, 1)
    assert found.told.startswith("422 Invalid: Secret is invalid")


def test_rights_that_never_come_are_refused_in_the_end(cluster: Cluster) -> None:
    cluster.state.token = "another"  # noqa: S105 -- of this test
    found = bootstrap(cluster, *STORE, "--wait", "1.2")
    assert (found.status, found.told) == (69, "401 Unauthorized: Unauthorized")
    assert len(cluster.state.seen) == 2


def test_a_token_that_changes_is_read_anew(cluster: Cluster) -> None:
    cluster.state.token = "renewed"  # noqa: S105 -- of this test
    process = started(cluster.port, cluster.service_account, *STORE)
    while not cluster.state.seen:
        time.sleep(0.01)
    (cluster.service_account / "token").write_text("renewed\n")
    assert ended(process).status == 0


def test_an_api_that_comes_up_late_is_waited_for(tmp_path: Path, authority: trustme.CA) -> None:
    mounted = service_account(tmp_path / "service-account", authority)
    with serving(0, State(), authority) as port:
        pass
    process = started(port, mounted, *STORE)
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "refused" in first
    state = State()
    with serving(port, state, authority):
        assert ended(process).status == 0
    assert sorted(state.secrets) == ["store"]


def test_an_api_that_never_comes_up_is_given_up(tmp_path: Path, authority: trustme.CA) -> None:
    mounted = service_account(tmp_path / "service-account", authority)
    with serving(0, State(), authority) as port:
        pass
    found = ended(started(port, mounted, *STORE, "--wait", "1"))
    assert found.status == 75
    assert found.log[-1]["level"] == "error"
    assert "refused" in found.told


def test_a_stranger_is_not_given_the_token(cluster: Cluster) -> None:
    trustme.CA().cert_pem.write_to_path(cluster.service_account / "ca.crt")
    found = bootstrap(cluster, *STORE, "--wait", "0.1")
    assert found.status == 75
    assert "CERTIFICATE_VERIFY_FAILED" in found.told
    assert cluster.state.seen == []


@pytest.mark.parametrize("missing", ["token", "ca.crt"])
def test_a_pod_without_its_account_says_so(cluster: Cluster, missing: str) -> None:
    (cluster.service_account / missing).unlink()
    found = bootstrap(cluster, *STORE)
    assert found.status == 2
    assert f"{cluster.service_account / missing}" in found.told


@pytest.mark.parametrize(
    "missing", ["POD_NAMESPACE", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]
)
def test_a_process_outside_a_pod_says_so(cluster: Cluster, missing: str) -> None:
    variables = environment(cluster.port)
    del variables[missing]
    found = run(arguments(cluster.service_account, *STORE), variables)
    assert found.status == 2
    assert missing in found.told


def test_a_stop_is_obeyed_while_waiting(tmp_path: Path, authority: trustme.CA) -> None:
    mounted = service_account(tmp_path / "service-account", authority)
    with serving(0, State(), authority) as port:
        pass
    process = started(port, mounted, *STORE)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert ended(process).status == 143


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--secret", "store"],
        ["--secret", "store="],
        ["--secret", "=password"],
        ["--secret", "store=password,"],
        ["--secret", "store=pass word"],
        ["--secret", "store=a,a"],
        ["--secret", "store=a", "--secret", "store=b"],
        ["--secret", f"{'a' * 254}=b"],
        ["--secret", "CON=b"],
        ["--secret", "a..b=c"],
        [*STORE, "--wait", "soon"],
        [*STORE, "--wait", "0"],
        [*STORE, "--timeout", "inf"],
        [*STORE, "--update"],
    ],
    ids=lambda wrong: " ".join(wrong)[:40] or "nothing",
)
def test_wrong_arguments_reach_nobody(cluster: Cluster, wrong: list[str]) -> None:
    found = run(arguments(cluster.service_account, *wrong), environment(cluster.port))
    assert found.status == 2
    assert "usage: python -m modelops_runtime secret-bootstrap" in found.stderr
    assert cluster.state.seen == []


def test_the_standard_library_is_enough() -> None:
    """Seconds of a Job and megabytes of its limit: nothing heavy is imported for it."""
    program = """if True:
        import sys
        before = set(sys.modules)
        import modelops_runtime.__main__, modelops_runtime.secret_bootstrap.command
        names = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(*sorted(names - sys.stdlib_module_names))
    """
    assert run([sys.executable, "-c", program], {}).stdout.split() == ["modelops_runtime"]
