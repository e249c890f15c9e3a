"""SEC011: a pod that the restricted Pod Security Standard, or this project, would not let run.

The standard is that of k8s.io/pod-security-admission up to Kubernetes 1.36 (baseline and
restricted). This is what a pod says as a whole; what single containers say is `insecure_container`,
and what it may ask the API server is `needless_api_access`.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.verify.paths import map_at, maps_at, shown, text_at, value_at
from modelops.verify.placement import Placement, PodTemplate, finding
from modelops.verify.security import Breach, containers, identity_breaches, non_root, seccomp

HELP = "restricted pods only: the namespace refuses this one"
VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
"""The annotations that said it before Kubernetes 1.30, and still do."""


def insecure_pod(placement: Placement) -> Iterator[Diagnostic]:
    """Yield what every pod template says or leaves unsaid against the standard."""
    for environment in placement.environments:
        for pods in environment.pods.values():
            for pod in pods:
                for path, text in _pod(pod):
                    yield finding(sec.SEC011, pod.owner, (*pod.path, *path), text, HELP)


def _pod(pod: PodTemplate) -> Iterator[Breach]:
    for path, text in (*_host(pod), *_context(pod), *_volumes(pod)):
        yield ("spec", *path), text
    annotations = map_at(pod.owner.body, *map(str, pod.path), "metadata", "annotations")
    for key, value in annotations.items():
        said = str(value)
        if key.startswith(APPARMOR) and said != "runtime/default" and said[:10] != "localhost/":
            yield ("metadata", "annotations", key), "must be runtime/default or localhost/…"


def _host(pod: PodTemplate) -> Iterator[Breach]:
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if value_at(pod.spec, key):
            yield (key,), "must be false: a pod shares nothing with its node"


def _context(pod: PodTemplate) -> Iterator[Breach]:
    own = map_at(pod.spec, "securityContext")
    every = tuple(map_at(container, "securityContext") for _, container in containers(pod))
    breaches: list[Breach] = [*identity_breaches(own)]
    for path, said, must, is_safe in (non_root(own), seccomp(own)):
        inherited = any(value_at(context, *map(str, path)) is None for context in every)
        if not is_safe and (said is not None or inherited):
            breaches.append((path, must))
    for path, text in (*breaches, *_sysctls(pod)):
        yield ("securityContext", *path), text


def _sysctls(pod: PodTemplate) -> Iterator[Breach]:
    for path, sysctl in maps_at(pod.spec, "securityContext", "sysctls"):
        if text_at(sysctl, "name") not in SYSCTLS:
            yield (*path[1:], "name"), f"{shown(sysctl.get('name'))} is no safe sysctl"


def _volumes(pod: PodTemplate) -> Iterator[Breach]:
    for path, volume in maps_at(pod.spec, "volumes"):
        for key in volume:
            if key != "name" and key not in VOLUMES:
                yield (*path, key), f"no {key} volumes, only {', '.join(sorted(VOLUMES))}"
