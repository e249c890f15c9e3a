"""CFG011: use of something that the environment does not say its cluster has."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.cluster import NetworkEngine
from modelops.model.environment import SecretProvider
from modelops.model.workspace import AutoscalingMode
from modelops.plan.scope import Scope
from modelops.provenance import Span


def undeclared_feature(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse KEDA, External Secrets or LocalDNS policies where `cluster.features` lacks them."""
    features, spec = scope.cluster.features, scope.spec
    autoscaling = spec.workers.autoscaling
    if autoscaling and autoscaling.mode is AutoscalingMode.QUEUE and not features.keda:
        at = scope.at("workers", "autoscaling", "mode")
        yield _undeclared(scope, "autoscaling by queue", "keda: true", at)
    if not features.external_secrets:
        for name, secret in spec.secrets.items():
            by_operator = secret.external or (secret.generate and _generated_by_operator(scope))
            if by_operator:
                at = scope.workspace.at_key("secrets", name)
                yield _undeclared(scope, f"the secret `{name}`", "externalSecrets: true", at)
    if features.local_dns and features.network_policy is not NetworkEngine.CILIUM:
        at = scope.environment.at("cluster", "features", "localDns")
        yield _undeclared(scope, "LocalDNS", "networkPolicy: cilium", at)


def _generated_by_operator(scope: Scope) -> bool:
    return scope.environment.spec.secrets.provider is SecretProvider.EXTERNAL_SECRETS


def _undeclared(scope: Scope, what: str, feature: str, at: Span) -> Diagnostic:
    return Diagnostic(
        cfg.CFG011,
        f"{what} needs `{feature}`, which {scope.environment.name} does not declare",
        at,
        f"if the cluster has it, add `{feature}` to `cluster.features` of {scope.environment.name}",
    )
