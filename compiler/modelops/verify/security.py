"""Part of the stage `verify`: what Pod Security Standards say of pods and of containers alike.

Source: the policies of k8s.io/pod-security-admission, levels baseline and restricted. Windows pods
and pods with a user namespace, for which the standards say less, are held to the same.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelops.provenance import DataPath
from modelops.verify.paths import text_at, value_at
from modelops.verify.placement import PodTemplate

Breach = tuple[DataPath, str]
"""Where in the judged map, and what must be otherwise."""

SELINUX_TYPES = frozenset(
    {"", "container_engine_t", "container_init_t", "container_kvm_t", "container_t"}
)
PROFILES = ("Localhost", "RuntimeDefault")


class Inherited(NamedTuple):
    """A field that a container takes from its pod where it does not say it itself.

    Attributes:
        path: from the security context down.
        said: the value; None where nothing is said.
        must: what it must be.
        is_safe: whether it is that.
    """

    path: DataPath
    said: object
    must: str
    is_safe: bool


def containers(pod: PodTemplate) -> tuple[tuple[DataPath, Mapping[str, Any]], ...]:
    """All containers of a pod, of all three sorts, each with its path from the pod's spec."""
    return pod.containers


def non_root(context: Mapping[str, Any]) -> Inherited:
    """Whether a security context forbids root."""
    said = value_at(context, "runAsNonRoot")
    return Inherited(("runAsNonRoot",), said, "must be true", said is True)


def seccomp(context: Mapping[str, Any]) -> Inherited:
    """Whether a security context has a filter of system calls."""
    said = value_at(context, "seccompProfile", "type")
    must = "must be RuntimeDefault or Localhost"
    return Inherited(("seccompProfile", "type"), said, must, said in PROFILES)


def identity_breaches(context: Mapping[str, Any]) -> Iterator[Breach]:
    """What a security context, of a pod or of a container, may not say in any case."""
    if value_at(context, "runAsUser") == 0:
        yield ("runAsUser",), "must not be 0, which is root"
    if text_at(context, "seLinuxOptions", "type") not in SELINUX_TYPES:
        yield ("seLinuxOptions", "type"), "must be a type of ordinary containers"
    for key in ("user", "role"):
        if value_at(context, "seLinuxOptions", key):
            yield ("seLinuxOptions", key), "must not be set"
    if value_at(context, "windowsOptions", "hostProcess"):
        yield ("windowsOptions", "hostProcess"), "must not be true"
    if value_at(context, "appArmorProfile") and (
        value_at(context, "appArmorProfile", "type") not in PROFILES
    ):
        yield ("appArmorProfile", "type"), "must be RuntimeDefault or Localhost"
