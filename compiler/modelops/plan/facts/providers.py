"""What a cluster has before anything of ours is applied.

As of 2026-11-20; source: AKS' documentation of storage classes, network policies and the KEDA
add-on, and KEDA's own chart for other clusters.
"""

from modelops.model.cluster import Provider

BUILT_IN_STORAGE_CLASSES: dict[Provider, tuple[str, ...]] = {
    Provider.AKS: (
        "azurefile-csi",
        "azurefile-csi-premium",
        "default",
        "managed-csi",
        "managed-csi-premium",
    ),
    Provider.GENERIC: (),
}
"""Storage classes that the provider makes."""

KEDA_NAMESPACE = {Provider.AKS: "kube-system", Provider.GENERIC: "keda"}
"""Where KEDA runs: a managed add-on on AKS, its chart's default elsewhere."""

FLUX_NAMESPACE = "flux-system"
"""Where Flux's controllers run: the default of its own installer and of AKS' extension."""

API_SERVER_PORTS = {Provider.AKS: (443,), Provider.GENERIC: (443, 6443)}
"""Where the API server itself listens: policies see the address behind its Service. 6443 is what
Kubernetes' own set-up tool (kubeadm) chooses."""

KEDA_POD_LABELS = {"app": "keda-operator"}

WORKLOAD_IDENTITY_VARIABLES = frozenset(
    {
        "AZURE_AUTHORITY_HOST",
        "AZURE_CLIENT_ID",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_TENANT_ID",
    }
)
"""By which pods that log in to Azure learn who they are; AKS sets those that are not set yet."""

FEDERATED_CREDENTIALS = 20
"""Accounts of clusters, at most, that one identity of Azure can trust."""

DNS_NAMESPACE = "kube-system"
DNS_POD_LABELS = ({"k8s-app": "kube-dns"}, {"k8s-app": "node-local-dns"})
NODE_LOCAL_DNS = ("169.254.10.0/24", "169.254.20.10/32")
"""AKS LocalDNS, and the upstream NodeLocal DNSCache."""

LOCAL_DNS = "169.254.10.0/24"
LINK_LOCAL = "169.254.0.0/16"
"""The node's own services, the cloud's metadata service among them."""

PRIVATE_ADDRESSES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
"""RFC 1918 and link-local, the metadata service among them."""
