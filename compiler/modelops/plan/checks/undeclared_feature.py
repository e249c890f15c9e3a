"""CFG011: use of something that the environment does not say its cluster has."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.cluster import NetworkEngine
from modelops.model.environment import SecretProvider
from modelops.model.store import StoreKind, StoreMode
from modelops.model.workspace import AutoscalingMode, BlobResults
from modelops.plan.scope import AnyScope, RunScope, Scope
from modelops.provenance import Span


def undeclared_feature(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse KEDA, External Secrets and others where `cluster.features` lacks them."""
    features = scope.cluster.features
    if isinstance(scope, Scope) and not features.keda:
        yield from _without_keda(scope)
    if isinstance(scope, Scope) and not features.workload_identity:
        yield from _without_logins(scope)
    if isinstance(scope, RunScope):
        yield from _of_store(scope)
    if not features.external_secrets:
        pull = scope.environment.spec.registry.pull_secret
        if pull is not None and pull.external is not None:
            at = scope.environment.at("registry", "pullSecret", "external")
            yield _undeclared(scope, "the pull secret", "externalSecrets: true", at)
        for name, secret in scope.spec.secrets.items():
            by_operator = secret.external or (secret.generate and _generated_by_operator(scope))
            if by_operator:
                at = scope.unit.at_key("secrets", name)
                yield _undeclared(scope, f"the secret `{name}`", "externalSecrets: true", at)
    if features.local_dns and features.network_policy is not NetworkEngine.CILIUM:
        at = scope.environment.at("cluster", "features", "localDns")
        yield _undeclared(scope, "LocalDNS", "networkPolicy: cilium", at)


def _without_keda(scope: Scope) -> Iterator[Diagnostic]:
    autoscaling = scope.spec.workers.autoscaling
    if autoscaling and autoscaling.mode is AutoscalingMode.QUEUE:
        at = scope.at("workers", "autoscaling", "mode")
        yield _undeclared(scope, "autoscaling by queue", "keda: true", at)


def _without_logins(scope: Scope) -> Iterator[Diagnostic]:
    if isinstance(scope.spec.results, BlobResults):
        at = scope.at("results", "kind")
        yield _undeclared(scope, "a container for results", "workloadIdentity: true", at)


def _of_store(scope: RunScope) -> Iterator[Diagnostic]:
    store, features = scope.spec.store, scope.cluster.features
    if store.kind is StoreKind.NONE:
        return
    if store.mode is StoreMode.CLOUD_NATIVE_PG and not features.cloud_native_pg:
        at = scope.at("store", "mode")
        yield _undeclared(scope, "a store of CloudNativePG", "cloudNativePg: true", at)
    if scope.store_in_azure and not features.workload_identity:
        at = scope.at("store", "mode")
        yield _undeclared(scope, "a store in Azure", "workloadIdentity: true", at)
    ours = store.mode is StoreMode.IN_CLUSTER
    if ours and _generated_by_operator(scope) and not features.external_secrets:
        at = scope.environment.at("secrets", "provider")
        yield _undeclared(scope, "the password of a run's store", "externalSecrets: true", at)


def _generated_by_operator(scope: AnyScope) -> bool:
    return scope.environment.spec.secrets.provider is SecretProvider.EXTERNAL_SECRETS


def _undeclared(scope: AnyScope, what: str, feature: str, at: Span) -> Diagnostic:
    return Diagnostic(
        cfg.CFG011,
        f"{what} needs `{feature}`, which {scope.environment.name} does not declare",
        at,
        f"if the cluster has it, add `{feature}` to `cluster.features` of {scope.environment.name}",
    )
