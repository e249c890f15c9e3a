"""Part of the stage `verify`: which kinds have no namespace, and what every cluster already has.

The schemas do not say it of Kubernetes' own kinds; the list is that of `kubectl api-resources
--namespaced=false` and of the API reference, up to Kubernetes 1.37. Custom resources say it
themselves.
"""

from modelops.manifests import Identity
from modelops.verify.schemas import custom_scopes

CLUSTER_SCOPED = frozenset(
    {
        ("", "ComponentStatus"),
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("authentication.k8s.io", "SelfSubjectReview"),
        ("authentication.k8s.io", "TokenReview"),
        ("authorization.k8s.io", "SelfSubjectAccessReview"),
        ("authorization.k8s.io", "SelfSubjectRulesReview"),
        ("authorization.k8s.io", "SubjectAccessReview"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("internal.apiserver.k8s.io", "StorageVersion"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "DeviceTaintRule"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("storage.k8s.io", "VolumeAttributesClass"),
        ("storagemigration.k8s.io", "StorageVersionMigration"),
    }
)

RBAC = "rbac.authorization.k8s.io"

BUILT_IN = frozenset(
    {
        *(Identity("", "Namespace", "", f"kube-{name}") for name in ("system", "public")),
        Identity("", "Namespace", "", "kube-node-lease"),
        Identity("", "Namespace", "", "default"),
        *(Identity(RBAC, "ClusterRole", "", name) for name in ("admin", "edit", "view")),
        Identity(RBAC, "ClusterRole", "", "cluster-admin"),
        Identity("scheduling.k8s.io", "PriorityClass", "", "system-cluster-critical"),
        Identity("scheduling.k8s.io", "PriorityClass", "", "system-node-critical"),
    }
)
"""What Kubernetes makes in every cluster before anybody asks."""

IN_EVERY_NAMESPACE = frozenset(
    {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")},
)
"""What Kubernetes makes in every namespace, by kind and name."""


def is_cluster_scoped(identity: Identity) -> bool:
    """Whether objects of this kind have no namespace."""
    kind = (identity.group, identity.kind)
    return kind in CLUSTER_SCOPED or custom_scopes().get(kind) == "Cluster"


def is_built_in(identity: Identity) -> bool:
    """Whether Kubernetes itself makes this object."""
    everywhere = identity.group == "" and (identity.kind, identity.name) in IN_EVERY_NAMESPACE
    return everywhere or identity in BUILT_IN
