"""Part of `secret-bootstrap`: the Secret that is sent, and how its values are kept out of logs."""

import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any

from modelops_runtime.redaction import without
from modelops_runtime.secret_bootstrap.declared import DeclaredSecret

ALPHABET = string.ascii_letters + string.digits
"""Letters and digits: anything else breaks a connection string somewhere."""

LENGTH = 40
"""Characters of a value: 238 bits."""

LABELS = {"app.kubernetes.io/managed-by": "modelops", "app.kubernetes.io/part-of": "modelops"}
"""None of Flux's among them, so Flux never takes the Secret for its own and prunes it."""


def random_value() -> str:
    """A new value that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def secret_object(
    secret: DeclaredSecret, namespace: str, new_value: Callable[[], str]
) -> dict[str, Any]:
    """The Secret to make; nobody can change its values afterwards, and nothing of ours would."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": secret.name, "namespace": namespace, "labels": LABELS},
        "type": "Opaque",
        "immutable": True,
        "stringData": {key: new_value() for key in secret.keys},
    }


def redacted(text: str, body: Mapping[str, Any]) -> str:
    """The text without the values of a Secret: an admission webhook may quote what it refuses."""
    return without(text, body["stringData"].values())
