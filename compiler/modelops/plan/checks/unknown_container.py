"""CFG011: results in a container that the environment does not have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.model.cluster import Provider
from modelops.model.workspace import BlobResults
from modelops.plan.scope import Scope

_ON_VOLUME = "write `results: {kind: volume, size: 50Gi}`"


def unknown_container(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse results that no storage account of the environment would take."""
    results, environment = scope.spec.results, scope.environment
    if not isinstance(results, BlobResults):
        return
    azure, container = environment.spec.azure, results.container
    if scope.cluster.provider is not Provider.AKS:
        yield scope.breach(
            cfg.CFG011,
            f"the cluster of {environment.name} is not Azure's: its pods cannot log in to a "
            "storage account",
            scope.at("results", "kind"),
            _ON_VOLUME,
        )
    elif azure is None or azure.storage is None:
        yield scope.breach(
            cfg.CFG011,
            f"{environment.name} has no storage account that results could go to",
            scope.at("results", "kind"),
            f"add `azure.storage` with `containers: [{container}]` to {environment.source},\n"
            f"or {_ON_VOLUME}",
        )
    elif container not in azure.storage.containers:
        yield scope.breach(
            cfg.CFG011,
            f"the storage account of {environment.name} has no container `{container}`",
            scope.at("results", "container"),
            did_you_mean(container, azure.storage.containers),
            Note(environment.at("azure", "storage", "containers"), "those that it has"),
        )
