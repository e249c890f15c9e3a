"""One reference."""

from typing import NamedTuple

from modelops.manifests import Identity
from modelops.provenance import DataPath


class Reference(NamedTuple):
    """One object named by another.

    Attributes:
        path: where the name stands in the object that names.
        target: what it names.
        key: the key wanted of a ConfigMap or a Secret; empty where any will do.
    """

    path: DataPath
    target: Identity
    key: str = ""


def core(kind: str, namespace: str, name: str) -> Identity:
    """The identity of an object of the core group."""
    return Identity("", kind, namespace, name)
