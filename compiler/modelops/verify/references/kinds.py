"""What kinds other than pods name: scale targets, roles, classes, secret stores, Flux' sources."""

from collections.abc import Callable, Iterator, Mapping

from modelops.manifests import Identity
from modelops.verify import flux
from modelops.verify.paths import map_at, maps_at, text_at
from modelops.verify.placement import Placed, group_of
from modelops.verify.references.exposure import (
    http_route_references,
    ingress_references,
    openshift_route_references,
)
from modelops.verify.references.network import network_policy_references
from modelops.verify.references.reference import Reference, core
from modelops.verify.scopes import RBAC

EXTERNAL_SECRETS = "external-secrets.io"
SOURCES = "source.toolkit.fluxcd.io"


def _scale_target(placed: Placed) -> Iterator[Reference]:
    """HorizontalPodAutoscaler and ScaledObject; the latter may leave out what is usual."""
    target = map_at(placed.body, "spec", "scaleTargetRef")
    group = group_of(text_at(target, "apiVersion") or "apps/v1")
    kind = text_at(target, "kind") or "Deployment"
    named = Identity(group, kind, placed.identity.namespace, text_at(target, "name"))
    yield Reference(("spec", "scaleTargetRef", "name"), named)


def _scaled_object(placed: Placed) -> Iterator[Reference]:
    yield from _scale_target(placed)
    for path, trigger in maps_at(placed.body, "spec", "triggers"):
        if authentication := map_at(trigger, "authenticationRef"):
            kind = text_at(authentication, "kind") or "TriggerAuthentication"
            home = placed.identity.namespace if kind == "TriggerAuthentication" else ""
            named = Identity("keda.sh", kind, home, text_at(authentication, "name"))
            yield Reference((*path, "authenticationRef", "name"), named)


def _binding(placed: Placed) -> Iterator[Reference]:
    """RoleBinding and ClusterRoleBinding; users and groups are no objects."""
    role = map_at(placed.body, "roleRef")
    kind = text_at(role, "kind")
    home = placed.identity.namespace if kind == "Role" else ""
    yield Reference(("roleRef", "name"), Identity(RBAC, kind, home, text_at(role, "name")))
    for path, subject in maps_at(placed.body, "subjects"):
        if text_at(subject, "kind") == "ServiceAccount":
            where = text_at(subject, "namespace") or placed.identity.namespace
            named = core("ServiceAccount", where, text_at(subject, "name"))
            yield Reference((*path, "name"), named)


def _claim(placed: Placed) -> Iterator[Reference]:
    if name := text_at(placed.body, "spec", "storageClassName"):
        yield Reference(("spec", "storageClassName"), _storage_class(name))


def _stateful_set(placed: Placed) -> Iterator[Reference]:
    if service := text_at(placed.body, "spec", "serviceName"):
        named = core("Service", placed.identity.namespace, service)
        yield Reference(("spec", "serviceName"), named)
    for path, template in maps_at(placed.body, "spec", "volumeClaimTemplates"):
        if name := text_at(template, "spec", "storageClassName"):
            yield Reference((*path, "spec", "storageClassName"), _storage_class(name))


def _postgres_cluster(placed: Placed) -> Iterator[Reference]:
    """CloudNativePG's: what its pods and volumes are to be made of."""
    if name := text_at(placed.body, "spec", "storage", "storageClass"):
        yield Reference(("spec", "storage", "storageClass"), _storage_class(name))
    if name := text_at(placed.body, "spec", "priorityClassName"):
        named = Identity("scheduling.k8s.io", "PriorityClass", "", name)
        yield Reference(("spec", "priorityClassName"), named)
    for path, secret in maps_at(placed.body, "spec", "imagePullSecrets"):
        named = core("Secret", placed.identity.namespace, text_at(secret, "name"))
        yield Reference((*path, "name"), named)


def _storage_class(name: str) -> Identity:
    return Identity("storage.k8s.io", "StorageClass", "", name)


def _external_secret(placed: Placed) -> Iterator[Reference]:
    spec = map_at(placed.body, "spec")
    home = placed.identity.namespace
    if "secretStoreRef" in spec:
        named = _store(map_at(spec, "secretStoreRef"), home)
        yield Reference(("spec", "secretStoreRef", "name"), named)
    for key in ("data", "dataFrom"):
        for path, entry in maps_at(placed.body, "spec", key):
            if store := map_at(entry, "sourceRef", "storeRef"):
                yield Reference((*path, "sourceRef", "storeRef", "name"), _store(store, home))
            if generator := map_at(entry, "sourceRef", "generatorRef"):
                kind = text_at(generator, "kind")
                where = "" if kind == "ClusterGenerator" else home
                group = group_of(text_at(generator, "apiVersion"))
                named = Identity(group, kind, where, text_at(generator, "name"))
                yield Reference((*path, "sourceRef", "generatorRef", "name"), named)


def _cluster_secret_store(placed: Placed) -> Iterator[Reference]:
    """Who External Secrets is when it reads an Azure key vault."""
    path = ("spec", "provider", "azurekv", "serviceAccountRef")
    if account := map_at(placed.body, *path):
        named = core("ServiceAccount", text_at(account, "namespace"), text_at(account, "name"))
        yield Reference((*path, "name"), named)


def _store(store: Mapping[str, object], namespace: str) -> Identity:
    kind = text_at(store, "kind") or "SecretStore"
    home = namespace if kind == "SecretStore" else ""
    return Identity(EXTERNAL_SECRETS, kind, home, text_at(store, "name"))


def _git_repository(placed: Placed) -> Iterator[Reference]:
    path = ("spec", "secretRef", "name")
    if secret := text_at(placed.body, *path):
        yield Reference(path, core("Secret", placed.identity.namespace, secret))


def _flux_kustomization(placed: Placed) -> Iterator[Reference]:
    spec, home = map_at(placed.body, "spec"), placed.identity.namespace
    source = map_at(spec, "sourceRef")
    group = group_of(text_at(source, "apiVersion")) or SOURCES
    where = text_at(source, "namespace") or home
    named = Identity(group, text_at(source, "kind"), where, text_at(source, "name"))
    yield Reference(("spec", "sourceRef", "name"), named)
    if account := text_at(spec, "serviceAccountName"):
        yield Reference(("spec", "serviceAccountName"), core("ServiceAccount", home, account))
    for path, entry in maps_at(placed.body, "spec", "dependsOn"):
        yield Reference((*path, "name"), flux.dependency(placed, entry))
    for path, entry in maps_at(placed.body, "spec", "healthChecks"):
        checked = Identity(
            group_of(text_at(entry, "apiVersion")),
            text_at(entry, "kind"),
            text_at(entry, "namespace"),
            text_at(entry, "name"),
        )
        yield Reference((*path, "name"), checked)


OF_KIND: Mapping[tuple[str, str], Callable[[Placed], Iterator[Reference]]] = {
    ("", "PersistentVolumeClaim"): _claim,
    ("apps", "StatefulSet"): _stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): _scale_target,
    (EXTERNAL_SECRETS, "ClusterSecretStore"): _cluster_secret_store,
    (EXTERNAL_SECRETS, "ExternalSecret"): _external_secret,
    ("keda.sh", "ScaledObject"): _scaled_object,
    (flux.GROUP, "Kustomization"): _flux_kustomization,
    (SOURCES, "GitRepository"): _git_repository,
    ("gateway.networking.k8s.io", "HTTPRoute"): http_route_references,
    ("networking.k8s.io", "Ingress"): ingress_references,
    ("networking.k8s.io", "NetworkPolicy"): network_policy_references,
    ("postgresql.cnpg.io", "Cluster"): _postgres_cluster,
    (RBAC, "ClusterRoleBinding"): _binding,
    (RBAC, "RoleBinding"): _binding,
    ("route.openshift.io", "Route"): openshift_route_references,
}
"""What each kind names beside its namespace and its pods' needs, by group and kind."""
