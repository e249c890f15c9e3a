"""What the program reads of the machine that it runs on: its inputs, and a public key."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pulumi
import pytest

from modelops_infra.entry import content_of, public_key, read_or_refuse
from modelops_infra.shapes import Inputs, Ssh

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample nodes"


def with_key(mode: str, path: str | None = None, variable: str | None = None) -> Inputs:
    inputs = read_or_refuse(content_of("prod"))
    return replace(
        inputs, cluster=replace(inputs.cluster, ssh=Ssh(mode, path, variable, "azureuser"))
    )


def test_a_key_in_a_file_is_taken_without_what_stands_around_it(tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_text(f"{KEY}\n")
    assert public_key(with_key("path", path=str(file))) == KEY


def test_a_key_in_a_variable_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODES_KEY", KEY)
    assert public_key(with_key("env", variable="NODES_KEY")) == KEY


def test_a_key_that_nobody_brings_is_of_a_kind_that_aks_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, object] = {}

    def private_key(name: str, **arguments: object) -> SimpleNamespace:
        asked.update(arguments, name=name)
        return SimpleNamespace(public_key_openssh=KEY)

    monkeypatch.setattr("modelops_infra.entry.PrivateKey", private_key)
    assert public_key(with_key("ephemeral")) == KEY
    assert asked == {"name": "ssh", "algorithm": "RSA", "rsa_bits": 4096}


@pytest.mark.parametrize("text", ["", "-----BEGIN OPENSSH PRIVATE KEY-----", f"{KEY}\n{KEY}"])
def test_what_is_no_public_key_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODES_KEY", text)
    with pytest.raises(pulumi.RunError, match="the variable NODES_KEY holds no public key"):
        public_key(with_key("env", variable="NODES_KEY"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"gone\.pub: No such file"):
        public_key(with_key("path", path=str(tmp_path / "gone.pub")))


def test_a_stack_that_is_no_environment_on_azure_is_told_what_to_do() -> None:
    with pytest.raises(pulumi.RunError, match="name the stack after an environment"):
        content_of("nowhere")


@pytest.mark.parametrize("content", [b"{", b"\xff"])
def test_inputs_that_cannot_be_read_are_refused(content: bytes) -> None:
    with pytest.raises(pulumi.RunError, match=r"inputs\.json cannot be used"):
        read_or_refuse(content)
