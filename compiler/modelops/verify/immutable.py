"""Part of the stage `verify`: the fields that Kubernetes lets nobody change, by kind.

Facts, and nothing that judges. Source: the update validation of Kubernetes 1.37 (`pkg/apis/*/
validation`). A field that both objects leave out has its default in both.
"""

from dataclasses import dataclass

from modelops.diagnostics import Rule
from modelops.diagnostics.rulebook import avl, git, sto

STORAGE = "storage.k8s.io"
RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Immutable:
    """One field.

    Attributes:
        path: from the object's root.
        default: what the API server makes of a field that is left out.
        rule: the rule that a change breaks.
    """

    path: tuple[str, ...]
    default: object = None
    rule: Rule = git.GIT007


SELECTOR = Immutable(("spec", "selector"), rule=avl.AVL009)

FIELDS: dict[tuple[str, str], tuple[Immutable, ...]] = {
    ("apps", "Deployment"): (SELECTOR,),
    ("apps", "DaemonSet"): (SELECTOR,),
    ("apps", "StatefulSet"): (
        SELECTOR,
        Immutable(("spec", "serviceName")),
        Immutable(("spec", "podManagementPolicy"), "OrderedReady"),
        Immutable(("spec", "volumeClaimTemplates")),
    ),
    ("batch", "Job"): (
        Immutable(("spec", "template")),
        Immutable(("spec", "selector")),
        Immutable(("spec", "completions"), 1),
        Immutable(("spec", "completionMode"), "NonIndexed"),
    ),
    ("", "Service"): (Immutable(("spec", "clusterIP")),),
    ("", "PersistentVolumeClaim"): (
        Immutable(("spec", "accessModes")),
        Immutable(("spec", "storageClassName"), rule=sto.STO003),
        Immutable(("spec", "volumeMode"), "Filesystem"),
        Immutable(("spec", "volumeName")),
        Immutable(("spec", "selector")),
        Immutable(("spec", "dataSource")),
    ),
    (STORAGE, "StorageClass"): (
        Immutable(("provisioner",)),
        Immutable(("parameters",)),
        Immutable(("reclaimPolicy",), "Delete"),
        Immutable(("volumeBindingMode",), "Immediate"),
    ),
    (RBAC, "RoleBinding"): (Immutable(("roleRef",)),),
    (RBAC, "ClusterRoleBinding"): (Immutable(("roleRef",)),),
    ("scheduling.k8s.io", "PriorityClass"): (
        Immutable(("value",)),
        Immutable(("preemptionPolicy",), "PreemptLowerPriority"),
    ),
}

WHEN_SEALED = (Immutable(("data",)), Immutable(("binaryData",)), Immutable(("immutable",)))
"""Of a ConfigMap that was committed with `immutable: true`."""

SEALABLE = ("", "ConfigMap")
CLAIM = ("", "PersistentVolumeClaim")
CLAIM_SIZE = Immutable(("spec", "resources", "requests", "storage"), rule=sto.STO003)
"""May grow, and never shrink."""
