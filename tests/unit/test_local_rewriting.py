"""Addresses and folders of the cluster become those of this machine, and nothing else changes."""

# ruff: noqa: S108 -- the folders of containers

import json

from hypothesis import given
from hypothesis import strategies as st

from modelops.local.rewriting import Rewriting

HOST = "dask-scheduler.modelops-dask-dev.svc.cluster.local:8786"
HERE = Rewriting(
    hosts={HOST: "127.0.0.1:40001"},
    folders={
        "/tmp": "/home/me/run/tmp",
        "/tmp/deep": "/elsewhere",
        "/etc/modelops": "/home/me/etc",
    },
)


def test_an_address_is_replaced_within_a_url() -> None:
    assert HERE.text(f"tcp://{HOST}") == "tcp://127.0.0.1:40001"


def test_a_folder_is_replaced_with_what_is_below_it() -> None:
    assert HERE.text("/etc/modelops/run.json") == "/home/me/etc/run.json"


def test_a_folder_within_another_has_its_own_place() -> None:
    assert HERE.text("/tmp/deep/x /tmp/x") == "/elsewhere/x /home/me/run/tmp/x"


def test_what_only_begins_like_a_folder_is_left() -> None:
    text = "/etc/modelops-other /var/tmp /tmpfile ./tmp/x"
    assert HERE.text(text) == text


def test_what_was_put_in_is_not_looked_at_again() -> None:
    nested = Rewriting(hosts={}, folders={"/tmp": "/tmp/state/tmp", "/state": "/wrong"})
    assert nested.text("/tmp/a") == "/tmp/state/tmp/a"


def test_nothing_to_replace_replaces_nothing() -> None:
    assert Rewriting({}, {}).text(f"tcp://{HOST} /tmp") == f"tcp://{HOST} /tmp"


def test_a_document_keeps_its_shape_and_the_types_in_it() -> None:
    document = {"a": ["/tmp/x", 1, None, True, {"b": HOST}], "/tmp": 2.5}
    expected = {
        "a": ["/home/me/run/tmp/x", 1, None, True, {"b": "127.0.0.1:40001"}],
        "/tmp": 2.5,
    }
    assert HERE.document(json.dumps(document)) == expected


@given(st.text(alphabet='ab"\\\n\u2028ü '))
def test_a_place_of_any_name_stays_within_its_string(name: str) -> None:
    odd = Rewriting({}, {"/tmp": f"/home/{name}"})
    assert odd.document('{"a": "/tmp/x"}') == {"a": f"/home/{name}/x"}
