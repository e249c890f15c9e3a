"""SEC011: a container that the restricted Pod Security Standard, or this project, refuses.

Init and ephemeral containers too. Two rules are ours: the root file system is read-only, so that
what a process writes is in a volume that somebody decided about (a warning outside production), and
one such volume is at `/tmp`, without which many programs do not start.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.verify.paths import map_at, maps_at, text_at, texts_at, value_at
from modelops.verify.placement import Placement, PodTemplate, finding, lesser
from modelops.verify.security import Breach, containers, identity_breaches, non_root, seccomp

HELP = "restricted containers only: the namespace refuses this one"
READ_ONLY = "readOnlyRootFilesystem"
DEMANDED = {"allowPrivilegeEscalation": False, READ_ONLY: True}
"""What every container must say itself: Kubernetes' defaults are the other way round."""

SCRATCH = "/tmp"  # noqa: S108 -- where a container's volume is mounted; nothing is written here
"""Where every program may expect to be able to write (Filesystem Hierarchy Standard 3.0)."""

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
HOOKS = ("postStart", "preStop")


def insecure_container(placement: Placement) -> Iterator[Diagnostic]:
    """Yield what every container says or leaves unsaid against the standard."""
    for environment in placement.environments:
        for pods in environment.pods.values():
            for pod in pods:
                yield from _pod(pod)


def _pod(pod: PodTemplate) -> Iterator[Diagnostic]:
    for base, container in containers(pod):
        for path, text in _container(container):
            full = (*pod.spec_path, *base, *path)
            found = finding(sec.SEC011, pod.owner, full, text, HELP)
            yield lesser(found, pod.owner) if path[-1] == READ_ONLY else found


def _container(container: Mapping[str, Any]) -> Iterator[Breach]:
    for path, text in _context(map_at(container, "securityContext")):
        yield ("securityContext", *path), text
    for path, port in maps_at(container, "ports"):
        if value_at(port, "hostPort"):
            yield (*path, "hostPort"), "must not be set: a pod takes no port of its node"
    yield from _hosts(container)
    mounts = [text_at(mount, "mountPath") for _, mount in maps_at(container, "volumeMounts")]
    if value_at(container, "securityContext", READ_ONLY) and SCRATCH not in mounts:
        yield ("volumeMounts",), f"no volume at {SCRATCH}, and the root file system is read-only"


def _context(context: Mapping[str, Any]) -> Iterator[Breach]:
    for key, must in DEMANDED.items():
        if value_at(context, key) is not must:
            yield (key,), f"must be {str(must).lower()}"
    for path, said, must_be, is_safe in (non_root(context), seccomp(context)):
        if said is not None and not is_safe:
            yield path, must_be
    if value_at(context, "privileged"):
        yield ("privileged",), "must be false"
    if value_at(context, "procMount") not in (None, "Default"):
        yield ("procMount",), "must be Default"
    yield from _capabilities(context)
    yield from identity_breaches(context)


def _capabilities(context: Mapping[str, Any]) -> Iterator[Breach]:
    if "ALL" not in texts_at(context, "capabilities", "drop"):
        yield ("capabilities", "drop"), "must name ALL"
    if set(texts_at(context, "capabilities", "add")) - {"NET_BIND_SERVICE"}:
        yield ("capabilities", "add"), "may name NET_BIND_SERVICE only"


def _hosts(container: Mapping[str, Any]) -> Iterator[Breach]:
    handlers = [(key,) for key in PROBES] + [("lifecycle", key) for key in HOOKS]
    for handler in handlers:
        for action in ("httpGet", "tcpSocket"):
            path = (*handler, action, "host")
            if value_at(container, *path):
                yield path, "must not be set: the node would call another host"
