"""SEC012: a pod or a role that may ask the API server for more than it needs.

A pod has an account of its own, and its token only where something is granted to that account. A
role names what it grants. That Flux's account may do everything is not a role's doing: it is bound
to `cluster-admin`, because it applies whatever is in the repository.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.manifests import Identity
from modelops.verify.paths import maps_at, text_at, texts_at, value_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, PodTemplate, finding
from modelops.verify.security import Breach

RBAC = "rbac.authorization.k8s.io"
ROLES = ((RBAC, "Role"), (RBAC, "ClusterRole"))
BINDINGS = ((RBAC, "RoleBinding"), (RBAC, "ClusterRoleBinding"))
GRANTED = ("apiGroups", "resources", "verbs", "nonResourceURLs")
TOKEN = "automountServiceAccountToken"  # noqa: S105 -- a field

HELP = "an account for each sort of pod, a token only where it is used, and no `*` in a role"


def needless_api_access(placement: Placement) -> Iterator[Diagnostic]:
    """Yield the accounts and tokens of pods, and the wildcards of roles."""
    for environment in placement.environments:
        entitled = _entitled(environment)
        for pods in environment.pods.values():
            for pod in pods:
                for path, text in _pod(pod, entitled):
                    yield finding(sec.SEC012, pod.owner, (*pod.spec_path, *path), text, HELP)
        for placed in environment.of(*ROLES):
            for path, text in _wildcards(placed):
                yield finding(sec.SEC012, placed, path, text, HELP)


def _pod(pod: PodTemplate, entitled: frozenset[Identity]) -> Iterator[Breach]:
    name = text_at(pod.spec, "serviceAccountName")
    account = Identity("", "ServiceAccount", pod.owner.identity.namespace, name)
    if name in {"", "default"}:
        yield ("serviceAccountName",), "must be an account of its own, not `default`"
    mounted = value_at(pod.spec, TOKEN)
    if not isinstance(mounted, bool):
        yield (TOKEN,), "must be said, true or false"
    elif mounted and account not in entitled:
        yield (TOKEN,), f"must be false: nothing is granted to the account `{name}`"


def _entitled(environment: PlacedEnvironment) -> frozenset[Identity]:
    """The accounts that a binding names."""
    return frozenset(
        Identity(
            "",
            "ServiceAccount",
            text_at(subject, "namespace") or placed.identity.namespace,
            text_at(subject, "name"),
        )
        for placed in environment.of(*BINDINGS)
        for _, subject in maps_at(placed.body, "subjects")
    )


def _wildcards(placed: Placed) -> Iterator[Breach]:
    for path, rule in maps_at(placed.body, "rules"):
        for key in GRANTED:
            if "*" in texts_at(rule, key):
                yield (*path, key), "must not be `*`: it grants what nobody thought of"
