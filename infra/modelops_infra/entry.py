"""The edge of the program towards Pulumi: the stack's name comes in, its outputs leave."""

import hashlib
import os
from pathlib import Path

import pulumi
from pulumi_tls import PrivateKey

from modelops_infra.inputs_file import inputs_file
from modelops_infra.program import build
from modelops_infra.reading import Unreadable, read
from modelops_infra.shapes import Inputs

RSA_BITS = 4096


def run() -> None:
    """Build the environment that the stack is named after.

    Raises:
        pulumi.RunError: its inputs are not there, or not readable.
    """
    content = content_of(pulumi.get_stack())
    inputs = read_or_refuse(content)
    digest = hashlib.sha256(content).hexdigest()
    for name, value in build(inputs, digest, public_key(inputs)).items():
        pulumi.export(name, value)


def content_of(environment: str) -> bytes:
    """The bytes of an environment's inputs.

    Raises:
        pulumi.RunError: there are none.
    """
    try:
        return inputs_file(environment).read_bytes()
    except FileNotFoundError as error:
        raise pulumi.RunError(
            f"{inputs_file(environment)} is not there: name the stack after an environment whose"
            " file has `azure`, and compile"
        ) from error


def read_or_refuse(content: bytes) -> Inputs:
    """The inputs in these bytes.

    Raises:
        pulumi.RunError: they are not readable.
    """
    try:
        return read(content.decode())
    except (Unreadable, UnicodeDecodeError) as error:
        raise pulumi.RunError(f"inputs.json cannot be used: {error}") from error


def public_key(inputs: Inputs) -> pulumi.Input[str]:
    """The public key of the nodes: the same at each run, for another one would make all anew.

    Raises:
        pulumi.RunError: the file or the variable that it is said to be in has none.
    """
    ssh = inputs.cluster.ssh
    if ssh.path is not None:
        return _checked(_text_of(ssh.path), ssh.path)
    if ssh.variable is not None:
        return _checked(os.environ.get(ssh.variable, ""), f"the variable {ssh.variable}")
    # AKS has refused Ed25519 keys, which Azure's own machines take.
    return PrivateKey("ssh", algorithm="RSA", rsa_bits=RSA_BITS).public_key_openssh


def _text_of(path: str) -> str:
    try:
        return Path(path).expanduser().read_text()
    except OSError as error:
        raise pulumi.RunError(f"the public key of the nodes: {path}: {error.strerror}") from error


def _checked(key: str, place: str) -> str:
    """The key without what stands around it."""
    text = key.strip()
    if not text.startswith(("ssh-rsa ", "ssh-ed25519 ")) or "\n" in text:
        raise pulumi.RunError(f"{place} holds no public key: a line that begins with ssh-…")
    return text
